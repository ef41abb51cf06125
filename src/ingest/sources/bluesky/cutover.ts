import type { Clock } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import type { JetstreamCursor } from './jetstream-cursor.ts';
import type { JetstreamFrame } from './jetstream-frame.ts';

export interface CutoverOptions {
  /** Where the connection was resumed. */
  readonly resumed: JetstreamCursor;
  /** Reads the stream again on a second connection, from `cursor` up to a time (µs since 1970). */
  reread(cursor: JetstreamCursor, untilUs: number): Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How close to live events (ms) a server may change from replay to them. */
const nearMs = 5_000;
/** How long (ms) after that the events of the change are read again. */
const settleMs = 10_000;
const maxAttempts = 3;

/**
 * A v1 server may lose or reorder events when it changes from the replay after a cursor to live events. The time around
 * the change is therefore read again, once it lies in the past and is replayed as a whole. Until that is done, cursors
 * stay before the change.
 * @returns the cursor to store for each event
 */
export function createCutover({ resumed, reread, clock, log }: CutoverOptions, signal: AbortSignal) {
  let phase: 'replay' | 'settling' | 'live' = 'replay';
  /** The cursor before the change. */
  let held = resumed;
  const settle = async (changeUs: number): Promise<void> => {
    for (let attempts = 1; attempts <= maxAttempts; attempts += 1) {
      await clock.sleep(settleMs, signal);
      if (signal.aborted) return;
      try {
        await reread(held, changeUs + (settleMs / 2) * 1_000);
        break;
      } catch (thrown) {
        log.warn({ endpoint: held.endpoint, attempts, error: asError(thrown).message }, 'reading the change to live events again failed');
      }
    }
    if (!signal.aborted) phase = 'live';
  };
  return (cursor: JetstreamCursor, { seq }: JetstreamFrame): JetstreamCursor => {
    // Only servers of v2 number their events, and they lose none.
    if (phase === 'live' || seq !== undefined) return cursor;
    if (phase === 'replay') {
      if (clock.now() - cursor.timeUs / 1_000 > nearMs) {
        held = cursor;
        return cursor;
      }
      phase = 'settling';
      void settle(cursor.timeUs);
    }
    return held;
  };
}
