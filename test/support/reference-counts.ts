import { labels, type ScoredPost } from '../../src/domain/post.ts';
import type { Database } from '../../src/sink/client/connection.ts';
import { queryRows } from './test-database.ts';

export type RollupCounts = Record<string, number>;

/** The fields that rollups use. */
export type CountedPost = Pick<ScoredPost, 'platform' | 'label' | 'score' | 'engagement' | 'author'>;

/** Reference values of a rollup group, rounded to five decimals. */
export function referenceCounts(group: readonly CountedPost[]): RollupCounts {
  const weight = ({ engagement }: CountedPost) =>
    1 + Math.log(1 + (engagement?.likes ?? 0) + (engagement?.reposts ?? 0) + (engagement?.replies ?? 0));
  const sum = (value: (post: CountedPost) => number) => Number(group.reduce((total, post) => total + value(post), 0).toFixed(5));
  const perLabel = [...labels, 'unscored'].flatMap((label) => [
    [label, sum((post) => Number(post.label === label))],
    [`weight_${label}`, sum((post) => (post.label === label ? weight(post) : 0))],
  ]);
  return {
    ...Object.fromEntries(perLabel),
    score_sum: sum((post) => post.score),
    score_squares: sum((post) => post.score ** 2),
    weight_squares: sum((post) => (post.label === 'unscored' ? 0 : weight(post) ** 2)),
    weighted_score: sum((post) => post.score * weight(post)),
    authors: new Set(group.map((post) => `${post.platform} ${post.author?.id}`)).size,
  };
}

/** Stored rollup values by JSON key, without empty groups and without copies, which depend on the order of arrival. */
export async function storedCounts(db: Database, bucket: string, table: string, keys: string): Promise<Map<string, RollupCounts>> {
  const rows = await queryRows<Record<string, string | number>>(
    db,
    `SELECT * EXCEPT (version, copies_negative, copies_neutral, copies_positive, copies_unscored) REPLACE (toUnixTimestamp(${bucket}) AS ${bucket}, finalizeAggregation(authors) AS authors)
    FROM ${table} FINAL WHERE negative + neutral + positive + unscored > 0`,
  );
  return new Map(
    rows.map((row) => {
      const key = keys.split(', ').map((name) => row[name]);
      const counts = Object.entries(row).filter(([name]) => !keys.split(', ').includes(name));
      return [JSON.stringify(key), Object.fromEntries(counts.map(([name, value]) => [name, Number(Number(value).toFixed(5))]))];
    }),
  );
}
