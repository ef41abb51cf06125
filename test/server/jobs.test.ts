import { expect, test } from 'vitest';
import { createJobs, type RunJob } from '../../src/server/jobs.ts';
import { quiet } from '../support/test-database.ts';

/** Work that ends when it is told to, and heeds its signal. */
function held(): { work: RunJob; end: () => void } {
  let end = () => {};
  const work: RunJob = (_, signal) =>
    new Promise((resolve, reject) => {
      end = () => resolve(1);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return { work, end: () => end() };
}

const stateOf = (jobs: ReturnType<typeof createJobs>, id: string) => expect.poll(() => jobs.find(id)?.state);

test('jobs of a lane run in sequence, those of other lanes in parallel', async () => {
  const jobs = createJobs(quiet);
  const [long, next, aside] = [held(), held(), held()];
  const first = jobs.start('rescore', long.work, 'rescore');
  const second = jobs.start('rescore', next.work, 'rescore');
  const other = jobs.start('reapply', aside.work);
  await stateOf(jobs, first.id).toBe('running');
  await stateOf(jobs, other.id).toBe('running');
  expect(jobs.find(second.id)?.state).toBe('waiting');
  aside.end();
  await stateOf(jobs, other.id).toBe('done');
  expect(jobs.find(second.id)?.state).toBe('waiting');
  long.end();
  await stateOf(jobs, second.id).toBe('running');
  await jobs.close();
  expect(jobs.find(second.id)).toMatchObject({ state: 'failed', detail: 'The process ended.' });
});

test('a stopped job says so, and a waiting one never starts', async () => {
  const jobs = createJobs(quiet);
  const [running, waiting] = [held(), held()];
  const first = jobs.start('rescore', running.work);
  const second = jobs.start('rescore', waiting.work);
  await stateOf(jobs, first.id).toBe('running');
  expect([jobs.stop(second.id), jobs.stop(first.id), jobs.stop('nobody')]).toEqual([true, true, false]);
  await stateOf(jobs, second.id).toBe('failed');
  expect([first, second].map(({ id }) => jobs.find(id)?.detail)).toEqual(['It was stopped.', 'It was stopped.']);
  expect(jobs.stop(first.id)).toBe(false);
  await jobs.close();
});
