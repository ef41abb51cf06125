import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createSerialQueue } from '../../lib/serial-queue.ts';
import type { PaddedBatch, WorkerOptions, WorkerRequest, WorkerResponse } from './worker-protocol.ts';

// Only inference-thread.ts starts this file, and it passes these options.
const { weights, classes } = workerData as WorkerOptions;
if (!parentPort) throw new Error('worker.ts runs in a worker thread only');
const port = parentPort;

// `run` blocks the thread that calls it; two single-threaded sessions are faster than one session with two threads.
const session = await InferenceSession.create(weights, {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  enableCpuMemArena: true,
  enableMemPattern: false, // plans memory per input shape, and shapes rarely repeat
  logSeverityLevel: 4, // errors are also thrown, and the caller logs them
});

/** BERT takes segment ids, which are all 0 for a single text. DistilBERT and RoBERTa do not have this input. */
const needsSegmentIds = session.inputNames.includes('token_type_ids');

async function infer({ rows, width, inputIds, attentionMask }: PaddedBatch): Promise<Float32Array<ArrayBuffer>> {
  const shape = [rows, width];
  const { logits } = await session.run({
    input_ids: new Tensor('int64', inputIds, shape),
    attention_mask: new Tensor('int64', attentionMask, shape),
    ...(needsSegmentIds && { token_type_ids: new Tensor('int64', new BigInt64Array(inputIds.length), shape) }),
  });
  if (!(logits?.data instanceof Float32Array) || logits.data.length !== rows * classes)
    throw new Error(`the model has no float32 output \`logits\` of shape [rows, ${classes}]`);
  return logits.data.slice();
}

async function handle(request: WorkerRequest): Promise<void> {
  if (request.kind === 'end') {
    await session.release();
    return port.close();
  }
  const { id } = request;
  try {
    const logits = await infer(request);
    port.postMessage({ kind: 'logits', id, logits } satisfies WorkerResponse, [logits.buffer]);
  } catch (thrown) {
    port.postMessage({ kind: 'failed', id, reason: String(thrown) } satisfies WorkerResponse);
  }
}

const enqueue = createSerialQueue();
port.on('message', (request: WorkerRequest) => {
  enqueue(() => handle(request)).catch((thrown: unknown) => {
    // Batch failures are reported above. Any other error ends the thread, and the pool replaces it.
    process.nextTick(() => {
      throw thrown;
    });
  });
});
port.postMessage({ kind: 'ready' } satisfies WorkerResponse);
