import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Job, Reply, WorkerFacts } from './worker-protocol.ts';

// Only worker-pool.ts starts this file, with these facts.
const { weights } = workerData as WorkerFacts;
if (!parentPort) throw new Error('worker.ts runs in a worker thread only');
const port = parentPort;

// `run` computes on the thread that calls it, hence a thread of its own; two sessions of one thread beat one of two.
const session = await InferenceSession.create(weights, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});

async function infer({ rows, width, lengths, ids }: Job): Promise<Float32Array> {
  const tokens = BigInt64Array.from(ids, BigInt);
  const mask = new BigInt64Array(rows * width);
  for (let row = 0; row < rows; row += 1) mask.fill(1n, row * width, row * width + (lengths[row] ?? 0));
  const shape = [rows, width];
  const { logits } = await session.run({ input_ids: new Tensor('int64', tokens, shape), attention_mask: new Tensor('int64', mask, shape) });
  if (!(logits?.data instanceof Float32Array)) throw new Error('the model has no float output named logits');
  return logits.data.slice();
}

port.on('message', (job: Job) => {
  infer(job).then(
    (logits) => port.postMessage({ id: job.id, logits } satisfies Reply, [logits.buffer as ArrayBuffer]),
    (thrown) => port.postMessage({ id: job.id, error: String(thrown) } satisfies Reply),
  );
});
port.postMessage({ ready: true } satisfies Reply);
