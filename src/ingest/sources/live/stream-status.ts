import type { SourceProgress } from '../../../domain/ackable-batch.ts';
import { type Clock, monotonicNow } from '../../../lib/clock.ts';

/** Health and progress of a live source. */
export interface StreamStatus {
  onConnect(endpoint: string): void;
  /** @param reason a phrase, for the health issue */
  onDisconnect(reason: string): void;
  /** @param time of the event, in milliseconds since 1970 */
  onEvent(time: number): void;
  onGap(): void;
  /** One sentence on what is wrong; undefined if nothing is. */
  issue(): string | undefined;
  progress(): SourceProgress;
}

export interface StreamStatusOptions {
  /** Name of the source, for the health issue. */
  readonly name: string;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Milliseconds since the oldest chunk in flight was started. */
  oldestChunkMs(): number;
}

/** An interruption that is over within this time (ms) is no issue. */
const graceMs = 15_000;
/** Posts that are not stored within this time (ms) are an issue. */
const storeMs = 60_000;

export function createStreamStatus({ name, clock, oldestChunkMs }: StreamStatusOptions): StreamStatus {
  let endpoint: string | null = null;
  let reason = 'has not connected yet';
  let disconnectedAt = Number.NEGATIVE_INFINITY;
  let newest: number | null = null;
  let gaps = 0;
  return {
    onConnect: (connected) => {
      endpoint = connected;
    },
    onDisconnect: (why) => {
      if (endpoint !== null) disconnectedAt = monotonicNow(clock);
      endpoint = null;
      reason = `is not connected: ${why}`;
    },
    onEvent: (time) => {
      newest = Math.max(newest ?? time, time);
    },
    onGap: () => {
      gaps += 1;
    },
    issue: () => {
      const stuckMs = oldestChunkMs();
      if (stuckMs > storeMs) return `The source ${name} could not store a post for ${Math.round(stuckMs / 1_000)} seconds.`;
      if (endpoint === null && monotonicNow(clock) - disconnectedAt > graceMs) return `The source ${name} ${reason}.`;
      return undefined;
    },
    progress: () => ({
      behindSeconds: newest === null ? null : Math.max(0, Math.round((clock.now() - newest) / 1_000)),
      gaps,
      endpoint,
    }),
  };
}
