import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { bundledModelPath, loadModel } from '../../../dist/infer/model/model.js';
import { loadTokenizer } from '../../../dist/infer/text/tokenizer.js';
import { benchTexts } from '../../lib/posts.mjs';

// Upper bound: ONNX Runtime alone, one single-threaded session per core, in a loop over the same posts, tokenised
// beforehand and sorted by length.
const batchSize = 16;

if (isMainThread) await measure(Number(process.argv[2]));
else await work();

async function measure(count) {
  const model = await loadModel(bundledModelPath);
  const tokenize = await loadTokenizer(model);
  const rows = benchTexts(count)
    .map((text) => tokenize(text).ids)
    .sort((a, b) => a.length - b.length);
  const batches = [];
  for (let at = 0; at < rows.length; at += batchSize) batches.push(rows.slice(at, at + batchSize));
  const threads = availableParallelism();
  const workers = Array.from({ length: threads }, (_, thread) => {
    const own = batches.filter((_, index) => index % threads === thread);
    return new Worker(new URL(import.meta.url), { workerData: { weights: join(model.dir, model.weights), own } });
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
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' };
  const session = await InferenceSession.create(workerData.weights, options);
  const feeds = workerData.own.map((rows) => {
    const width = Math.max(...rows.map((ids) => ids.length));
    const ids = new BigInt64Array(rows.length * width);
    const mask = new BigInt64Array(rows.length * width);
    for (const [row, tokens] of rows.entries()) {
      ids.set(BigInt64Array.from(tokens, BigInt), row * width);
      mask.fill(1n, row * width, row * width + tokens.length);
    }
    const shape = [rows.length, width];
    return { input_ids: new Tensor('int64', ids, shape), attention_mask: new Tensor('int64', mask, shape) };
  });
  for (const feed of feeds.slice(0, 4)) await session.run(feed);
  parentPort.once('message', async () => {
    for (const feed of feeds) await session.run(feed);
    parentPort.postMessage('done');
  });
  parentPort.postMessage('ready');
}
