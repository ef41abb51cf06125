import type { ClickHouseClient } from '@clickhouse/client';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { clampToPosts, markRange, type TimeRange } from '../queries/rollups.ts';
import { firstPage, type PageKey } from '../queries/sql.ts';

/** Seconds of posts per slice. Its minutes are marked as dirty at its end, so that rollups are updated before the job ends. */
const sliceSeconds = 6 * 3_600;
/** Pause between two pages, as a multiple of the work, to leave resources to the pipeline. */
const pauseFactor = 1;

/** Splits a range into slices, the earliest first. */
export function splitRange({ from, to }: TimeRange): TimeRange[] {
  const starts = Array.from({ length: Math.ceil((to - from) / sliceSeconds) }, (_, index) => from + index * sliceSeconds);
  return starts.map((start) => ({ from: start, to: Math.min(to, start + sliceSeconds) }));
}

/**
 * Rewrites the posts in a range slice by slice. All minutes are marked as dirty, because an earlier, interrupted call may
 * not have marked those that it rewrote. Reports minutes.
 * @param rewrite rewrites one slice and returns the number of posts that changed
 * @returns the number of posts that changed
 */
export async function rewriteRange(
  client: ClickHouseClient,
  range: TimeRange,
  rewrite: (slice: TimeRange) => Promise<number>,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<number> {
  const clamped = await clampToPosts(client, range);
  if (!clamped) return 0;
  let posts = 0;
  for (const slice of splitRange(clamped)) {
    signal?.throwIfAborted();
    posts += await rewrite(slice);
    await markRange(client, slice, signal);
    onProgress(Math.ceil((slice.to - clamped.from) / 60), Math.ceil((clamped.to - clamped.from) / 60));
  }
  return posts;
}

/** Processes posts page by page until a page is empty, and pauses after each. */
export async function forEachPage<P extends PageKey>(
  clock: Clock,
  readPage: (after: PageKey) => Promise<readonly P[]>,
  process: (page: readonly P[]) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (let after = firstPage; ; ) {
    signal?.throwIfAborted();
    const startedAt = monotonicNow(clock);
    const page = await readPage(after);
    const last = page.at(-1);
    if (!last) return;
    await process(page);
    after = { minute: last.minute, platform: last.platform, id: last.id };
    await clock.sleep((monotonicNow(clock) - startedAt) * pauseFactor, signal);
  }
}
