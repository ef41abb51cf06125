import type { Clock } from '../../lib/clock.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Database } from '../client/connection.ts';
import { readPostsToReapply, rewriteBrands } from '../queries/brands.ts';
import type { TimeRange } from '../queries/rollups.ts';
import { forEachPage, rewriteRange } from './slices.ts';

const maxPosts = 2_000;

/** The part of `BrandMatcher` that is needed here; the sink does not depend on ingest. */
export interface Matcher {
  match(text: string): readonly string[];
  /** Identifies the rules. */
  readonly hash: string;
}

interface ReapplyDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly matcher: Matcher;
}

/**
 * Applies brand rules to the posts in a range that were stored under other rules. An interrupted job continues where it
 * stopped: posts with the hash of these rules are skipped. Reports minutes; returns how many posts were rewritten.
 */
export async function reapplyBrands(
  { db, clock, matcher }: ReapplyDeps,
  range: TimeRange,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<number> {
  const client = db.maintenance;
  const reapplySlice = async (slice: TimeRange): Promise<number> => {
    let posts = 0;
    await forEachPage(
      clock,
      (after) => readPostsToReapply(client, slice, { hash: matcher.hash, after, limit: maxPosts }),
      async (page) => {
        const matched = page.map((post) => ({ ...post, brands: matcher.match(post.text) }));
        await rewriteBrands(client, matched, matcher.hash);
        posts += page.length;
      },
      signal,
    );
    return posts;
  };
  return rewriteRange(client, range, reapplySlice, onProgress, signal);
}
