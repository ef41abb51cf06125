import type { Clock } from '../../lib/clock.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Database } from '../client/connection.ts';
import { firstPage, readPostsToReapply, rewriteBrands } from '../queries/maintenance.ts';
import { clampToPosts, markRange, type TimeRange } from '../queries/rollups.ts';

/** Seconds of posts after which their minutes are marked, so that rollups follow before the job ends. */
const sliceSeconds = 6 * 3_600;
const maxPosts = 2_000;
/** Pause between two pages, as a multiple of the work, so that the pipeline goes first. */
const pauseFactor = 1;

/** The part of the brand rules that is needed here. */
export interface Matcher {
  match(text: string): readonly string[];
  /** Identifies the rules. */
  readonly hash: string;
}

interface Job {
  readonly db: Database;
  readonly clock: Clock;
  readonly matcher: Matcher;
}

/**
 * Applies brand rules to the posts of a range that were stored under other rules. An interrupted job continues where it
 * stopped: posts with the hash of these rules are skipped. All minutes of the range are marked as dirty, since those
 * before the interruption may not have been. Reports minutes; returns how many posts were rewritten.
 */
export async function reapplyBrands(job: Job, range: TimeRange, onProgress: OnProgress, signal?: AbortSignal): Promise<number> {
  const { maintenance } = job.db;
  const covered = await clampToPosts(maintenance, range);
  if (!covered) return 0;
  let posts = 0;
  for (let from = covered.from; from < covered.to; from += sliceSeconds) {
    const slice = { from, to: Math.min(covered.to, from + sliceSeconds) };
    posts += await reapplySlice(job, slice, signal);
    await markRange(maintenance, slice, signal);
    onProgress(Math.ceil((slice.to - covered.from) / 60), Math.ceil((covered.to - covered.from) / 60));
  }
  return posts;
}

async function reapplySlice({ db, clock, matcher }: Job, slice: TimeRange, signal?: AbortSignal): Promise<number> {
  let after = firstPage;
  for (let posts = 0; ; ) {
    signal?.throwIfAborted();
    const started = clock.now();
    const page = await readPostsToReapply(db.maintenance, slice, { hash: matcher.hash, after, limit: maxPosts });
    const last = page.at(-1);
    if (!last) return posts;
    const matched = page.map((post) => ({ ...post, brands: matcher.match(post.text) }));
    await rewriteBrands(db.maintenance, matched, matcher.hash);
    posts += page.length;
    after = { minute: last.minute, platform: last.platform, id: last.id };
    await clock.sleep((clock.now() - started) * pauseFactor, signal);
  }
}
