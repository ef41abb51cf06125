import { type Clock, monotonicNow } from './clock.ts';

/** Notices when the system's clock is set, or the machine was suspended, by comparing it with the monotonic clock. */
export interface ClockSteps {
  /** By how many ms the system's clock was set since the last call; 0 if it was not. */
  check(): number;
  /**
   * What to add to the system's time for the time without the last step, without the last two steps, and so on; first 0. The
   * timestamps of a feed go by one of these: which one depends on whether the clock was right before or is right now.
   */
  offsets(): readonly number[];
}

/** Smaller differences are corrections by NTP. */
const minStepMs = 2_000;
const maxSteps = 4;

export function createClockSteps(clock: Pick<Clock, 'now' | 'monotonic'>): ClockSteps {
  let difference = clock.now() - monotonicNow(clock);
  let offsets: readonly number[] = [0];
  return {
    check: () => {
      const current = clock.now() - monotonicNow(clock);
      const step = Math.round(current - difference);
      difference = current;
      if (Math.abs(step) < minStepMs) return 0;
      offsets = [0, ...offsets.map((offset) => offset - step)].slice(0, maxSteps + 1);
      return step;
    },
    offsets: () => offsets,
  };
}
