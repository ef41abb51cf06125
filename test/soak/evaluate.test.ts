import { expect, test } from 'vitest';
import { createRandom } from '../../src/lib/random.ts';
import { cleanAudit } from '../support/audit.ts';
import { evaluateSoak, type Outcome } from './evaluate.ts';

/** Twenty minutes of one process whose memory grows by so many MB an hour. */
function outcome(growth: number, more: Partial<Outcome> = {}): Outcome {
  const random = createRandom(9);
  const readings = Array.from({ length: 1_200 }, (_, seconds) => ({
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
    readings,
    found: cleanAudit,
    malformed: ['a', 'b'],
    deadLetters: ['b', 'a'],
    ...more,
  };
}

test('a run with nothing lost, nothing twice and flat memory passes', () => {
  const { failures, memory } = evaluateSoak(outcome(0));
  expect(failures).toEqual([]);
  expect(Math.abs(memory?.slope ?? 99)).toBeLessThan(10);
});

test.each([
  ['lost: 1', outcome(0, { found: { ...cleanAudit, lost: 1 } })],
  ['duplicated: 2', outcome(0, { found: { ...cleanAudit, duplicated: 2 } })],
  ['wrongBuckets: 3', outcome(0, { found: { ...cleanAudit, wrongBuckets: 3 } })],
  ['malformed without a dead letter: 1', outcome(0, { deadLetters: ['a'] })],
  ['dead letters of nothing that was sent malformed: 1', outcome(0, { deadLetters: ['a', 'b', 'c'] })],
])('%s fails it', (failure, given) => {
  expect(evaluateSoak(given).failures).toEqual([failure]);
});

test('memory that climbs fails it', () => {
  expect(evaluateSoak(outcome(300)).failures).toEqual([expect.stringMatching(/^memory climbs by (29|30|31)\d MB an hour$/)]);
});

test('of several lives the longest is evaluated, without its start', () => {
  const readings = outcome(0).readings.map((reading) => {
    const { seconds, residentMegabytes = 0 } = reading;
    return seconds < 440
      ? { ...reading, pid: 2, residentMegabytes: residentMegabytes + seconds }
      : { ...reading, residentMegabytes: residentMegabytes + 5 * Math.min(290, seconds - 440) };
  });
  const { failures, memory } = evaluateSoak(outcome(0, { readings }));
  expect(failures).toEqual([]);
  expect(Math.abs(memory?.slope ?? 999)).toBeLessThan(100);
});

test('memory that wanders about a level is flat: samples that resemble their neighbours are no certainty', () => {
  const random = createRandom(4);
  let level = 0;
  const readings = outcome(0).readings.map((reading) => {
    level = 0.98 * level + 3 * (random() - 0.5);
    return { ...reading, residentMegabytes: 700 + level };
  });
  const { failures, memory } = evaluateSoak(outcome(0, { readings }));
  expect(failures).toEqual([]);
  expect(memory?.low).toBeLessThan(0);
  expect(memory?.high).toBeGreaterThan(0);
});
