import { compareIds } from './status.ts';

/** Where a timeline has to be read again. */
export interface Restart {
  /** The status after which to read; undefined if there is none yet. */
  readonly from: string | undefined;
  /** Statuses after `from` that were seen. */
  readonly seen: readonly string[];
}

/** Keeps the status after which a timeline is read again when the connection or the process has been interrupted. */
export interface ResumePoint {
  /** Whether there is no status yet after which to read. */
  isFirstStart(): boolean;
  /** At the first start: nothing up to this status is wanted. */
  startAfter(id: string): void;
  /** A stream has been opened. What came before it must be fetched. */
  onStreamOpened(): Restart;
  onStreamed(id: string, now: number): void;
  /** @param createdAt milliseconds since 1970 */
  onFetched(id: string, createdAt: number): void;
  onDeleted(id: string): void;
  /** Everything before the stream has been fetched. */
  onCaughtUp(): void;
  /** Settles statuses while the stream is open. The newest settled one; undefined before there is one. */
  settle(now: number): string | undefined;
  /** The newest status of the open stream; undefined before the first one. */
  newestStreamed(): string | undefined;
}

/**
 * A status settles, and is not read again, when it is `rewindMs` old, because a server may list an older status after a
 * newer one: a status of another server gets an ID by the time of its creation, and any status is published a moment after
 * it is stored. Until the timeline is caught up, only fetched statuses settle. While there is no stream, none does.
 *
 * @param saved the settled status of an earlier run
 */
export function createResumePoint(rewindMs: number, saved: string | undefined): ResumePoint {
  let settledId = saved;
  let isCaughtUp = false;
  let newestStreamed: string | undefined;
  /** Time by ID, in the order of the times. */
  const fetched = new Map<string, number>();
  const streamed = new Map<string, number>();
  const settleUntil = (times: Map<string, number>, until: number): void => {
    for (const [id, time] of times) {
      if (time > until) return;
      settledId = newer(settledId, id);
      times.delete(id);
    }
  };
  return {
    isFirstStart: () => settledId === undefined,
    startAfter: (id) => {
      settledId ??= id;
    },
    onStreamOpened: () => {
      const seen = [...new Set([...fetched.keys(), ...streamed.keys()])];
      // They settle after they have been fetched again, together with what came between them.
      fetched.clear();
      streamed.clear();
      isCaughtUp = false;
      newestStreamed = undefined;
      return { from: settledId, seen };
    },
    onStreamed: (id, now) => {
      if (settledId !== undefined && compareIds(id, settledId) <= 0) return; // an edit of an earlier status
      newestStreamed = newer(newestStreamed, id);
      if (!streamed.has(id)) streamed.set(id, now);
    },
    onFetched: (id, createdAt) => void fetched.set(id, createdAt),
    onDeleted: (id) => {
      fetched.delete(id);
      streamed.delete(id);
    },
    onCaughtUp: () => {
      isCaughtUp = true;
    },
    settle: (now) => {
      settleUntil(fetched, now - rewindMs);
      if (isCaughtUp) settleUntil(streamed, now - rewindMs);
      return settledId;
    },
    newestStreamed: () => newestStreamed,
  };
}

function newer(a: string | undefined, b: string): string {
  return a !== undefined && compareIds(a, b) >= 0 ? a : b;
}
