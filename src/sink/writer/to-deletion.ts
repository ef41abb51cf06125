import type { ScoredPost } from '../../domain/post.ts';
import { toIso } from '../../lib/time.ts';

/**
 * The deletion of a post at a time (ms since 1970), from a version of it. Keeps the author's ID, by which an erasure finds
 * the row that remains.
 */
export function toDeletion(version: ScoredPost, deletedAtMs: number): ScoredPost {
  const { platform, id, createdAt, author, brandsHash, modelVersion, scoredAt, position } = version;
  return {
    ...{ platform, id, createdAt, brandsHash, modelVersion, scoredAt, position },
    ...(author && { author: { id: author.id } }),
    ...{ text: '', updatedAt: toIso(deletedAtMs), deleted: true, brands: [], lang: 'und', truncated: false },
    ...{ label: 'unscored', negative: 0, neutral: 0, positive: 0, score: 0, confidence: 0 },
  };
}
