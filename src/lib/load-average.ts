import { type Clock, monotonicNow } from './clock.ts';

/** How busy something has been of late. */
export interface LoadAverage {
  /** Records a change of state. */
  set(isBusy: boolean): void;
  /** From 0 to 1. */
  read(): number;
}

/** The older a second, the less it counts: one `timeConstantMs` ago it counts 1/e. */
const timeConstantMs = 3_000;

/** The exponentially weighted share of time in which it was busy. */
export function createLoadAverage(clock: Pick<Clock, 'now' | 'monotonic'>): LoadAverage {
  let isBusy = false;
  let average = 0;
  let at = monotonicNow(clock);
  const update = (): void => {
    const now = monotonicNow(clock);
    const weight = Math.exp(-(now - at) / timeConstantMs);
    average = average * weight + (isBusy ? 1 - weight : 0);
    at = now;
  };
  return {
    set: (next) => {
      update();
      isBusy = next;
    },
    read: () => {
      update();
      return average;
    },
  };
}
