import { Worker } from 'node:worker_threads';
import { FeedpulseError } from '../../lib/errors.ts';
import { padBatch } from './pad-batch.ts';
import type { WorkerOptions, WorkerRequest, WorkerResponse } from './worker-protocol.ts';

/** The thread ended with batches unanswered: not the batches' fault, or not surely. */
export class WorkerCrashed extends Error {}

export interface InferenceThread {
  /** Batches asked and not answered. */
  readonly load: number;
  /** Logits of rows of token ids, one a class for each row. Rejects with MODEL_FAILED, or ThreadDied. */
  run(rows: readonly (readonly number[])[]): Promise<Float32Array>;
  /** Resolves when the thread has ended, to the reason. */
  readonly ended: Promise<Error>;
  /** Ends the thread after the batches it was given. */
  close(): Promise<void>;
  /**
   * Gives up on a thread that does not answer: rejects its batches with ThreadDied, and lets the process end
   * without it. It is not ended, because that aborts the whole process when it strikes inside ONNX Runtime.
   */
  abandon(): void;
}

interface Waiting {
  resolve(logits: Float32Array): void;
  reject(error: Error): void;
}

/** A thread with a loaded session. Rejects with MODEL_FAILED when the session can't be made. */
export async function startInferenceThread(facts: WorkerOptions): Promise<InferenceThread> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: facts });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  const send = (order: WorkerRequest, transfer: ArrayBuffer[] = []): void => worker.postMessage(order, transfer);

  let cause: Error | undefined;
  worker.on('error', (error: Error) => {
    cause = error;
  });
  const ended = new Promise<Error>((resolve) => {
    worker.on('exit', (code) => resolve(cause ?? new Error(`exit code ${code}`)));
  });
  const rejectAll = (reason: Error): void => {
    for (const { reject } of waiting.values()) reject(new WorkerCrashed(reason.message, { cause: reason }));
    waiting.clear();
  };
  void ended.then(rejectAll);
  await loaded(worker, ended);
  worker.on('message', (reply: WorkerResponse) => settle(waiting, reply));

  return {
    ended,
    get load() {
      return waiting.size;
    },
    run: (rows) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        const packed = padBatch(rows);
        send({ kind: 'batch', id, ...packed }, [packed.inputIds.buffer, packed.attentionMask.buffer]);
      }),
    close: async () => {
      send({ kind: 'end' });
      await ended;
    },
    abandon: () => {
      worker.unref();
      rejectAll(new Error('no answer within the time for a batch'));
      // Should it come round after all, it ends by itself.
      send({ kind: 'end' });
    },
  };
}

/** The first message says that the session is loaded; when the thread ends before that, it can't be. */
async function loaded(worker: Worker, ended: Promise<Error>): Promise<void> {
  const failure = await Promise.race([ended, new Promise<void>((resolve) => worker.once('message', () => resolve()))]);
  if (failure)
    throw new FeedpulseError('MODEL_FAILED', `An inference thread could not load the model: ${failure.message}.`, { cause: failure });
}

function settle(waiting: Map<number, Waiting>, reply: WorkerResponse): void {
  if (reply.kind === 'ready') return;
  const asked = waiting.get(reply.id);
  waiting.delete(reply.id);
  if (reply.kind === 'logits') asked?.resolve(reply.logits);
  else asked?.reject(new FeedpulseError('MODEL_FAILED', `The model failed on a batch: ${reply.reason}.`));
}
