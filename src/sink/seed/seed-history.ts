import { minRollupMinuteDays } from '../../config/database.ts';
import { dayMs } from '../../lib/duration.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Database } from '../client/connection.ts';
import { minuteRollup, type Rollup, recomputeBuckets, rollup15m } from '../queries/rollups.ts';
import { countRealPosts, insertSyntheticPosts, mergeRollup15m } from '../queries/seed.ts';

const maxPosts = 1_000_000;
const daySeconds = dayMs / 1_000;
/** Default retention of the minute rollup. */
const minuteRetention = minRollupMinuteDays * daySeconds;

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

/** Reports how many more are done. */
type OnDone = (count: number) => void;

/**
 * Fills the tables with synthetic posts and scores, then computes and merges their rollups. Idempotent: the same history
 * gives the same rows. Reports posts, then days.
 * @throws USAGE if real posts are stored, unless `allowRealPosts`
 */
export async function seedHistory(
  db: Database,
  history: SyntheticHistory,
  { allowRealPosts, onPosts, onDays }: { allowRealPosts: boolean; onPosts: OnDone; onDays: OnDone },
): Promise<void> {
  if (!allowRealPosts) await rejectRealPosts(db);
  const { posts: total, from: startMs, to, brands, seed } = history;
  for (let from = 0; from < total; from += maxPosts) {
    const count = Math.min(maxPosts, total - from);
    const query_params = { seed, total, from, count, startMs, spanMs: to - startMs, brands };
    await db.writer.command({ query: insertSyntheticPosts, query_params });
    onPosts(count);
  }
  const end = Math.ceil(to / 1_000 / daySeconds) * daySeconds;
  for (let day = Math.floor(startMs / 1_000 / daySeconds) * daySeconds; day < end; day += daySeconds) {
    // On separate connections, so that the embedded engine uses two cores.
    await Promise.all([
      recomputeDay(db.maintenance, rollup15m, day),
      ...(day >= end - minuteRetention - daySeconds ? [recomputeDay(db.writer, minuteRollup, day)] : []),
    ]);
    onDays(1);
  }
  await db.maintenance.command({ query: mergeRollup15m });
}

async function rejectRealPosts(db: Database): Promise<void> {
  const posts = await countRealPosts(db.writer);
  if (posts > 0) throw new FeedpulseError('USAGE', `The database contains ${posts} real posts; synthetic posts would be mixed with them.`);
}

function recomputeDay(client: Database['maintenance'], rollup: Rollup, day: number): Promise<void> {
  const bucketStarts = (seconds: number): number[] => Array.from({ length: daySeconds / seconds }, (_, index) => day + index * seconds);
  return recomputeBuckets(client, rollup, { buckets: bucketStarts(rollup.seconds), minutes: bucketStarts(60), minuteRetention });
}
