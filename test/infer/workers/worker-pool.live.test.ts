import { once } from 'node:events';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { WorkerPool } from '../../../dist/infer/workers/worker-pool.js';
import { createLog } from '../../../src/lib/log.ts';
import { modelUnderTest } from '../model-under-test.ts';

const facts = { weights: join(modelUnderTest, 'onnx/model_quantized.onnx'), classes: 3 };
const log = createLog('silent');
const row = [101, 7_592, 2_088, 102];

/**
 * Ends a thread at its next message by an error in its own code. (terminate() would not do: when it strikes
 * inside ONNX Runtime, that aborts the process.)
 */
function poison(thread: Worker | undefined): void {
  thread?.postMessage(null);
}

/** Every thread started, in order; Node announces them. */
let threads: Worker[];
const remember = (thread: Worker): number => threads.push(thread);

beforeEach(() => {
  threads = [];
  process.on('worker', remember);
});

afterEach(() => {
  process.off('worker', remember);
});

test('a thread that dies with batches in hand is replaced, and every batch is answered', async () => {
  const pool = await WorkerPool.start(2, facts, log);
  const calm = await pool.run([row]);
  poison(threads[0]);
  const answers = await Promise.all(Array.from({ length: 6 }, () => pool.run([row])));
  expect(answers).toEqual(Array.from({ length: 6 }, () => calm));
  await pool.close();
  expect(threads).toHaveLength(3);
});

test('a batch that two threads died with is given up, and the pool goes on', async () => {
  const pool = await WorkerPool.start(1, facts, log);
  process.once('worker', poison);
  poison(threads[0]);
  await expect(pool.run([row])).rejects.toMatchObject({ code: 'MODEL_FAILED', message: /lost with its thread/ });
  expect(await pool.run([row])).toHaveLength(3);
  expect(threads).toHaveLength(3);
  await pool.close();
});

test('a thread that leaves a batch unanswered is replaced, and the batch is answered', async () => {
  const pool = await WorkerPool.start(1, facts, log, 1_000);
  const [silent] = threads;
  // The thread lives and never hears of the batch, as one that hangs.
  if (silent) silent.postMessage = () => {};
  expect(await pool.run([row])).toHaveLength(3);
  expect(threads).toHaveLength(2);
  expect(pool.trouble()).toBeUndefined();
  await pool.close();
  await silent?.terminate();
});

test('closing lets the batches in the threads end, and every thread', async () => {
  const pool = await WorkerPool.start(2, facts, log);
  const ended = Promise.all(threads.map((thread) => once(thread, 'exit')));
  const answers = Array.from({ length: 4 }, () => pool.run([row]));
  await pool.close();
  expect(await Promise.all(answers)).toHaveLength(4);
  expect(await ended).toEqual([[0], [0]]);
  await expect(pool.run([row])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
});

test('weights that are no model are told at the start, and no thread stays', async () => {
  const starting = WorkerPool.start(2, { weights: join(modelUnderTest, 'config.json'), classes: 3 }, log);
  await expect(starting).rejects.toMatchObject({ code: 'MODEL_FAILED', message: /could not load the model/ });
  expect(threads).toHaveLength(2);
  expect(threads.map(({ threadId }) => threadId)).toEqual([-1, -1]); // Node's id of a thread that has ended
});

test('a batch the model refuses is rejected, and the thread lives on', async () => {
  const pool = await WorkerPool.start(1, facts, log);
  await expect(pool.run([[101, 40_000_000, 102]])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  expect(await pool.run([row])).toHaveLength(3);
  expect(threads).toHaveLength(1);
  await pool.close();
});
