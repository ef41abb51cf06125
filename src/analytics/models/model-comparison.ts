import type { ClickHouseClient } from '@clickhouse/client';
import type { Change, ModelComparison, ModelCounts, ModelVersion } from '../../domain/brand-metrics.ts';
import { netSentiment } from '../../domain/label-counts.ts';
import { type StoredLabel, storedLabels } from '../../domain/post.ts';
import { type Range, toSeconds } from '../../sink/queries/metrics.ts';
import { type ModelPair, readModelPairs, readModelVersions } from '../../sink/queries/models.ts';
import { minuteRollup } from '../../sink/queries/rollups.ts';
import { meanInterval } from '../metrics/intervals.ts';

/** The models with stored scores: how many posts have theirs as the active scores, and how many as others. */
export async function listModelVersions(reader: ClickHouseClient): Promise<ModelVersion[]> {
  const rows = await readModelVersions(reader);
  return rows.map(({ first, last, ...model }) => ({ ...model, from: new Date(first).toISOString(), to: new Date(last).toISOString() }));
}

/**
 * Metrics of a brand (`*`: all posts) in a range with the active scores and with those of another model, over the posts
 * that have both. Corrected posts are left out, since their label does not depend on the model.
 * @throws USAGE for an empty range
 */
export async function compareModels(
  reader: ClickHouseClient,
  { brand, version, ...range }: Range & { readonly brand: string; readonly version: string },
): Promise<ModelComparison> {
  const rows = await readModelPairs(reader, { brand, version, ...toSeconds(range, minuteRollup) });
  const pairs = rows
    .map(({ active, other, posts }) => ({ active, other, posts }))
    .sort((a, b) => b.posts - a.posts || (a.active + a.other < b.active + b.other ? -1 : 1));
  const count = (some: typeof pairs): number => some.reduce((sum, pair) => sum + pair.posts, 0);
  const posts = count(pairs);
  return {
    posts,
    active: countsBy('active', rows),
    other: countsBy('other', rows),
    agreement: posts === 0 ? null : count(pairs.filter(({ active, other }) => active === other)) / posts,
    labels: pairs,
    netSentimentDifference: pairedDifference(pairs),
  };
}

function countsBy(side: 'active' | 'other', rows: readonly ModelPair[]): ModelCounts {
  const counts = Object.fromEntries(storedLabels.map((label) => [label, 0])) as Record<StoredLabel, number>; // one per label
  let scores = 0;
  for (const row of rows) {
    counts[row[side]] += row.posts;
    if (row[side] !== 'unscored') scores += side === 'active' ? row.activeScores : row.otherScores;
  }
  const scored = counts.negative + counts.neutral + counts.positive;
  return {
    ...counts,
    netSentiment: netSentiment(counts.positive, counts.negative, counts.neutral),
    meanScore: scored === 0 ? null : scores / scored,
  };
}

const points = { negative: -100, neutral: 0, positive: 100 } as const;

/**
 * The other model's net sentiment minus that of the active one, over posts that both score. The posts are paired, so this
 * is the mean of their differences with Student's interval (for two labels, nearly McNemar's test).
 */
function pairedDifference(
  pairs: readonly { readonly active: StoredLabel; readonly other: StoredLabel; readonly posts: number }[],
): Change | null {
  let [count, sum, squares] = [0, 0, 0];
  for (const { active, other, posts } of pairs) {
    if (active === 'unscored' || other === 'unscored') continue;
    const difference = points[other] - points[active];
    count += posts;
    sum += posts * difference;
    squares += posts * difference ** 2;
  }
  const interval = meanInterval({ count, sum, squares }, 200);
  return interval && { difference: sum / count, ...interval, significant: interval.low > 0 || interval.high < 0 };
}
