import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { WorkerPool } from '../../../dist/infer/workers/worker-pool.js';
import { readModel } from '../../../src/infer/model/model.ts';
import { toWorkerOptions, type WorkerOptions } from '../../../src/infer/workers/worker-protocol.ts';
import { createLog } from '../../../src/lib/log.ts';
import { createTinyModel } from '../../support/tiny-model.ts';

let dir: string;
let options: WorkerOptions;
const log = createLog('silent');
const row = [2, 5, 1, 3]; // a word between [CLS] and [SEP]

/** Makes a thread throw at its next message. Not terminate(), which aborts the process while ONNX Runtime is running. */
function crash(thread: Worker | undefined): void {
  thread?.postMessage(null);
}

/** Every started thread, in order, from Node's `worker` event. */
let threads: Worker[];
const remember = (thread: Worker): number => threads.push(thread);

beforeAll(async () => {
  dir = await createTinyModel(await mkdtemp(join(tmpdir(), 'feedpulse-workers-')));
  options = toWorkerOptions(await readModel(dir), true);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

beforeEach(() => {
  threads = [];
  process.on('worker', remember);
});

afterEach(() => {
  process.off('worker', remember);
});

test('a crashed thread is replaced, and every batch gets its result', async () => {
  const pool = await WorkerPool.start(2, options, log);
  const expected = (await pool.run([row])).probabilities;
  crash(threads[0]);
  const results = await Promise.all(Array.from({ length: 6 }, () => pool.run([row])));
  expect(results.map(({ probabilities }) => probabilities)).toEqual(Array.from({ length: 6 }, () => expected));
  await pool.close();
  expect(threads).toHaveLength(3);
});

test('a batch whose worker crashes twice is rejected, and the pool goes on', async () => {
  const pool = await WorkerPool.start(1, options, log);
  process.once('worker', crash);
  crash(threads[0]);
  await expect(pool.run([row])).rejects.toMatchObject({ code: 'MODEL_FAILED', message: /lost when its inference thread crashed/ });
  expect((await pool.run([row])).probabilities).toHaveLength(3);
  expect(threads).toHaveLength(3);
  await pool.close();
});

test('a hung thread is replaced, and the batch gets its result', async () => {
  const pool = await WorkerPool.start(1, options, log, 1_000);
  const [silent] = threads;
  // The thread never receives the batch, as if it hung.
  if (silent) silent.postMessage = () => {};
  expect((await pool.run([row])).probabilities).toHaveLength(3);
  expect(threads).toHaveLength(2);
  expect(pool.healthIssue()).toBeUndefined();
  await pool.close();
  await silent?.terminate();
});

test('close waits for batches in flight and ends every thread', async () => {
  const pool = await WorkerPool.start(2, options, log);
  const ended = Promise.all(threads.map((thread) => once(thread, 'exit')));
  const results = Array.from({ length: 4 }, () => pool.run([row]));
  await pool.close();
  expect(await Promise.all(results)).toHaveLength(4);
  expect(await ended).toEqual([[0], [0]]);
  await expect(pool.run([row])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
});

test('an invalid ONNX file fails the start and leaves no thread running', async () => {
  const starting = WorkerPool.start(2, { ...options, files: [join(dir, 'config.json')] }, log);
  await expect(starting).rejects.toMatchObject({ code: 'MODEL_FAILED', message: /could not load the model/ });
  expect(threads).toHaveLength(2);
  expect(threads.map(({ threadId }) => threadId)).toEqual([-1, -1]); // Node's id of a thread that has ended
});

test('a batch that makes the model fail is rejected, and the thread goes on', async () => {
  const pool = await WorkerPool.start(1, options, log);
  await expect(pool.run([[2, 40_000_000, 3]])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  expect((await pool.run([row])).probabilities).toHaveLength(3);
  expect(threads).toHaveLength(1);
  await pool.close();
});

test('a model in two parts gives the same probabilities as one, and its exit can be switched off', async () => {
  const split = await readModel(await createTinyModel(join(dir, 'split'), { split: true }));
  const rows = [[2, 5, 6, 5, 3], row, [2, 3], [2, 5, 3]];
  const results = [];
  for (const workerOptions of [options, toWorkerOptions(split, true), toWorkerOptions(split, false)]) {
    const pool = await WorkerPool.start(1, workerOptions, log);
    results.push(await Promise.all(rows.map((ids) => pool.run([ids, ...rows]))));
    await pool.close();
  }
  const [whole, exiting, complete] = results;
  expect(exiting?.map(({ probabilities }) => probabilities)).toEqual(whole?.map(({ probabilities }) => probabilities));
  expect(complete?.map(({ probabilities }) => probabilities)).toEqual(whole?.map(({ probabilities }) => probabilities));
  expect(exiting?.map(({ exits }) => exits)).toEqual([2, 1, 1, 1]);
  expect(complete?.map(({ exits }) => exits)).toEqual([0, 0, 0, 0]);
});

test('a thread takes batches while posts of earlier ones wait', async () => {
  const split = await readModel(await createTinyModel(join(dir, 'waiting'), { split: true }));
  const pool = await WorkerPool.start(2, toWorkerOptions(split, true), log);
  const results = await Promise.all(Array.from({ length: 50 }, () => pool.run([row, row])));
  expect(results.map(({ probabilities }) => probabilities.length)).toEqual(Array(50).fill(6));
  await pool.close();
});

test('ONNX Runtime writes no telemetry files, even if the entry point did not disable them', async () => {
  const home = await mkdtemp(join(tmpdir(), 'feedpulse-home-'));
  const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, ...env } = process.env;
  const script = `
    import(${JSON.stringify(new URL('../../../dist/infer/workers/worker-pool.js', import.meta.url))}).then(async ({ WorkerPool }) => {
      const pool = await WorkerPool.start(1, ${JSON.stringify(options)}, console);
      await pool.run([${JSON.stringify(row)}]);
      await pool.close();
    });`;
  await promisify(execFile)(process.execPath, ['--eval', script], { env: { ...env, HOME: home } });
  expect(await readdir(home)).toEqual([]);
  await rm(home, { recursive: true });
});
