import { FeedpulseError } from '../../lib/errors.ts';
import type { Database } from '../client/connection.ts';
import { minuteRollup, type Rollup, recomputeBuckets, rollup15m } from '../queries/rollups.ts';
import { countRealPosts, insertSynthetic, mergeRollup15m } from '../queries/seed.ts';

const maxPosts = 1_000_000;
const daySeconds = 86_400;
/** The minute rollup is kept for 30 days. */
const minuteRetention = 30 * daySeconds;

export interface SyntheticHistory {
  /** Number of posts. */
  readonly posts: number;
  /** Milliseconds since 1970: the posts are spread over this range. */
  readonly from: number;
  readonly to: number;
  /** At least two; the first ones are mentioned most. */
  readonly brands: readonly string[];
  readonly seed: number;
}

type Report = (done: number) => void;

/**
 * Fills the tables with synthetic posts and scores, then computes and merges their rollups. Filling in the same history
 * twice results in the same rows. Reports posts, then days.
 * @throws USAGE if real posts are stored, unless `mixed`
 */
export async function fillHistory(
  db: Database,
  history: SyntheticHistory,
  { mixed, reportPosts, reportDays }: { mixed: boolean; reportPosts: Report; reportDays: Report },
): Promise<void> {
  if (!mixed) await rejectRealPosts(db);
  const { posts: total, from: startMs, to, brands, seed } = history;
  for (let from = 0; from < total; from += maxPosts) {
    const count = Math.min(maxPosts, total - from);
    const query_params = { seed, total, from, count, startMs, spanMs: to - startMs, brands };
    await db.writer.command({ query: insertSynthetic, query_params });
    reportPosts(count);
  }
  const end = Math.ceil(to / 1_000 / daySeconds) * daySeconds;
  for (let day = Math.floor(startMs / 1_000 / daySeconds) * daySeconds; day < end; day += daySeconds) {
    // On separate connections, so that the embedded engine uses two cores.
    await Promise.all([
      recomputeDay(db.maintenance, rollup15m, day),
      ...(day >= end - minuteRetention - daySeconds ? [recomputeDay(db.writer, minuteRollup, day)] : []),
    ]);
    reportDays(1);
  }
  await db.maintenance.command({ query: mergeRollup15m });
}

async function rejectRealPosts(db: Database): Promise<void> {
  const posts = await countRealPosts(db.writer);
  if (posts > 0)
    throw new FeedpulseError(
      'USAGE',
      `the database holds ${posts} real posts, which would mix with synthetic ones; pass --yes to add them anyway`,
    );
}

function recomputeDay(client: Database['maintenance'], rollup: Rollup, day: number): Promise<void> {
  const startsOf = (seconds: number): number[] => Array.from({ length: daySeconds / seconds }, (_, index) => day + index * seconds);
  return recomputeBuckets(client, rollup, { buckets: startsOf(rollup.seconds), minutes: startsOf(60), minuteRetention });
}
