import { systemClock } from '../lib/clock.ts';
import { FeedpulseError } from '../lib/errors.ts';
import { type Progress, startProgress } from '../lib/progress.ts';
import type { Job } from '../server/jobs.ts';
import type { Api } from './api-client.ts';

const pollMs = 250;

/** Starts a job and waits for its end, with a bar on a terminal. @throws DATABASE_UNAVAILABLE when it failed, with its reason */
export async function waitForJob(api: Api, what: string, path: string, body: object): Promise<Job> {
  let job = await api.send<Job>('POST', path, body);
  let bar: Progress | undefined;
  let shown = 0;
  try {
    while (job.state === 'waiting' || job.state === 'running') {
      await systemClock.sleep(pollMs);
      job = await api.get<Job>(`/api/v1/jobs/${job.id}`);
      if (job.total > 0) bar ??= startProgress(what, job.total);
      bar?.advance(job.done - shown);
      if (bar) shown = job.done;
    }
  } finally {
    bar?.stop();
  }
  if (job.state === 'failed') throw new FeedpulseError('DATABASE_UNAVAILABLE', `it was not finished: ${job.detail}`);
  return job;
}
