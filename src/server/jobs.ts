import { randomUUID } from 'node:crypto';
import { asError, FeedpulseError } from '../errors.ts';
import type { Log } from '../log.ts';

/** Ended jobs that are remembered, and jobs that may wait. */
const mostEnded = 100;
const mostOpen = 20;

/** Something that takes longer than a request. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** How far it is, in steps of its own; a total of 0 is not known yet. */
  readonly done: number;
  readonly total: number;
  /** How many posts or minutes it changed, once it is done. */
  readonly changed?: number;
  /** Why it failed. */
  readonly detail?: string;
}

type Work = (report: (done: number, total: number) => void, signal: AbortSignal) => Promise<number>;

export interface Jobs {
  /** Starts when those before it have ended: they never compete with each other for the database. @throws USAGE when too many wait */
  start(kind: string, work: Work): Job;
  find(id: string): Job | undefined;
  /** Cuts off what is running. */
  close(): Promise<void>;
}

/** Jobs of this process. They end with it; each can be started again, and goes on or does the same once more. */
export function createJobs(log: Log): Jobs {
  const jobs = new Map<string, Job>();
  const stop = new AbortController();
  let queue: Promise<unknown> = Promise.resolve();

  const update = (id: string, change: Partial<Job>): void => {
    const job = jobs.get(id);
    if (job) jobs.set(id, { ...job, ...change });
  };
  const forgetOldest = (): void => {
    const ended = [...jobs.values()].filter(({ state }) => state === 'done' || state === 'failed');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - mostEnded))) jobs.delete(id);
  };
  const carryOut = async (id: string, kind: string, work: Work): Promise<void> => {
    update(id, { state: 'running' });
    try {
      const changed = await work((done, total) => update(id, { done, total }), stop.signal);
      update(id, { state: 'done', changed });
      log.info({ kind, changed }, 'job done');
    } catch (thrown) {
      const error = asError(thrown);
      log.error({ kind, error: error.message }, 'job failed');
      const detail = error instanceof FeedpulseError ? error.message : 'The log says why.';
      update(id, { state: 'failed', detail: stop.signal.aborted ? 'The process ended.' : detail });
    }
    forgetOldest();
  };

  return {
    start: (kind, work) => {
      const open = [...jobs.values()].filter(({ state }) => state === 'waiting' || state === 'running').length;
      if (open >= mostOpen) throw new FeedpulseError('USAGE', `${open} jobs wait already; try again later`);
      const job: Job = { id: randomUUID(), kind, state: 'waiting', done: 0, total: 0 };
      jobs.set(job.id, job);
      queue = queue.then(() => carryOut(job.id, kind, work));
      return job;
    },
    find: (id) => jobs.get(id),
    close: async () => {
      stop.abort();
      await queue;
    },
  };
}
