/** The time, passed in so that tests can control it. */
export interface Clock {
  /** Milliseconds since 1970 UTC. It jumps when the system's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary moment, unaffected by changes of the system's clock. Absent if `now` never jumps. */
  monotonic?(): number;
  /** Resolves after `ms`, or as soon as the signal is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** Milliseconds since an arbitrary moment, for durations: the difference of two never includes a change of the system's clock. */
export const monotonicNow = (clock: Pick<Clock, 'now' | 'monotonic'>): number => clock.monotonic?.() ?? clock.now();

/**
 * Resolves as `promise` does, or to undefined once `ms` have passed; rejects if `promise` rejects first. The timer is
 * canceled in any case, because a pending one would keep the process alive.
 */
export async function withTimeout<T>(promise: Promise<T>, ms: number, clock: Pick<Clock, 'sleep'>): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, clock.sleep(ms, timer.signal).then(() => undefined)]);
  } finally {
    timer.abort();
  }
}
