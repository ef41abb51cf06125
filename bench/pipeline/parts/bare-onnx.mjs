import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadModel } from '../../../dist/infer/model/model.js';
import { loadTokenizer } from '../../../dist/infer/text/tokenizer.js';
import { toWorkerOptions } from '../../../dist/infer/workers/worker-protocol.js';
import { benchTexts } from '../../lib/posts.mjs';

// Upper bound: ONNX Runtime alone, one single-threaded session per core, in a loop over the same posts, tokenised
// beforehand and sorted by length. In a model with an exit, the posts that stay are batched anew, in the same order.
const batchSize = 16;

if (isMainThread) await measure(Number(process.argv[2]), process.argv[3]);
else await work();

async function measure(count, folder) {
  const model = await loadModel(folder);
  const tokenize = await loadTokenizer(model);
  const rows = benchTexts(count)
    .map((text) => tokenize(text).ids)
    .sort((a, b) => a.length - b.length);
  const batches = [];
  for (let at = 0; at < rows.length; at += batchSize) batches.push(rows.slice(at, at + batchSize));
  const threads = availableParallelism();
  const workers = Array.from({ length: threads }, (_, thread) => {
    const own = batches.filter((_, index) => index % threads === thread);
    return new Worker(new URL(import.meta.url), { workerData: { options: toWorkerOptions(model, true), own } });
  });
  const responses = () => Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  await responses();
  const startedAt = performance.now();
  for (const worker of workers) worker.postMessage('go');
  await responses();
  const seconds = (performance.now() - startedAt) / 1_000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  process.stdout.write(JSON.stringify({ postsPerSecond: rows.length / seconds }));
}

async function work() {
  const { doInt8ProductsSaturate } = await import('../../../dist/infer/workers/int8-saturation.js');
  const { openModel } = await import('../../../dist/infer/workers/open-model.js');
  const { padBatch } = await import('../../../dist/infer/workers/worker-protocol.js');
  const { options, own } = workerData;
  const { graphs } = await openModel(options, await doInt8ProductsSaturate());
  const batches = own.map((rows) => padBatch(rows));
  const run = graphs.whole ? runWhole : runCascade;
  await run(graphs, options, batches.slice(0, 4));
  parentPort.once('message', async () => {
    await run(graphs, options, batches);
    parentPort.postMessage('done');
  });
  parentPort.postMessage('ready');
}

async function runWhole({ whole }, _, batches) {
  for (const batch of batches) await whole(batch);
}

async function runCascade(parts, { calibration, exit }, batches) {
  const { Cascade } = await import('../../../dist/infer/workers/cascade.js');
  const ignore = () => {};
  const events = { onParked: ignore, onResult: ignore, onFailure: (_, error) => Promise.reject(error) };
  const cascade = new Cascade({ ...parts, calibration, exit, clock: performance, ...events });
  for (const [id, batch] of batches.entries()) await cascade.take(id, batch);
  await cascade.flush();
}
