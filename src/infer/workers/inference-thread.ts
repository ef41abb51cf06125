import { Worker } from 'node:worker_threads';
import { FeedpulseError } from '../../lib/errors.ts';
import { type BatchResult, padBatch, type WorkerOptions, type WorkerRequest, type WorkerResponse } from './worker-protocol.ts';

/** The worker ended or hung with batches in flight. The batches are not necessarily the cause. */
export class WorkerCrashed extends Error {}

export interface InferenceThread {
  /** Number of batches that wait or run, without those of which only some posts wait for the upper layers. */
  readonly queued: number;
  /**
   * Runs the model on rows of token ids. `onParked` is called if the result has to wait for other batches.
   * @throws MODEL_FAILED or WorkerCrashed
   */
  run(rows: readonly (readonly number[])[], onParked: () => void): Promise<BatchResult>;
  /** Resolves to the reason when the thread has exited. */
  readonly exited: Promise<Error>;
  /** Exits after the batches in flight. */
  close(): Promise<void>;
  /**
   * Gives up on a hung thread: rejects its batches with WorkerCrashed and lets the process exit without it.
   * The thread is not terminated, because terminating it inside ONNX Runtime aborts the whole process.
   */
  discard(): void;
}

interface PendingBatch {
  isParked: boolean;
  onParked(): void;
  resolve(result: BatchResult): void;
  reject(error: Error): void;
}

/** Starts a worker thread and waits until its session is loaded. @throws MODEL_FAILED if the session cannot be created */
export async function startInferenceThread(options: WorkerOptions): Promise<InferenceThread> {
  // ONNX Runtime reads this from the environment of the process, which only the main thread can change.
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: options });
  const pending = new Map<number, PendingBatch>();
  let nextId = 0;
  const send = (request: WorkerRequest, transfer: ArrayBuffer[] = []): void => worker.postMessage(request, transfer);

  let cause: Error | undefined;
  worker.on('error', (error: Error) => {
    cause = error;
  });
  const exited = new Promise<Error>((resolve) => {
    worker.on('exit', (code) => resolve(cause ?? new Error(`exit code ${code}`)));
  });
  const rejectAll = (reason: Error): void => {
    for (const { reject } of pending.values()) reject(new WorkerCrashed(reason.message, { cause: reason }));
    pending.clear();
  };
  void exited.then(rejectAll);
  await waitUntilReady(worker, exited);
  worker.on('message', (response: WorkerResponse) => handleResponse(pending, response));

  return {
    exited,
    get queued() {
      return [...pending.values()].filter(({ isParked }) => !isParked).length;
    },
    run: (rows, onParked) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        pending.set(id, { isParked: false, onParked, resolve, reject });
        const batch = padBatch(rows);
        send({ kind: 'batch', id, ...batch }, [batch.inputIds.buffer, batch.attentionMask.buffer]);
      }),
    close: async () => {
      send({ kind: 'end' });
      await exited;
    },
    discard: () => {
      worker.unref();
      rejectAll(new Error('batch timed out'));
      // If the thread recovers, it exits by itself.
      send({ kind: 'end' });
    },
  };
}

/** The first message reports that the session is loaded. A thread that exits before this message failed to load the model. */
async function waitUntilReady(worker: Worker, exited: Promise<Error>): Promise<void> {
  const failure = await Promise.race([exited, new Promise<void>((resolve) => worker.once('message', () => resolve()))]);
  if (failure)
    throw new FeedpulseError('MODEL_FAILED', `An inference thread could not load the model: ${failure.message}.`, { cause: failure });
}

function handleResponse(pending: Map<number, PendingBatch>, response: WorkerResponse): void {
  if (response.kind === 'ready') return;
  const batch = pending.get(response.id);
  if (!batch) return; // the thread was given up on
  if (response.kind === 'parked') {
    batch.isParked = true;
    batch.onParked();
    return;
  }
  pending.delete(response.id);
  if (response.kind === 'result') batch.resolve(response.result);
  else batch.reject(new FeedpulseError('MODEL_FAILED', `The model failed on a batch: ${response.reason}.`));
}
