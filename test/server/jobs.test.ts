import { expect, test } from 'vitest';
import { FeedpulseError } from '../../src/lib/errors.ts';
import { createJobs, type RunJob } from '../../src/server/jobs.ts';
import { quiet } from '../support/test-database.ts';

/** A job that runs until `end` is called or it is cancelled. */
function createJob(): { work: RunJob; end: () => void } {
  let end = () => {};
  const work: RunJob = (_, signal) =>
    new Promise((resolve, reject) => {
      end = () => resolve(1);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return { work, end: () => end() };
}

const stateOf = (jobs: ReturnType<typeof createJobs>, id: string) => expect.poll(() => jobs.find(id)?.state);

test('jobs of one queue run in sequence, jobs of different queues in parallel', async () => {
  const jobs = createJobs(quiet);
  const [long, next, aside] = [createJob(), createJob(), createJob()];
  const first = jobs.start('rescore', long.work, 'rescore');
  const second = jobs.start('rescore', next.work, 'rescore');
  const other = jobs.start('reapply', aside.work);
  await stateOf(jobs, first.id).toBe('running');
  await stateOf(jobs, other.id).toBe('running');
  expect(jobs.find(second.id)?.state).toBe('queued');
  aside.end();
  await stateOf(jobs, other.id).toBe('done');
  expect(jobs.find(second.id)?.state).toBe('queued');
  long.end();
  await stateOf(jobs, second.id).toBe('running');
  await jobs.close();
  expect(jobs.find(second.id)).toMatchObject({ state: 'failed', code: 'JOB_FAILED', detail: 'The process is shutting down.' });
});

test('a cancelled job says so, and a queued one never starts', async () => {
  const jobs = createJobs(quiet);
  const [running, queued] = [createJob(), createJob()];
  const first = jobs.start('rescore', running.work);
  const second = jobs.start('rescore', queued.work);
  await stateOf(jobs, first.id).toBe('running');
  expect([jobs.cancel(second.id), jobs.cancel(first.id), jobs.cancel('unknown')]).toEqual([true, true, false]);
  await stateOf(jobs, second.id).toBe('failed');
  expect([first, second].map(({ id }) => jobs.find(id)?.detail)).toEqual(['The job was cancelled.', 'The job was cancelled.']);
  expect(jobs.cancel(first.id)).toBe(false);
  await jobs.close();
});

test.each([
  ['its code and message', new FeedpulseError('MODEL_MISSING', 'No model.'), { code: 'MODEL_MISSING', detail: 'No model.' }],
  ['JOB_FAILED and no internals', new Error('secret'), { code: 'JOB_FAILED', detail: 'The job rescore failed with an unexpected error.' }],
])('a job that throws fails with %s', async (_, error, failure) => {
  const jobs = createJobs(quiet);
  const { id } = jobs.start('rescore', () => Promise.reject(error));
  await stateOf(jobs, id).toBe('failed');
  expect(jobs.find(id)).toMatchObject(failure);
});
