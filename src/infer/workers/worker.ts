import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PaddedBatch } from './pad-batch.ts';
import type { WorkerOptions, WorkerRequest, WorkerResponse } from './worker-protocol.ts';

// Only inference-thread.ts starts this file, with these facts.
const { weights, classes } = workerData as WorkerOptions;
if (!parentPort) throw new Error('worker.ts runs in a worker thread only');
const port = parentPort;

// `run` computes on the thread that calls it; two sessions of one thread each beat one session of two threads.
const session = await InferenceSession.create(weights, {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  enableCpuMemArena: true,
  enableMemPattern: false, // a plan for each shape of input, and hardly any shape comes twice
  logSeverityLevel: 4, // its errors are thrown as well, and logged by those who catch them
});

/** BERT tells a second sentence from the first; a post is all first, which is 0. DistilBERT and RoBERTa don't ask. */
const asksForSegments = session.inputNames.includes('token_type_ids');

async function infer({ rows, width, inputIds, attentionMask }: PaddedBatch): Promise<Float32Array<ArrayBuffer>> {
  const shape = [rows, width];
  const { logits } = await session.run({
    input_ids: new Tensor('int64', inputIds, shape),
    attention_mask: new Tensor('int64', attentionMask, shape),
    ...(asksForSegments && { token_type_ids: new Tensor('int64', new BigInt64Array(inputIds.length), shape) }),
  });
  if (!(logits?.data instanceof Float32Array) || logits.data.length !== rows * classes)
    throw new Error(`the model has no output \`logits\` of ${classes} floats a row`);
  return logits.data.slice();
}

async function obey(order: WorkerRequest): Promise<void> {
  if (order.kind === 'end') {
    await session.release();
    return port.close();
  }
  const { id } = order;
  try {
    const logits = await infer(order);
    port.postMessage({ kind: 'logits', id, logits } satisfies WorkerResponse, [logits.buffer]);
  } catch (thrown) {
    port.postMessage({ kind: 'failed', id, reason: String(thrown) } satisfies WorkerResponse);
  }
}

let done = Promise.resolve();
port.on('message', (order: WorkerRequest) => {
  done = done.then(() => obey(order));
});
port.postMessage({ kind: 'ready' } satisfies WorkerResponse);
