import { expect, test } from 'vitest';
import { createRandom } from '../../src/lib/random.ts';
import { cleanAudit } from '../support/audit.ts';
import { evaluateSoak, type SoakRun } from './evaluate.ts';

/** Twenty minutes of one process whose memory grows by this many MB/h. */
function soakRun(growth: number, overrides: Partial<SoakRun> = {}): SoakRun {
  const random = createRandom(9);
  const samples = Array.from({ length: 1_200 }, (_, seconds) => ({
    seconds,
    pid: 1,
    residentMegabytes: 700 + (growth * seconds) / 3_600 + 10 * random(),
    handles: 80 + (seconds % 3),
    lag: 10,
    rows: seconds * 100,
    delayMs: 20,
  }));
  return {
    minutes: 20,
    seed: 1,
    rate: 100,
    sent: 120_000,
    faults: [],
    samples,
    audit: cleanAudit,
    malformed: ['a', 'b'],
    deadLetters: ['b', 'a'],
    ...overrides,
  };
}

test('a run without losses, duplicates and memory growth passes', () => {
  const { failures, memory } = evaluateSoak(soakRun(0));
  expect(failures).toEqual([]);
  expect(Math.abs(memory?.slope ?? 99)).toBeLessThan(10);
});

test.each([
  ['lost: 1', soakRun(0, { audit: { ...cleanAudit, lost: 1 } })],
  ['duplicated: 2', soakRun(0, { audit: { ...cleanAudit, duplicated: 2 } })],
  ['wrongBuckets: 3', soakRun(0, { audit: { ...cleanAudit, wrongBuckets: 3 } })],
  ['malformed messages without a dead letter: 1', soakRun(0, { deadLetters: ['a'] })],
  ['dead letters without a malformed message: 1', soakRun(0, { deadLetters: ['a', 'b', 'c'] })],
])('fails on %s', (failure, failedRun) => {
  expect(evaluateSoak(failedRun).failures).toEqual([failure]);
});

test('fails on growing memory', () => {
  expect(evaluateSoak(soakRun(300)).failures).toEqual([expect.stringMatching(/^memory grows by (29|30|31)\d MB\/h$/)]);
});

test('evaluates the longest process uptime, without its warm-up', () => {
  const samples = soakRun(0).samples.map((sample) => {
    const { seconds, residentMegabytes = 0 } = sample;
    return seconds < 440
      ? { ...sample, pid: 2, residentMegabytes: residentMegabytes + seconds }
      : { ...sample, residentMegabytes: residentMegabytes + 5 * Math.min(290, seconds - 440) };
  });
  const { failures, memory } = evaluateSoak(soakRun(0, { samples }));
  expect(failures).toEqual([]);
  expect(Math.abs(memory?.slope ?? 999)).toBeLessThan(100);
});

test('autocorrelated memory around a constant level passes', () => {
  const random = createRandom(4);
  let level = 0;
  const samples = soakRun(0).samples.map((sample) => {
    level = 0.98 * level + 3 * (random() - 0.5);
    return { ...sample, residentMegabytes: 700 + level };
  });
  const { failures, memory } = evaluateSoak(soakRun(0, { samples }));
  expect(failures).toEqual([]);
  expect(memory?.low).toBeLessThan(0);
  expect(memory?.high).toBeGreaterThan(0);
});
