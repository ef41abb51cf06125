import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { asError, FeedpulseError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Job, Reply, WorkerFacts } from './worker-protocol.ts';

export type Batch = Omit<Job, 'id'>;

export interface WorkerPool {
  /** Logits of a batch, rows · 3. Rejects with MODEL_FAILED. */
  run(batch: Batch): Promise<Float32Array>;
  /** Waits for what was asked, then ends the threads. */
  close(): Promise<void>;
}

interface Task {
  readonly batch: Batch;
  resolve(logits: Float32Array): void;
  reject(error: Error): void;
  /** A batch is tried once more when its worker died, and then given up: it may be what kills them. */
  attempts: number;
}

interface Member {
  readonly worker: Worker;
  /** Batches posted and not answered, by job id; never more than `postedAhead`. */
  readonly tasks: Map<number, Task>;
}

/** One computing and one waiting: a worker never idles until the main thread has read its answer. */
const postedAhead = 2;
const mostAttempts = 2;

export async function createWorkerPool(size: number, facts: WorkerFacts, log: Log): Promise<WorkerPool> {
  /** Batches that no worker has room for yet. */
  const queue: Task[] = [];
  const members = new Set<Member>();
  let nextId = 1;
  let closing = false;

  const dispatch = (): void => {
    for (let ahead = 1; ahead <= postedAhead; ahead += 1) {
      for (const { worker, tasks } of members) {
        if (tasks.size >= ahead) continue;
        const task = queue.shift();
        if (!task) return;
        const id = nextId++;
        tasks.set(id, task);
        worker.postMessage({ id, ...task.batch } satisfies Job);
      }
    }
  };

  const answer = (member: Member, reply: Reply): void => {
    if ('ready' in reply) return;
    const task = member.tasks.get(reply.id);
    member.tasks.delete(reply.id);
    if ('error' in reply) task?.reject(new FeedpulseError('MODEL_FAILED', `The model failed on a batch: ${reply.error}.`));
    else task?.resolve(reply.logits);
    dispatch();
  };

  const bury = (member: Member, cause: Error): void => {
    if (!members.delete(member) || closing) return;
    log.error({ error: cause.message, batches: member.tasks.size }, 'an inference worker died; it is replaced');
    for (const task of [...member.tasks.values()].reverse()) {
      if (task.attempts >= mostAttempts) task.reject(new FeedpulseError('MODEL_FAILED', `A batch ended ${task.attempts} workers: ${cause.message}.`));
      else queue.unshift({ ...task, attempts: task.attempts + 1 });
    }
    hire().catch((thrown: unknown) => {
      log.error({ error: asError(thrown).message }, 'no inference worker could be started');
      for (const task of queue.splice(0)) task.reject(asError(thrown));
    });
  };

  const hire = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: facts });
    const member: Member = { worker, tasks: new Map() };
    // The first message says that the session is loaded; an error before it rejects.
    await once(worker, 'message').catch((thrown: unknown) => {
      throw new FeedpulseError('MODEL_FAILED', `The model could not be loaded: ${asError(thrown).message}.`, { cause: thrown });
    });
    members.add(member);
    worker.on('message', (reply: Reply) => answer(member, reply));
    worker.on('error', (error) => bury(member, error));
    worker.on('exit', (code) => bury(member, new Error(`exit code ${code}`)));
    dispatch();
  };

  await Promise.all(Array.from({ length: size }, hire));

  return {
    run: (batch) =>
      new Promise((resolve, reject) => {
        queue.push({ batch, resolve, reject, attempts: 1 });
        dispatch();
      }),
    close: async () => {
      while (queue.length > 0 || [...members].some(({ tasks }) => tasks.size > 0)) await new Promise((resolve) => setTimeout(resolve, 5));
      closing = true;
      await Promise.all([...members].map(({ worker }) => worker.terminate()));
    },
  };
}
