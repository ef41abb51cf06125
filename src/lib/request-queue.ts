import { AsyncResource } from 'node:async_hooks';
import { FeedpulseError } from './errors.ts';
import type { Pacer } from './pacer.ts';
import { currentRequest } from './request-scope.ts';

/** Runs tasks, a few at a time. Rejects with the reason of the signal if the client leaves before its task starts. */
export type RequestQueue = <T>(task: () => Promise<T>) => Promise<T>;

export interface RequestQueueOptions {
  /** Tasks that run at the same time; 1 if absent. */
  readonly concurrency?: number;
  /** Waiting tasks of one client. A page of the web UI sends about ten requests at a time; 40 if absent. */
  readonly maxWaiting?: number;
  /** Delays tasks while something more important needs the CPU. */
  readonly pacer?: Pacer;
}

interface Waiting {
  readonly start: () => Promise<void>;
}

/**
 * A queue in front of a scarce resource, such as a connection that runs one query at a time. The clients of waiting tasks take
 * turns, so that many tasks of one do not hold up another. A task whose client has left is dropped, and each client can have
 * only so many waiting.
 */
export function createRequestQueue({ concurrency = 1, maxWaiting = 40, pacer }: RequestQueueOptions = {}): RequestQueue {
  /** By client; the client whose turn is next comes first. */
  const waiting = new Map<string, Waiting[]>();
  let runners = 0;

  const run = async (): Promise<void> => {
    if (runners >= concurrency) return;
    runners += 1;
    while (waiting.size > 0) {
      if (pacer) await pacer.waitForTurn();
      // During the wait, the client may have left.
      const next = takeNext(waiting);
      const finish = pacer?.start();
      await next?.start();
      finish?.();
    }
    runners -= 1;
  };

  return (task) => {
    const request = currentRequest();
    const client = request?.client ?? '';
    const own = waiting.get(client) ?? [];
    // Only requests are limited: the process's own tasks wait for each other.
    if (request && own.length >= maxWaiting)
      return Promise.reject(new FeedpulseError('TOO_MANY_QUERIES', `More than ${maxWaiting} queries of one client are waiting.`));
    return new Promise((resolve, reject) => {
      const signal = request?.signal;
      if (signal?.aborted) return reject(signal.reason);
      // It is started by whoever made the queue run, but belongs to this request, and must end with it alone.
      const runTask = AsyncResource.bind(task);
      const entry: Waiting = {
        start: async () => {
          signal?.removeEventListener('abort', leave);
          await runTask().then(resolve, reject);
        },
      };
      const leave = (): void => {
        removeEntry(waiting, client, entry);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.set(client, [...own, entry]);
      void run();
    });
  };
}

/** Takes the first task of the next client, which then goes to the end of the line. */
function takeNext(waiting: Map<string, Waiting[]>): Waiting | undefined {
  for (const [client, [first, ...rest]] of waiting) {
    waiting.delete(client);
    if (rest.length > 0) waiting.set(client, rest);
    if (first) return first;
  }
  return undefined;
}

function removeEntry(waiting: Map<string, Waiting[]>, client: string, entry: Waiting): void {
  const rest = (waiting.get(client) ?? []).filter((other) => other !== entry);
  if (rest.length > 0) waiting.set(client, rest);
  else waiting.delete(client);
}
