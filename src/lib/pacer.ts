import { type Clock, monotonicNow } from './clock.ts';

/** Leaves CPU time to work that is more important, by pauses between tasks. */
export interface Pacer {
  /** Resolves once the next task may start. */
  waitForTurn(): Promise<void>;
  /** Call it when a task starts; the result when it ends. */
  start(): () => void;
}

export interface PacerOptions {
  readonly clock: Clock;
  /** Whether the other work needs the CPU now; tasks are not delayed otherwise. */
  readonly isNeeded: () => boolean;
  /** Share of the time in which tasks may run meanwhile, 0 to 1. */
  readonly share: number;
}

/** Milliseconds that tasks may run without a pause after they have not run for a while: a page of the web UI at once. */
const burstMs = 1_500;
const pollMs = 50;

/**
 * A token bucket of run time: it fills at `share` milliseconds per millisecond, and each millisecond in which a task runs takes
 * one out. A task may overdraw it; the next one then waits until it is filled again.
 */
export function createPacer({ clock, isNeeded, share }: PacerOptions): Pacer {
  let credit = burstMs;
  let running = 0;
  let at = monotonicNow(clock);
  const update = (): void => {
    const now = monotonicNow(clock);
    const used = running > 0 ? now - at : 0;
    credit = isNeeded() ? Math.min(burstMs, credit + share * (now - at) - used) : burstMs;
    at = now;
  };
  return {
    waitForTurn: async () => {
      for (update(); credit <= 0; update()) await clock.sleep(pollMs);
    },
    start: () => {
      update();
      running += 1;
      return () => {
        update();
        running -= 1;
      };
    },
  };
}
