import type { ScoredPost } from '../../src/domain/post.ts';

/** A complete scored post; `overrides` replace its fields. */
export function scoredPost(overrides: Partial<ScoredPost> = {}): ScoredPost {
  const createdAt = overrides.createdAt ?? '2026-11-01T12:00:00.000Z';
  return {
    platform: 'chirper',
    id: '1',
    text: 'The new kettle is lovely',
    createdAt,
    updatedAt: createdAt,
    deleted: false,
    lang: 'en',
    brands: ['Kestrel'],
    brandsHash: 'b1',
    negative: 0.1,
    neutral: 0.2,
    positive: 0.7,
    label: 'positive',
    score: 0.6,
    confidence: 0.7,
    modelVersion: 'm1',
    scoredAt: createdAt,
    truncated: false,
    position: { topic: 'posts', partition: 0, offset: '0' },
    ...overrides,
  };
}
