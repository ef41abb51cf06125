import { FeedpulseError } from '../../lib/errors.ts';
import { currentRequest } from '../../lib/request-scope.ts';

/** Waiting queries of one client. A page of the web UI sends about ten at a time. */
const maxWaitingPerClient = 40;

/** Runs queries one at a time. Rejects with the reason of the signal if the client leaves before its query starts. */
export type QueryQueue = <T>(task: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly start: () => Promise<void>;
}

/**
 * A queue in front of a connection that runs one query at a time. The clients of waiting queries take turns, so that many
 * queries of one do not hold up another. A query whose client has left is dropped, and each client can have only so many
 * waiting.
 */
export function createQueryQueue(): QueryQueue {
  /** By client; the client whose turn is next comes first. */
  const waiting = new Map<string, Waiting[]>();
  let isRunning = false;

  const runNext = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    for (let next = takeNext(waiting); next; next = takeNext(waiting)) await next.start();
    isRunning = false;
  };

  return (task) => {
    const request = currentRequest();
    const client = request?.client ?? '';
    const own = waiting.get(client) ?? [];
    // Only requests are limited: the process's own queries wait for each other.
    if (request && own.length >= maxWaitingPerClient)
      return Promise.reject(new FeedpulseError('TOO_MANY_QUERIES', `More than ${maxWaitingPerClient} queries of one client are waiting.`));
    return new Promise((resolve, reject) => {
      const signal = request?.signal;
      if (signal?.aborted) return reject(signal.reason);
      const entry: Waiting = {
        start: async () => {
          signal?.removeEventListener('abort', leave);
          await task().then(resolve, reject);
        },
      };
      const leave = (): void => {
        removeEntry(waiting, client, entry);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.set(client, [...own, entry]);
      void runNext();
    });
  };
}

/** Takes the first query of the next client, which then goes to the end of the line. */
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
