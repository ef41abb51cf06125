import type { Clock } from '../../src/lib/clock.ts';

/** A clock whose sleeps end when the test advances it. */
export interface ManualClock extends Required<Clock> {
  /** Moves the time forward, ending every sleep on the way at its time, and lets what follows from them run. */
  advance(ms: number): Promise<void>;
  /** Sets the system's clock ahead, or back by a negative number; time goes on as before. */
  step(ms: number): void;
}

interface Sleep {
  readonly until: number;
  end(): void;
}

export function createManualClock(start = Date.UTC(2026, 5, 15)): ManualClock {
  let now = start;
  let stepped = 0;
  const sleeps = new Set<Sleep>();
  return {
    now: () => now + stepped,
    monotonic: () => now,
    step: (ms) => {
      stepped += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleep: Sleep = {
          until: now + ms,
          end: () => {
            sleeps.delete(sleep);
            signal?.removeEventListener('abort', sleep.end);
            resolve();
          },
        };
        sleeps.add(sleep);
        signal?.addEventListener('abort', sleep.end, { once: true });
      }),
    advance: async (ms) => {
      const end = now + ms;
      for (;;) {
        await settle();
        const next = [...sleeps].reduce<Sleep | undefined>(
          (first, sleep) => (!first || sleep.until < first.until ? sleep : first),
          undefined,
        );
        if (!next || next.until > end) break;
        now = Math.max(now, next.until);
        next.end();
      }
      now = end;
      await settle();
    },
  };
}

/** Lets promises settle that do not wait for anything else. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
