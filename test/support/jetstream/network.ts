import { createTraffic, type NetworkEvent, type Traffic, type TrafficOptions } from './traffic.ts';

/** A network that runs in real time, and that several servers witness. */
export interface Network extends Pick<Traffic, 'ledger'> {
  /** Events that have happened, without those that `forget` removed. */
  events(): readonly NetworkEvent[];
  /** Calls back whenever events have happened. Returns a function that ends it. */
  onEvents(listener: () => void): () => void;
  /** Makes a number of events happen now. */
  run(count: number): void;
  /** Makes events happen at a rate, until `pause`. */
  start(eventsPerSecond: number): void;
  pause(): void;
  /** Removes events older than this, as servers do. */
  forget(olderThanMs: number): void;
  /** Index of the first event at or after a time (µs since 1970), forgotten ones included. */
  indexAt(timeUs: number): number;
}

const tickMs = 20;

export function createNetwork(seed: number, options: TrafficOptions = {}): Network {
  const traffic = createTraffic(seed, options);
  const listeners = new Set<() => void>();
  let events: NetworkEvent[] = [];
  /** Times of all events so far, by index. */
  const times: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const run = (count: number): void => {
    for (let made = 0; made < count; made += 1) {
      const timeUs = Math.max((times.at(-1) ?? 0) + 1, Date.now() * 1_000);
      times.push(timeUs);
      events.push(traffic.next(timeUs));
    }
    for (const listener of [...listeners]) listener();
  };
  return {
    ledger: traffic.ledger,
    events: () => events,
    onEvents: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    run,
    start: (eventsPerSecond) => {
      let at = Date.now();
      let due = 0;
      timer = setInterval(() => {
        const now = Date.now();
        due += ((now - at) / 1_000) * eventsPerSecond;
        at = now;
        run(Math.floor(due));
        due -= Math.floor(due);
      }, tickMs);
    },
    pause: () => clearInterval(timer),
    forget: (olderThanMs) => {
      const floorUs = (Date.now() - olderThanMs) * 1_000;
      events = events.filter(({ timeUs }) => timeUs >= floorUs);
    },
    indexAt: (timeUs) => {
      let [low, high] = [0, times.length];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if ((times[middle] ?? 0) < timeUs) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}
