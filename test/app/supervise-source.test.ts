import { describe, expect, test } from 'vitest';
import { summarizeSources } from '../../src/app/source-status.ts';
import { superviseSource } from '../../src/app/supervise-source.ts';
import type { Source } from '../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../src/domain/post.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { FeedpulseError } from '../../src/lib/errors.ts';
import { createLog } from '../../src/lib/log.ts';

/** Supervises a source whose runs end as listed: with an error, or normally. */
function supervise(outcomes: readonly (Error | 'end')[], { runMs = 0, canReopen = true } = {}) {
  let now = 0;
  let runs = 0;
  const slept: number[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
  const open = async (): Promise<Source<SourceRecord>> => ({
    name: 'reviews',
    healthIssue: () => undefined,
    run: async () => {
      const outcome = outcomes[runs];
      runs += 1;
      now += runMs;
      if (outcome instanceof Error) throw outcome;
    },
  });
  const source = superviseSource({
    name: 'reviews',
    type: 'kafka',
    topic: 'reviews',
    open,
    canReopen: async () => canReopen,
    clock,
    log: createLog('silent'),
  });
  const stop = new AbortController();
  return { source, slept, stop, run: () => source.run(() => {}, stop.signal), runs: () => runs };
}

const down = new FeedpulseError('KAFKA_UNAVAILABLE', 'No broker answers.');
const rejected = new FeedpulseError('KAFKA_REJECTED', 'The topic does not exist.');

describe('superviseSource', () => {
  test('restarts a source with longer and longer delays, until it ends', async () => {
    const { source, slept, run } = supervise([down, down, new Error('a bug'), 'end']);
    expect(source.healthIssue()).toBe('The source has not started.');
    await run();
    expect(slept).toEqual([5_000, 10_000, 20_000]);
    expect([source.state(), source.healthIssue(), source.failure()]).toEqual(['ended', undefined, undefined]);
  });

  test('begins with the first delay again after a long run', async () => {
    const { slept, run } = supervise([down, down, 'end'], { runMs: 700_000 });
    await run();
    expect(slept).toEqual([5_000, 5_000]);
  });

  test('does not retry what only a change of the settings can fix, and goes on to show it', async () => {
    const { source, run, runs } = supervise([down, rejected, 'end']);
    await run();
    expect(runs()).toBe(2);
    expect([source.state(), source.healthIssue(), source.failure()]).toEqual(['failed', 'The topic does not exist.', rejected]);
  });

  test('does not retry where what was read cannot be read again', async () => {
    const { source, run, runs } = supervise([down, 'end'], { canReopen: false });
    await run();
    expect(runs()).toBe(1);
    expect([source.state(), source.healthIssue(), source.failure()]).toEqual(['failed', 'No broker answers.', down]);
  });

  test('does not retry after too many dead letters', async () => {
    const { source, run } = supervise([new FeedpulseError('TOO_MANY_DEAD_LETTERS', 'Too many.'), 'end']);
    await run();
    expect(source.failure()).toMatchObject({ code: 'TOO_MANY_DEAD_LETTERS' });
  });

  test('passes on an error of the database, which all sources share', async () => {
    const { run } = supervise([new FeedpulseError('DATABASE_REJECTED', 'Disk full.'), 'end']);
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_REJECTED' });
  });

  test('is not restarted once the process is stopping', async () => {
    const { source, run, stop, runs } = supervise([down, down, down]);
    const running = run();
    stop.abort();
    await running;
    expect(runs()).toBe(1);
    expect(source.state()).toBe('ended');
  });
});

describe('readiness of several sources', () => {
  const of = (name: string, issue: string | null) => ({ name, state: 'running' as const, issue });
  const ended = { name: 'file', state: 'ended' as const, issue: null };

  test('a single source decides it', () => {
    expect(summarizeSources([of('a', null)])).toEqual({ ready: true, degraded: false, components: { source: 'ok' } });
    expect(summarizeSources([of('a', 'Down.')])).toEqual({ ready: false, degraded: false, components: { source: 'Down.' } });
  });

  test('one healthy source of several is enough; the others are named', () => {
    expect(summarizeSources([of('a', null), of('b', 'Down.')])).toEqual({
      ready: true,
      degraded: true,
      components: { 'source a': 'ok', 'source b': 'Down.' },
    });
    expect(summarizeSources([of('a', 'Down.'), of('b', 'Down.')])).toMatchObject({ ready: false, degraded: false });
  });

  test('a source that has ended does not count', () => {
    expect(summarizeSources([of('a', 'Down.'), ended])).toMatchObject({ ready: false, degraded: false });
    expect(summarizeSources([of('a', null), ended])).toMatchObject({ ready: true, degraded: false });
    expect(summarizeSources([ended, ended])).toMatchObject({ ready: true, degraded: false });
  });
});
