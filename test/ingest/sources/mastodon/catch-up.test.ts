import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type CatchUpDeps, catchUp } from '../../../../src/ingest/sources/mastodon/catch-up.ts';
import { HttpStatusError } from '../../../../src/ingest/sources/mastodon/mastodon-client.ts';
import { createResumePoint } from '../../../../src/ingest/sources/mastodon/resume-point.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

// Delays are then three quarters of their maximum.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5));
afterEach(() => void vi.restoreAllMocks());

const minute = 60_000;
const replicaLagMs = 10_000;
/** An ID of the last seconds before the clock of the tests. */
const recentId = (sequence: number): string => String((BigInt(Date.UTC(2026, 5, 15) - 2_000) << 16n) + BigInt(sequence));
const [kept, late] = [recentId(1), recentId(2)];
const statusOf = (id: string) => ({ id, content: id });

/** Catches up from the status 100, while the stream is open, with a server that answers as the test says. */
function start(answers: Partial<Pick<CatchUpDeps['client'], 'fetchPage' | 'fetchStatuses'>> & Partial<Pick<CatchUpDeps, 'storedIds'>>) {
  const clock = createManualClock();
  const stop = new AbortController();
  const delivered: string[] = [];
  const gaps: string[] = [];
  const resume = createResumePoint(5 * minute, '100');
  const restart = resume.onStreamOpened();
  const client = {
    domain: () => undefined,
    openStream: () => Promise.reject(new Error('is open')),
    fetchPage: async (): Promise<readonly unknown[]> => [],
    fetchStatuses: async (ids: readonly string[]): Promise<readonly unknown[]> => ids.map(statusOf),
    hasStatus: async () => true,
    ...answers,
  };
  const deps: CatchUpDeps = {
    ...{ client, resume, clock, replicaLagMs, server: 'social.example', missing: new Map() },
    timeline: { name: 'public', streamPath: 'public', pagePath: '/api/v1/timelines/public', pageQuery: {} },
    storedIds: answers.storedIds ?? (async () => []),
    deliver: async (frames) => {
      for (const { status, deletedId } of frames) delivered.push(status?.id ?? `deleted ${deletedId}`);
    },
    onGap: (reason) => void gaps.push(reason),
    onRetry: () => {},
  };
  let outcome: string | undefined;
  const ended = catchUp(deps, restart, stop.signal).then(
    () => (outcome = 'caught up'),
    (thrown: Error) => (outcome = thrown.message),
  );
  return { clock, resume, delivered, gaps, stop, ended, outcome: () => outcome };
}

it('does not take a status for deleted that a replica does not have yet', async () => {
  let lookups = 0;
  const run = start({
    storedIds: async () => [kept, late],
    fetchStatuses: async (ids) => {
      lookups += 1;
      return ids.filter((id) => id === kept || lookups > 1).map(statusOf);
    },
  });
  await run.clock.advance(minute);
  expect(run.outcome()).toBe('caught up');
  expect(run.delivered).toEqual([kept, late]);
});

it('deletes a status that is still gone later', async () => {
  const run = start({
    storedIds: async () => [kept, late],
    fetchStatuses: async (ids) => ids.filter((id) => id === kept).map(statusOf),
  });
  await run.clock.advance(replicaLagMs - 1);
  expect(run.delivered).toEqual([kept]);
  await run.clock.advance(minute);
  expect(run.delivered).toEqual([kept, `deleted ${late}`]);
});

it('deletes a status at once that no replica can lack any more', async () => {
  const run = start({ storedIds: async () => ['98', '99'], fetchStatuses: async () => [statusOf('98')] });
  await run.clock.advance(1);
  expect(run.delivered).toEqual(['deleted 99', '98']);
});

it('reads the last page again, because a replica may list a status late', async () => {
  const pages = [[], [], ['102', '101']];
  const asked: (string | undefined)[] = [];
  const run = start({
    fetchPage: async (_, { minId, maxId }) => {
      if (maxId !== undefined) return [statusOf('99')];
      asked.push(minId);
      return (pages[asked.length] ?? []).map(statusOf);
    },
  });
  await run.clock.advance(minute);
  expect(run.delivered).toEqual(['101', '102']);
  expect(asked).toEqual(['100', '100', '102']);
  expect(run.outcome()).toBe('caught up');
});

it('gives up after ten minutes of failures, so that what it must remember stays bounded, and settles nothing', async () => {
  const run = start({ fetchPage: () => Promise.reject(new Error('reset')) });
  await run.clock.advance(9 * minute);
  expect(run.outcome()).toBeUndefined();
  await run.clock.advance(3 * minute);
  expect(run.outcome()).toBe('reset');
  expect(run.gaps).toEqual([]);
  run.resume.onStreamed('200', run.clock.now());
  expect(run.resume.settle(run.clock.now() + 60 * minute)).toBe('100');
});

it('counts a gap at once where a repetition cannot help, and goes on with the stream', async () => {
  const response = { status: 403, headers: {}, text: '' };
  const run = start({ fetchPage: () => Promise.reject(new HttpStatusError('/api/v1/timelines/public', response, 0)) });
  await run.clock.advance(1);
  expect(run.outcome()).toBe('caught up');
  expect(run.gaps).toEqual([expect.stringMatching(/^catching up failed: HTTP 403/)]);
});

it('does not wait for a query when it is stopped', async () => {
  const run = start({ storedIds: () => new Promise(() => {}) });
  await run.clock.advance(minute);
  expect(run.outcome()).toBeUndefined();
  run.stop.abort();
  await run.ended;
  expect(run.outcome()).toBe('caught up');
});
