import type { ClickHouseClient } from '@clickhouse/client';
import type { Change, ModelComparison, ModelCounts, ModelVersion } from '../../domain/brand-metrics.ts';
import { type StoredLabel, storedLabels } from '../../domain/post.ts';
import { type Range, toSeconds } from '../../sink/queries/range.ts';
import { readRows } from '../../sink/queries/read-rows.ts';
import { minuteRollup, selectModelPairs, selectModelVersions } from '../../sink/queries/reading.ts';
import { netSentiment } from '../figures/figures.ts';
import { meanInterval } from '../figures/intervals.ts';

interface PairRow {
  readonly counting: StoredLabel;
  readonly other: StoredLabel;
  readonly posts: number | string;
  readonly countingScores: number;
  readonly otherScores: number;
}

/** The models whose scores are stored: how many posts count with them, and for how many they are kept beside. */
export async function modelVersions(reader: ClickHouseClient): Promise<ModelVersion[]> {
  const rows = await readRows<{ version: string; counting: number; kept: number; first: string; last: string }>(
    reader,
    selectModelVersions,
    {},
  );
  return rows.map(({ version, counting, kept, first, last }) => ({
    version,
    counting: Number(counting),
    kept: Number(kept),
    from: new Date(Number(first)).toISOString(),
    to: new Date(Number(last)).toISOString(),
  }));
}

/**
 * What the figures of a brand (`*`: all posts) in a range would be with the scores of another model, over exactly those
 * posts that have both. Corrected posts are left out: a person's word counts with either.
 * @throws USAGE for an empty range
 */
export async function compareModels(
  reader: ClickHouseClient,
  { brand, version, ...range }: Range & { readonly brand: string; readonly version: string },
): Promise<ModelComparison> {
  const rows = await readRows<PairRow>(reader, selectModelPairs, { brand, version, ...toSeconds(range, minuteRollup) });
  const changes = rows
    .map(({ counting, other, posts }) => ({ counting, other, posts: Number(posts) }))
    .sort((a, b) => b.posts - a.posts || (a.counting + a.other < b.counting + b.other ? -1 : 1));
  const posts = changes.reduce((sum, pair) => sum + pair.posts, 0);
  return {
    posts,
    counting: figuresBy('counting', rows),
    other: figuresBy('other', rows),
    agreement:
      posts === 0 ? null : changes.filter(({ counting, other }) => counting === other).reduce((sum, pair) => sum + pair.posts, 0) / posts,
    labels: changes,
    netDifference: pairedDifference(changes),
  };
}

function figuresBy(side: 'counting' | 'other', rows: readonly PairRow[]): ModelCounts {
  const counts = Object.fromEntries(storedLabels.map((label) => [label, 0])) as Record<StoredLabel, number>; // one of each
  let scores = 0;
  for (const row of rows) {
    counts[row[side]] += Number(row.posts);
    if (row[side] !== 'unscored') scores += side === 'counting' ? row.countingScores : row.otherScores;
  }
  const scored = counts.negative + counts.neutral + counts.positive;
  return {
    ...counts,
    netSentiment: netSentiment(counts.positive, counts.negative, counts.neutral),
    meanScore: scored === 0 ? null : scores / scored,
  };
}

const worth = { negative: -100, neutral: 0, positive: 100 } as const;

/**
 * The other model's net sentiment less that of the one that counts, over posts that both score. The same post stands on
 * both sides, so this is the mean of paired differences, with Student's interval (for two labels, nearly McNemar's test).
 */
function pairedDifference(
  pairs: readonly { readonly counting: StoredLabel; readonly other: StoredLabel; readonly posts: number }[],
): Change | null {
  let [count, sum, squares] = [0, 0, 0];
  for (const { counting, other, posts } of pairs) {
    if (counting === 'unscored' || other === 'unscored') continue;
    const difference = worth[other] - worth[counting];
    count += posts;
    sum += posts * difference;
    squares += posts * difference ** 2;
  }
  const interval = meanInterval({ count, sum, squares }, 200);
  return interval && { difference: sum / count, ...interval, significant: interval.low > 0 || interval.high < 0 };
}
