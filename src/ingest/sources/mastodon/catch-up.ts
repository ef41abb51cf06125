import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import { minuteMs } from '../../../lib/duration.ts';
import { asError } from '../../../lib/errors.ts';
import { backoffDelay, jitter } from '../../../lib/retry.ts';
import { deletionFrame, type Frame, statusFrame } from './frame.ts';
import { HttpStatusError, type MastodonClient, maxLookupIds, maxPageSize } from './mastodon-client.ts';
import type { Restart, ResumePoint } from './resume-point.ts';
import { compareIds, readStatus, timeOfId } from './status.ts';
import type { Timeline } from './timeline.ts';

export interface CatchUpDeps {
  readonly client: MastodonClient;
  readonly timeline: Timeline;
  /** Host of the server. */
  readonly server: string;
  readonly resume: ResumePoint;
  readonly clock: Clock;
  /**
   * Servers answer requests from replicas of their database. Milliseconds after which these have what was streamed: what
   * they do not show then is not there.
   */
  readonly replicaLagMs: number;
  /** Statuses that a lookup did not show, and when that was first noticed (monotonic ms). Outlasts a connection. */
  readonly missing: Map<string, number>;
  /** IDs of recent statuses that are stored, the newest `limit` ones. */
  storedIds(limit: number): Promise<readonly string[]>;
  /** Takes statuses, oldest first, each after `beforeAdd`; resolves when there is room for more. */
  deliver(frames: readonly Frame[], signal: AbortSignal, beforeAdd?: (frame: Frame) => void): Promise<void>;
  /** Called when statuses may be missing for good, with the reason as a phrase. */
  onGap(reason: string): void;
  /** Called for a failed request that will be repeated. */
  onRetry(error: Error, delayMs: number): void;
}

/** Before the ID of any status: everything is wanted of a timeline that was empty at the first start. */
const beginning = '0';

/** A failing request is repeated for this long. Meanwhile nothing settles, and every status of the stream is remembered. */
const maxRepeatMs = 10 * minuteMs;
const backoff = { firstMs: 1_000, maxMs: 60_000 };
/** So many known statuses that the pages do not list are looked up: 20 requests. */
const maxLookups = 20 * maxLookupIds;

/**
 * Reads the newest page of a timeline, at the first start. It also says where to begin after an interruption; therefore the
 * stream is opened afterwards.
 * @throws an error that another attempt may solve
 */
export async function readNewestPage(deps: CatchUpDeps, signal: AbortSignal): Promise<void> {
  const { client, timeline, resume, onGap } = deps;
  try {
    const page = await client.fetchPage(timeline, { limit: maxPageSize }, signal);
    resume.startAfter(readStatus(page.at(-1))?.id ?? beginning);
    await deliverPage(deps, page, signal);
  } catch (thrown) {
    // Without a valid token there is no stream either.
    if (!isPermanent(thrown) || (thrown instanceof HttpStatusError && thrown.status === 401)) throw thrown;
    onGap(`earlier posts cannot be read: ${asError(thrown).message}`);
  }
}

/**
 * Reads what was missed before a stream was opened: the statuses after the settled one, page by page, then the edits and
 * deletions of the newest known statuses. Returns when the stream has taken over, or `signal` was aborted.
 * @throws the error of a request that failed for ten minutes: the stream should be opened again later
 */
export async function catchUp(deps: CatchUpDeps, { from, seen }: Restart, signal: AbortSignal): Promise<void> {
  const { resume, clock, missing, replicaLagMs, onGap } = deps;
  try {
    if (from !== undefined) {
      const startedAt = monotonicNow(clock);
      await reportLostStatuses(deps, from, signal);
      const { listed, lastPage } = await readPages(deps, from, signal);
      const stored = await repeat(deps, () => orAborted(deps.storedIds(maxLookups), signal), signal);
      const known = [...new Set([...missing.keys(), ...seen, ...stored])].filter((id) => !listed.has(id));
      // A replica lacks only what is new: neither what this process has just seen, nor what has a new ID.
      const isRecent = (id: string): boolean => seen.includes(id) || clock.now() - (timeOfId(id) ?? clock.now()) < replicaLagMs;
      const found = await recheck(deps, { known, missingSince: monotonicNow(clock) - replicaLagMs, isRecent, isPart: false }, signal);
      // Now the replicas have what they may have lacked.
      await clock.sleep(Math.max(0, startedAt + replicaLagMs - monotonicNow(clock)), signal);
      await readPages(deps, lastPage, signal);
      const latest = Math.max(...missing.values());
      if (missing.size > 0) await clock.sleep(Math.max(0, latest + replicaLagMs - monotonicNow(clock)), signal);
      await recheck(deps, { known: [...missing.keys()], missingSince: latest, isRecent: () => true, isPart: found > 0 }, signal);
    }
  } catch (thrown) {
    if (signal.aborted) return;
    if (!isPermanent(thrown)) throw thrown;
    onGap(`catching up failed: ${asError(thrown).message}`);
  }
  if (!signal.aborted) resume.onCaughtUp();
}

/** A server that has nothing as old as the settled status has deleted statuses that were not read. */
async function reportLostStatuses(deps: CatchUpDeps, from: string, signal: AbortSignal): Promise<void> {
  const { client, timeline, onGap } = deps;
  if (from === beginning) return;
  const older = await repeat(deps, () => client.fetchPage(timeline, { maxId: from, limit: 1 }, signal), signal);
  if (older.length > 0 || (await repeat(deps, () => client.hasStatus(from, signal), signal))) return;
  onGap('the server no longer has posts as old as the last one that was read');
}

/** Reads the statuses after `from`. Resolves to their IDs, and to the status after which the last page began. */
async function readPages(deps: CatchUpDeps, from: string, signal: AbortSignal) {
  const { client, timeline, resume } = deps;
  const listed = new Set<string>();
  let minId = from;
  let lastPage = from;
  while (!signal.aborted) {
    const page = await repeat(deps, () => client.fetchPage(timeline, { minId, limit: maxPageSize }, signal), signal);
    const ids = page.flatMap((entity) => readStatus(entity)?.id ?? []).sort(compareIds);
    const newest = ids.at(-1);
    if (newest === undefined || compareIds(newest, minId) <= 0) break;
    for (const id of ids) listed.add(id);
    await deliverPage(deps, page, signal);
    [lastPage, minId] = [minId, newest];
    const streamed = resume.newestStreamed();
    if (page.length < maxPageSize && streamed !== undefined && compareIds(minId, streamed) >= 0) break;
  }
  return { listed, lastPage };
}

async function deliverPage({ server, resume, clock, deliver }: CatchUpDeps, page: readonly unknown[], signal: AbortSignal): Promise<void> {
  const frames = page.map((entity) => statusFrame(entity, server)).reverse();
  const now = clock.now();
  // Each one just before it is added: a cursor must not cover what is not in the chunk yet.
  await deliver(frames, signal, ({ status }) => {
    // A status of a server whose clock is ahead must not keep others from settling.
    if (status) resume.onFetched(status.id, Math.min(status.createdAt ?? now, now));
  });
}

interface Lookup {
  readonly known: readonly string[];
  /** Monotonic ms. */
  readonly missingSince: number;
  /** Whether a replica may not have the status yet. */
  isRecent(id: string): boolean;
  /** The server has shown others of them. */
  readonly isPart: boolean;
}

/**
 * Looks up the newest of the statuses, those that were missing before first. Those that are missing, and recent ones that
 * have been since `missingSince`, were deleted; the others may have been edited. A server that shows none of many is more likely to hide
 * them from this token than to have deleted them all. Resolves to how many it showed.
 */
async function recheck(deps: CatchUpDeps, { known, missingSince, isRecent, isPart }: Lookup, signal: AbortSignal): Promise<number> {
  const { clock, server, resume, missing, deliver, onGap } = deps;
  const others = known.filter((id) => !missing.has(id)).sort(compareIds);
  const ids = [...missing.keys(), ...others.reverse()].slice(0, maxLookups);
  const now = monotonicNow(clock);
  const found = await lookUp(deps, ids, signal);
  if (found === undefined) return 0;
  const visible = new Set(found.map((entity) => readStatus(entity)?.id));
  for (const id of ids) if (visible.has(id)) missing.delete(id);
  const absent = ids.filter((id) => !visible.has(id));
  const deleted = absent.filter((id) => !isRecent(id) || (missing.get(id) ?? now) <= missingSince);
  for (const id of absent) if (!missing.has(id)) missing.set(id, now);
  for (const id of deleted) missing.delete(id);
  if (!isPart && found.length === 0 && deleted.length >= maxLookupIds) {
    onGap('the server shows none of the stored posts');
    deleted.length = 0;
  }
  for (const id of deleted) resume.onDeleted(id);
  await deliver([...deleted.map((id) => deletionFrame(id, server)), ...found.map((entity) => statusFrame(entity, server))], signal);
  return found.length;
}

/** Those of the statuses that are visible; undefined if the server cannot tell. */
async function lookUp(deps: CatchUpDeps, ids: readonly string[], signal: AbortSignal): Promise<readonly unknown[] | undefined> {
  const found: unknown[] = [];
  for (let start = 0; start < ids.length; start += maxLookupIds) {
    const batch = ids.slice(start, start + maxLookupIds);
    const statuses = await repeat(deps, () => deps.client.fetchStatuses(batch, signal), signal);
    if (statuses === undefined) return undefined;
    found.push(...statuses);
  }
  return found;
}

/**
 * Repeats a request until it succeeds. @throws the error if a repetition cannot help, or has not for ten minutes, or `signal`
 * was aborted
 */
async function repeat<T>({ clock, onRetry }: CatchUpDeps, request: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const giveUpAt = monotonicNow(clock) + maxRepeatMs;
  for (let failures = 1; ; failures += 1) {
    try {
      return await request();
    } catch (thrown) {
      if (signal.aborted || isPermanent(thrown) || monotonicNow(clock) >= giveUpAt) throw thrown;
      const delayMs = jitter.half(backoffDelay(backoff, failures));
      onRetry(asError(thrown), delayMs);
      await clock.sleep(delayMs, signal);
    }
  }
}

function isPermanent(thrown: unknown): boolean {
  return thrown instanceof HttpStatusError && thrown.isPermanent;
}

/** A query of the embedded database cannot be aborted; its result is then of no use. @throws the signal's reason */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
