import type { Database } from '../client/connection.ts';
import { countSwappable, keepActiveScores, swapScores } from '../queries/rescoring.ts';
import { clampToPosts, markRange, type ReportProgress, type TimeRange } from '../rollups/rebuild.ts';
import { readCount } from './count.ts';

/** Seconds of posts of one statement. */
const slice = 6 * 3_600;

/** How many posts of a range would change to the scores of a model. */
export async function countToActivate(db: Database, modelVersion: string, range: TimeRange): Promise<number> {
  const held = await clampToPosts(db.upkeep, range);
  let posts = 0;
  for (let from = held?.from ?? 0; held && from < held.to; from += slice)
    posts += await readCount(db, countSwappable, { from, to: Math.min(held.to, from + slice), modelVersion });
  return posts;
}

/**
 * Makes the scores of a model those that count, for the posts of a range that have some. The ones before are kept, so
 * that they can be activated in turn. A post that was edited since it was scored keeps its own. All minutes are marked,
 * since a run that was cut off may not have done so. Reports minutes; answers with the number of posts changed.
 */
export async function activateScores(
  db: Database,
  modelVersion: string,
  range: TimeRange,
  report: ReportProgress,
  signal?: AbortSignal,
): Promise<number> {
  const held = await clampToPosts(db.upkeep, range);
  let posts = 0;
  for (let from = held?.from ?? 0; held && from < held.to; from += slice) {
    signal?.throwIfAborted();
    const part = { from, to: Math.min(held.to, from + slice) };
    const query_params = { ...part, modelVersion };
    const found = await readCount(db, countSwappable, query_params);
    if (found > 0) {
      await db.upkeep.command({ query: keepActiveScores, query_params });
      await db.upkeep.command({ query: swapScores, query_params });
    }
    await markRange(db.upkeep, part, signal);
    posts += found;
    report(Math.ceil((part.to - held.from) / 60), Math.ceil((held.to - held.from) / 60));
  }
  return posts;
}
