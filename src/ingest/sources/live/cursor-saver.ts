import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import type { CursorStore } from '../cursor-store.ts';

export interface CursorSaverOptions {
  readonly cursors: Pick<CursorStore, 'save'>;
  readonly clock: Clock;
  /** Milliseconds between two saves: after a crash, at most this much of the stream is read again. */
  readonly intervalMs: number;
  /** Called with the error of a save; the saver then stops. */
  onFailure(thrown: unknown): void;
}

/** Saves the newest cursor it was given, one save at a time, at most once per interval, and when it is closed. */
export function createCursorSaver({ cursors, clock, intervalMs, onFailure }: CursorSaverOptions) {
  let newest: string | undefined;
  let saved: string | undefined;
  let lastSaveAt = Number.NEGATIVE_INFINITY;
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  const saveNewest = async (): Promise<void> => {
    while (newest !== undefined && newest !== saved) {
      await clock.sleep(Math.max(0, lastSaveAt + intervalMs - monotonicNow(clock)), closing.signal);
      lastSaveAt = monotonicNow(clock);
      const cursor = newest;
      await cursors.save(cursor);
      saved = cursor;
    }
  };
  const start = (): void => {
    running ??= saveNewest()
      .catch((thrown) => {
        newest = undefined;
        onFailure(thrown);
      })
      .finally(() => {
        running = undefined;
        // A cursor may have come after the loop had ended.
        if (newest !== undefined && newest !== saved) start();
      });
  };
  return {
    save: (cursor: string): void => {
      newest = cursor;
      start();
    },
    /** Resolves once the newest cursor is saved. */
    close: async (): Promise<void> => {
      closing.abort();
      while (running) await running;
    },
  };
}
