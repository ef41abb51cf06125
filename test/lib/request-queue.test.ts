import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRequestQueue } from '../../src/lib/request-queue.ts';
import { currentRequest, runInRequest } from '../../src/lib/request-scope.ts';

/** Queries that each take one turn of the event loop, and the order in which they started. */
function recorder() {
  const started: string[] = [];
  const query = (name: string) => async (): Promise<string> => {
    started.push(name);
    await nextTurn();
    return name;
  };
  return { started, query };
}

const requestOf = (client: string, signal = new AbortController().signal) => ({ client, signal });

test('runs one query at a time, also after one has failed', async () => {
  const enqueue = createRequestQueue();
  let running = 0;
  const query = (fails: boolean) => async () => {
    running += 1;
    expect(running).toBe(1);
    await nextTurn();
    running -= 1;
    if (fails) throw new Error('rejected');
  };
  const results = await Promise.allSettled([false, true, false].map((fails) => enqueue(query(fails))));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('clients take turns: one query of another client does not wait for a hundred', async () => {
  const enqueue = createRequestQueue();
  const { started, query } = recorder();
  const many = Array.from({ length: 30 }, (_, index) => runInRequest(requestOf('ines'), () => enqueue(query(`ines ${index}`))));
  const other = runInRequest(requestOf('tomas'), () => enqueue(query('tomas')));
  await Promise.all([...many, other]);
  expect(started.indexOf('tomas')).toBeLessThanOrEqual(2);
  expect(started.filter((name) => name.startsWith('ines'))).toEqual(many.map((_, index) => `ines ${index}`));
});

test('queries of a client that has left are dropped, and the next one runs', async () => {
  const enqueue = createRequestQueue();
  const { started, query } = recorder();
  const controller = new AbortController();
  const first = runInRequest(requestOf('tomas'), () => enqueue(query('first')));
  const dropped = Array.from({ length: 20 }, () =>
    runInRequest(requestOf('ines', controller.signal), () => enqueue(query('dropped'))).catch((error: Error) => error.name),
  );
  controller.abort();
  const late = runInRequest(requestOf('ines', controller.signal), () => enqueue(query('late'))).catch((error: Error) => error.name);
  const last = runInRequest(requestOf('tomas'), () => enqueue(query('last')));
  expect(await Promise.all([first, ...dropped, late, last])).toEqual(['first', ...dropped.map(() => 'AbortError'), 'AbortError', 'last']);
  expect(started).toEqual(['first', 'last']);
});

test('a query belongs to the request that asked for it, not to the one that made the queue run', async () => {
  const enqueue = createRequestQueue();
  const clientOf = async (): Promise<string | undefined> => {
    await nextTurn();
    return currentRequest()?.client;
  };
  const clients = ['ines', 'tomas', 'ines'].map((client) => runInRequest(requestOf(client), () => enqueue(clientOf)));
  expect(await Promise.all([...clients, enqueue(clientOf)])).toEqual(['ines', 'tomas', 'ines', undefined]);
});

test('a client may have 40 queries waiting; the process itself may have more', async () => {
  const enqueue = createRequestQueue();
  const { query } = recorder();
  const ofClient = Array.from({ length: 60 }, () => runInRequest(requestOf('ines'), () => enqueue(query('q'))));
  const ownOnes = Array.from({ length: 60 }, () => enqueue(query('own')));
  const results = await Promise.allSettled([...ofClient, ...ownOnes]);
  const rejected = results.filter(({ status }) => status === 'rejected');
  // One runs while 40 wait.
  expect(rejected).toHaveLength(19);
  for (const result of rejected) expect(result).toMatchObject({ reason: { code: 'TOO_MANY_QUERIES' } });
});

test('runs as many tasks at a time as it may', async () => {
  const enqueue = createRequestQueue({ concurrency: 3 });
  let [running, most] = [0, 0];
  const task = async () => {
    running += 1;
    most = Math.max(most, running);
    await nextTurn();
    running -= 1;
  };
  await Promise.all(Array.from({ length: 10 }, () => enqueue(task)));
  expect(most).toBe(3);
});

test('a client that leaves while the pacer delays its task loses no turn of another', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const enqueue = createRequestQueue({ pacer: { waitForTurn: () => gate, start: () => () => {} } });
  const { started, query } = recorder();
  const controller = new AbortController();
  const left = runInRequest(requestOf('ines', controller.signal), () => enqueue(query('left'))).catch((error: Error) => error.name);
  const stays = runInRequest(requestOf('tomas'), () => enqueue(query('stays')));
  controller.abort();
  open();
  expect(await Promise.all([left, stays])).toEqual(['AbortError', 'stays']);
  expect(started).toEqual(['stays']);
});
