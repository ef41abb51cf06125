import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../client/connection.ts';
import { rewriteBrands, selectToRematch } from '../queries/writing.ts';
import { clampToPosts, markRange, type ReportProgress, type TimeRange } from '../rollups/rebuild.ts';

/** Seconds of posts after which their minutes are marked: the figures follow before all is done. */
const slice = 6 * 3_600;
const postsAtOnce = 2_000;
/** Rests between two pages, as a multiple of the work: the feed goes first. */
const rest = 1;

/** Brand rules, as far as they are needed here. */
export interface Matcher {
  match(text: string): readonly string[];
  /** Another for other rules. */
  readonly hash: string;
}

interface Row {
  readonly minute: number;
  readonly platform: string;
  readonly id: string;
  readonly version: string;
  readonly text: string;
}

/**
 * Applies brand rules to the posts of a range that were stored under other ones. What was cut off goes on where it
 * was: posts that bear the hash of these rules are left alone. All minutes of the range are marked, since those before
 * the cut may not have been. Reports minutes; answers with the number of posts that were written again.
 */
export async function reapplyBrands(
  { db, clock, matcher }: { db: Database; clock: Clock; matcher: Matcher },
  range: TimeRange,
  report: ReportProgress,
  signal?: AbortSignal,
): Promise<number> {
  const held = await clampToPosts(db.upkeep, range);
  let posts = 0;
  for (let from = held?.from ?? 0; held && from < held.to; from += slice) {
    const part = { from, to: Math.min(held.to, from + slice) };
    posts += await rematchSlice({ db, clock, matcher }, part, signal);
    await markRange(db.upkeep, part, signal);
    report(Math.ceil((part.to - held.from) / 60), Math.ceil((held.to - held.from) / 60));
  }
  return posts;
}

async function rematchSlice(
  { db, clock, matcher }: { db: Database; clock: Clock; matcher: Matcher },
  part: TimeRange,
  signal?: AbortSignal,
): Promise<number> {
  let behind: Pick<Row, 'minute' | 'platform' | 'id'> = { minute: 0, platform: '', id: '' };
  for (let posts = 0; ; ) {
    signal?.throwIfAborted();
    const started = clock.now();
    const query_params = { ...part, ...behind, hash: matcher.hash, limit: postsAtOnce };
    const found = await (await db.upkeep.query({ query: selectToRematch, query_params, format: 'JSONEachRow' })).json<Row>();
    const last = found.at(-1);
    if (!last) return posts;
    await db.upkeep.command({ query: rewriteBrands, query_params: paramsOf(found, matcher) });
    posts += found.length;
    behind = { minute: Number(last.minute), platform: last.platform, id: last.id };
    await clock.sleep((clock.now() - started) * rest, signal);
  }
}

function paramsOf(posts: readonly Row[], matcher: Matcher): Record<string, unknown> {
  return {
    hash: matcher.hash,
    minutes: [...new Set(posts.map(({ minute }) => Number(minute)))],
    platforms: posts.map(({ platform }) => platform),
    ids: posts.map(({ id }) => id),
    versions: posts.map(({ version }) => Number(version)), // twice milliseconds: far below 2^53
    brands: posts.map(({ text }) => matcher.match(text)),
  };
}
