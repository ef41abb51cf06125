import { FeedpulseError } from '../../lib/errors.ts';
import type { Database } from '../client/connection.ts';
import { countOthers, insertMadeUp, mergeHistory } from '../queries/seed.ts';
import { minuteRollup, type RollupTable, recompute, rollup15m } from '../queries/writing.ts';

const postsAtOnce = 1_000_000;
const daySeconds = 86_400;
/** Minute figures are kept for 30 days. */
const minutesKept = 30 * daySeconds;

export interface SyntheticHistory {
  /** How many posts. */
  readonly posts: number;
  /** Milliseconds since 1970; they are spread from one to the other. */
  readonly from: number;
  readonly to: number;
  /** At least two; the first are named most. */
  readonly brands: readonly string[];
  readonly seed: number;
}

type Report = (done: number) => void;

/**
 * Fills the tables with posts that nobody wrote and no model scored, computes their figures and merges them. The same history
 * twice lands on the same rows. Reports posts, then days.
 * @throws USAGE where posts of another origin are stored, unless `mixed`
 */
export async function fillHistory(
  db: Database,
  history: SyntheticHistory,
  { mixed, reportPosts, reportDays }: { mixed: boolean; reportPosts: Report; reportDays: Report },
): Promise<void> {
  if (!mixed) await refuseOthers(db);
  const { posts: total, from: startMs, to, brands, seed } = history;
  for (let from = 0; from < total; from += postsAtOnce) {
    const count = Math.min(postsAtOnce, total - from);
    const query_params = { seed, total, from, count, startMs, spanMs: to - startMs, brands };
    await db.writer.command({ query: insertMadeUp, query_params });
    reportPosts(count);
  }
  const end = Math.ceil(to / 1_000 / daySeconds) * daySeconds;
  for (let day = Math.floor(startMs / 1_000 / daySeconds) * daySeconds; day < end; day += daySeconds) {
    // Each on a connection of its own: embedded, these are two cores.
    await Promise.all([
      recomputeDay(db.upkeep, rollup15m, day),
      ...(day >= end - minutesKept - daySeconds ? [recomputeDay(db.writer, minuteRollup, day)] : []),
    ]);
    reportDays(1);
  }
  await db.upkeep.command({ query: mergeHistory });
}

async function refuseOthers(db: Database): Promise<void> {
  const [row] = await (await db.writer.query({ query: countOthers, format: 'JSONEachRow' })).json<{ posts: number | string }>();
  if (Number(row?.posts ?? 0) > 0)
    throw new FeedpulseError(
      'USAGE',
      `${row?.posts} posts of a real feed are stored there; made-up ones would mix with them. --yes does it all the same`,
    );
}

async function recomputeDay(client: Database['upkeep'], grain: RollupTable, day: number): Promise<void> {
  const every = (seconds: number): number[] => Array.from({ length: daySeconds / seconds }, (_, index) => day + index * seconds);
  await client.command({ query: recompute(grain), query_params: { buckets: every(grain.seconds), minutes: every(60), minutesKept } });
}
