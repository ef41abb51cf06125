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
  /** Milliseconds between two looks at how fast the stream advances. */
  readonly sampleMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A stream that advances faster than this multiple of real time is a replay. */
const replaySpeed = 1.5;
/** Live events are no older than this (ms), even if the clocks differ. */
const maxLiveDelayMs = 60_000;
const maxAttempts = 3;

/**
 * A v1 server may lose or reorder events when it changes from the replay after a cursor to live events. When the stream no
 * longer advances faster than real time, the change lies between the last two samples. That time is read again, once it is
 * in the past and replayed as a whole. Until then, the cursor stays at the sample before the change.
 * @returns the cursor to store for each event
 */
export function createCutover({ resumed, reread, sampleMs, clock, log }: CutoverOptions, signal: AbortSignal) {
  let newest = resumed;
  /** The cursor before the change. */
  let held = resumed;
  let isLive = false;

  /** Waits until the stream is live. Resolves to the time (µs) by which the change is over. */
  const waitForChange = async (): Promise<number> => {
    for (let previous = resumed; ; previous = newest) {
      await clock.sleep(sampleMs, signal);
      const isFast = newest.timeUs - previous.timeUs > replaySpeed * sampleMs * 1_000;
      const behindMs = clock.now() - newest.timeUs / 1_000;
      if (signal.aborted || (!isFast && behindMs < maxLiveDelayMs)) return newest.timeUs;
      held = previous;
    }
  };
  const watch = async (): Promise<void> => {
    const changedUs = await waitForChange();
    for (let attempts = 1; attempts <= maxAttempts && !isLive; attempts += 1) {
      await clock.sleep(sampleMs, signal);
      if (signal.aborted || isLive) return;
      try {
        await reread(held, changedUs);
        break;
      } catch (thrown) {
        log.warn({ endpoint: held.endpoint, attempts, error: asError(thrown).message }, 'reading the change to live events again failed');
      }
    }
    if (!signal.aborted) isLive = true;
  };
  void watch();

  return (cursor: JetstreamCursor, { seq }: JetstreamFrame): JetstreamCursor => {
    // Only servers of v2 number their events, also in v1, and they lose none.
    isLive ||= seq !== undefined;
    newest = cursor;
    return isLive ? cursor : held;
  };
}
