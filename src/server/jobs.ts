import { randomUUID } from 'node:crypto';
import { asError, FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** Limits on ended jobs that stay listed, and on waiting and running jobs. */
const maxEndedJobs = 100;
const maxOpenJobs = 20;

/** Work that takes longer than a request. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** Completed steps of `total`, which is 0 while unknown. */
  readonly done: number;
  readonly total: number;
  /** Changed posts or minutes, once the job is done. */
  readonly changed?: number;
  /** Result, once the job is done. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** Why it failed. */
  readonly detail?: string;
}

export type JobOutcome = Required<Pick<Job, 'changed' | 'result'>>;

/** Reports progress, stops on the signal, and returns the number of changed posts or minutes, with a result if there is one. */
export type RunJob = (report: (done: number, total: number) => void, signal: AbortSignal) => Promise<number | JobOutcome>;

export interface Jobs {
  /**
   * Starts when those of its lane have ended: they never compete with each other. What may take days has a lane of its own.
   * @throws USAGE when too many wait
   */
  start(kind: string, work: RunJob, lane?: string): Job;
  find(id: string): Job | undefined;
  /** Cuts a job off; what it has done stays. False where it has ended, or is not known. */
  stop(id: string): boolean;
  /** Cuts off what is running. */
  close(): Promise<void>;
}

/** Jobs of this process. They end with it; each can be started again, and goes on or does the same once more. */
export function createJobs(log: Log): Jobs {
  const jobs = new Map<string, Job>();
  const stop = new AbortController();
  const lanes = new Map<string, Promise<unknown>>();
  const stops = new Map<string, AbortController>();

  const update = (id: string, change: Partial<Job>): void => {
    const job = jobs.get(id);
    if (job) jobs.set(id, { ...job, ...change });
  };
  const forgetOldest = (): void => {
    const ended = [...jobs.values()].filter(({ state }) => state === 'done' || state === 'failed');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - maxEndedJobs))) jobs.delete(id);
  };
  const runJob = async (id: string, kind: string, work: RunJob): Promise<void> => {
    const own = stops.get(id)?.signal ?? stop.signal;
    try {
      own.throwIfAborted();
      update(id, { state: 'running' });
      const found = await work((done, total) => update(id, { done, total }), AbortSignal.any([stop.signal, own]));
      const outcome = typeof found === 'number' ? { changed: found } : found;
      update(id, { state: 'done', ...outcome });
      log.info({ kind, changed: outcome.changed }, 'job done');
    } catch (thrown) {
      update(id, { state: 'failed', detail: whyFailed(asError(thrown), kind, own) });
    }
    stops.delete(id);
    forgetOldest();
  };

  const whyFailed = (error: Error, kind: string, own: AbortSignal): string => {
    if (stop.signal.aborted) return 'The process ended.';
    if (own.aborted) return 'It was stopped.';
    log.error({ kind, error: error.message }, 'job failed');
    return error instanceof FeedpulseError ? error.message : 'The log says why.';
  };

  return {
    start: (kind, work, lane = 'maintenance') => {
      const open = [...jobs.values()].filter(({ state }) => state === 'waiting' || state === 'running').length;
      if (open >= maxOpenJobs) throw new FeedpulseError('USAGE', `${open} jobs wait already; try again later`);
      const job: Job = { id: randomUUID(), kind, state: 'waiting', done: 0, total: 0 };
      jobs.set(job.id, job);
      stops.set(job.id, new AbortController());
      lanes.set(
        lane,
        (lanes.get(lane) ?? Promise.resolve()).then(() => runJob(job.id, kind, work)),
      );
      return job;
    },
    find: (id) => jobs.get(id),
    stop: (id) => {
      const own = stops.get(id);
      own?.abort();
      return own !== undefined;
    },
    close: async () => {
      stop.abort();
      await Promise.all(lanes.values());
    },
  };
}
