import { compareIds } from './status.ts';

/** Keeps the status after which a timeline is read again when the connection or the process has been interrupted. */
export interface ResumePoint {
  /** At the first start: nothing up to this status is wanted. */
  startAfter(id: string): void;
  onStreamOpened(): void;
  onStreamed(id: string, now: number): void;
  /** @param createdAt milliseconds since 1970 */
  onFetched(id: string, createdAt: number): void;
  onDeleted(id: string): void;
  /** Everything before the stream has been read. */
  onCaughtUp(): void;
  /** The newest status that needs no second reading; undefined at the first start. */
  settled(now: number): string | undefined;
  /** The newest status of the open stream; undefined before the first one. */
  newestStreamed(): string | undefined;
  /** The statuses after the settled one. */
  unsettled(): readonly string[];
}

/**
 * A status settles when it is `rewindMs` old, because a server may list an older status after a newer one: a status of
 * another server gets an ID by the time of its creation, and any status is published a moment after it is stored. Until the
 * timeline is caught up, only fetched statuses settle.
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
  const settle = (times: Map<string, number>, until: number): void => {
    for (const [id, time] of times) {
      if (time > until) return;
      settledId = newer(settledId, id);
      times.delete(id);
    }
  };
  return {
    startAfter: (id) => {
      settledId ??= id;
    },
    onStreamOpened: () => {
      isCaughtUp = false;
      newestStreamed = undefined;
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
    settled: (now) => {
      settle(fetched, now - rewindMs);
      if (isCaughtUp) settle(streamed, now - rewindMs);
      return settledId;
    },
    newestStreamed: () => newestStreamed,
    unsettled: () => [...new Set([...fetched.keys(), ...streamed.keys()])],
  };
}

function newer(a: string | undefined, b: string): string {
  return a !== undefined && compareIds(a, b) >= 0 ? a : b;
}
