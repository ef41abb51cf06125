import type { ScoredPost } from '../../domain/post.ts';
import { postKey } from '../queries/posts.ts';
import { toDeletion } from './to-deletion.ts';

type Key = Pick<ScoredPost, 'platform' | 'id'>;

interface AliasDeletionDeps {
  /** IDs of the posts that have one of these keys as another ID, by `postKey`. */
  readonly findAliased: (keys: readonly Key[], signal?: AbortSignal) => Promise<ReadonlyMap<string, readonly string[]>>;
  /** When those of these posts that are deleted were deleted (ms since 1970), by `postKey`. */
  readonly findDeletions: (keys: readonly Key[], signal?: AbortSignal) => Promise<ReadonlyMap<string, number>>;
  readonly write: (posts: readonly ScoredPost[], signal?: AbortSignal) => Promise<{ readonly rejected: readonly ScoredPost[] }>;
}

/**
 * Deletes the posts of which another ID was deleted, whichever came first: the deletion, or the version that tells which
 * post the ID belongs to. Called after the rows and the aliases of `posts` are stored, so that of two processes that store
 * the one and the other at the same time, at least one finds both.
 * @returns the posts whose deletion the database rejected
 */
export async function deleteByAlias(
  posts: readonly ScoredPost[],
  { findAliased, findDeletions, write }: AliasDeletionDeps,
  signal?: AbortSignal,
): Promise<ReadonlySet<ScoredPost>> {
  const causes = new Map<ScoredPost, ScoredPost>();
  const deletions = posts.filter(({ deleted }) => deleted);
  const aliased = deletions.length === 0 ? undefined : await findAliased(deletions, signal);
  for (const deletion of deletions) for (const id of aliased?.get(postKey(deletion)) ?? []) causes.set({ ...deletion, id }, deletion);
  const versions = posts.filter(({ deleted, otherIds = [] }) => !deleted && otherIds.length > 0);
  const deletedAt = versions.length === 0 ? undefined : await findDeletions(versions.flatMap(otherKeys), signal);
  for (const version of versions) {
    const times = otherKeys(version).flatMap((key) => deletedAt?.get(postKey(key)) ?? []);
    if (times.length > 0) causes.set(toDeletion(version, Math.max(...times)), version);
  }
  if (causes.size === 0) return new Set();
  const { rejected } = await write([...causes.keys()], signal);
  return new Set(rejected.flatMap((deletion) => causes.get(deletion) ?? []));
}

const otherKeys = ({ platform, otherIds = [] }: ScoredPost): Key[] => otherIds.map((id) => ({ platform, id }));
