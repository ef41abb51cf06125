import { randomUUID } from 'node:crypto';
import { asError, type ErrorCode, FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** Maximum finished jobs to keep, and maximum queued and running jobs. */
const maxFinishedJobs = 100;
const maxOpenJobs = 20;

/** Work that takes longer than a request. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  /** Completed steps of `total`, which is 0 while unknown. */
  readonly done: number;
  readonly total: number;
  /** Changed posts or minutes, once the job is done. */
  readonly changed?: number;
  /** Result, once the job is done. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** Error code of a failed job: that of its error, or JOB_FAILED if that has none. */
  readonly code?: ErrorCode;
  /** Why it failed. */
  readonly detail?: string;
}

export type JobOutcome = Required<Pick<Job, 'changed' | 'result'>>;

/**
 * Runs a job: reports progress, stops when the signal is aborted, and returns the number of changed posts or minutes, with
 * a result if there is one.
 */
export type RunJob = (onProgress: (done: number, total: number) => void, signal: AbortSignal) => Promise<number | JobOutcome>;

export interface Jobs {
  /**
   * Queues a job. Jobs of one queue run one at a time, so that they do not compete; long jobs have a queue of their own.
   * @throws USAGE when too many jobs are queued or running
   */
  start(kind: string, run: RunJob, queue?: string): Job;
  find(id: string): Job | undefined;
  /** Cancels a job; completed work is kept. Returns false if the job has finished or is unknown. */
  cancel(id: string): boolean;
  /** Cancels all jobs and waits for the running ones. */
  close(): Promise<void>;
}

/** In-memory jobs. They are lost when the process ends; all are resumable or idempotent, so they can be started again. */
export function createJobs(log: Log): Jobs {
  const jobs = new Map<string, Job>();
  const closing = new AbortController();
  const queues = new Map<string, Promise<unknown>>();
  /** Of queued and running jobs, by job ID. */
  const controllers = new Map<string, AbortController>();

  const update = (id: string, change: Partial<Job>): void => {
    const job = jobs.get(id);
    if (job) jobs.set(id, { ...job, ...change });
  };
  const evictFinished = (): void => {
    const finished = [...jobs.values()].filter(({ state }) => state === 'done' || state === 'failed');
    for (const { id } of finished.slice(0, Math.max(0, finished.length - maxFinishedJobs))) jobs.delete(id);
  };
  const execute = async (id: string, kind: string, run: RunJob, { signal }: AbortController): Promise<void> => {
    const stop = AbortSignal.any([closing.signal, signal]);
    try {
      stop.throwIfAborted();
      update(id, { state: 'running' });
      const returned = await run((done, total) => update(id, { done, total }), stop);
      const outcome = typeof returned === 'number' ? { changed: returned } : returned;
      update(id, { state: 'done', ...outcome });
      log.info({ kind, changed: outcome.changed }, 'job done');
    } catch (thrown) {
      update(id, { state: 'failed', ...describeFailure(asError(thrown), kind, signal) });
    }
    controllers.delete(id);
    evictFinished();
  };

  const describeFailure = (error: Error, kind: string, jobSignal: AbortSignal): Required<Pick<Job, 'code' | 'detail'>> => {
    if (closing.signal.aborted) return { code: 'JOB_FAILED', detail: 'The process is shutting down.' };
    if (jobSignal.aborted) return { code: 'JOB_FAILED', detail: 'The job was cancelled.' };
    log.error({ kind, error: error.message }, 'job failed');
    if (error instanceof FeedpulseError) return { code: error.code, detail: error.message };
    return { code: 'JOB_FAILED', detail: `The job ${kind} failed with an unexpected error.` };
  };

  return {
    start: (kind, run, queue = 'maintenance') => {
      const open = [...jobs.values()].filter(({ state }) => state === 'queued' || state === 'running').length;
      if (open >= maxOpenJobs) throw new FeedpulseError('USAGE', `Too many jobs (${open} queued or running); try again later.`);
      const job: Job = { id: randomUUID(), kind, state: 'queued', done: 0, total: 0 };
      const controller = new AbortController();
      jobs.set(job.id, job);
      controllers.set(job.id, controller);
      queues.set(
        queue,
        (queues.get(queue) ?? Promise.resolve()).then(() => execute(job.id, kind, run, controller)),
      );
      return job;
    },
    find: (id) => jobs.get(id),
    cancel: (id) => {
      const controller = controllers.get(id);
      controller?.abort();
      return controller !== undefined;
    },
    close: async () => {
      closing.abort();
      await Promise.all(queues.values());
    },
  };
}
