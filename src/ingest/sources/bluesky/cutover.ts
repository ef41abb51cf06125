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
  /** Called if that fails for good: so many seconds after the stored cursor may lack events. */
  onGap(seconds: number): void;
  /** Milliseconds between two looks at how fast the stream advances. */
  readonly sampleMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A stream that advances faster than this multiple of real time is still a replay. */
const replaySpeed = 1.05;
/** Live events are no older than this (ms). */
const maxLiveDelayMs = 10_000;
/** Differences between this clock and the server's, in ms. */
const maxSkewMs = 60_000;
const maxAttempts = 3;

/**
 * A v1 server may lose or reorder events when it changes from the replay after a cursor to live events. It does so at an
 * event from after the connection was opened, because it replays all earlier ones, but not necessarily when this side is
 * up to date: much may be underway. So the cursor advances up to the opening, and then stays until the stream is no faster
 * than real time and hardly behind it. The time since the opening is then read again, once it is in the past, and is
 * replayed as a whole.
 * @returns the cursor to store for each event
 */
export function createCutover({ resumed, reread, onGap, sampleMs, clock, log }: CutoverOptions, signal: AbortSignal) {
  const openedUs = (clock.now() - maxSkewMs) * 1_000;
  let newest = resumed;
  /** The last cursor from before the opening. */
  let held = resumed;
  let phase: 'replay' | 'holding' | 'live' = 'replay';

  /** Waits until the change is over. Resolves to the time (µs) of the newest event then. */
  const waitForChange = async (): Promise<number> => {
    for (;;) {
      const { timeUs } = newest;
      await clock.sleep(sampleMs, signal);
      const isFast = newest.timeUs - timeUs > replaySpeed * sampleMs * 1_000;
      const isBehind = clock.now() - newest.timeUs / 1_000 > maxLiveDelayMs;
      if (signal.aborted || (phase === 'holding' && !isFast && !isBehind)) return newest.timeUs;
    }
  };
  const watch = async (): Promise<void> => {
    const changedUs = await waitForChange();
    for (let attempts = 1; attempts <= maxAttempts; attempts += 1) {
      await clock.sleep(sampleMs, signal);
      if (signal.aborted || phase === 'live') return;
      try {
        await reread(held, changedUs);
        phase = 'live';
        return;
      } catch (thrown) {
        log.warn({ endpoint: held.endpoint, attempts, error: asError(thrown).message }, 'reading the change to live events again failed');
      }
    }
    if (signal.aborted) return;
    phase = 'live';
    onGap(Math.ceil((changedUs - held.timeUs) / 1e6));
  };
  void watch();

  return (cursor: JetstreamCursor, { seq }: JetstreamFrame): JetstreamCursor => {
    newest = cursor;
    // Only servers of v2 number their events, also in v1, and they lose none.
    if (seq !== undefined) phase = 'live';
    if (phase === 'replay' && cursor.timeUs < openedUs) held = cursor;
    else if (phase === 'replay') phase = 'holding';
    return phase === 'live' ? cursor : held;
  };
}
