import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScoredEvaluation } from '../../../src/domain/alert.ts';
import { createEvaluationReader, type EvaluationReader } from '../../../src/sink/queries/evaluations.ts';
import { putEvaluations } from '../../../src/sink/writer/evaluation-store.ts';
import { openTestDatabase } from '../../support/test-database.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Math.floor(Date.now() / day) * day - day;

let opened: Awaited<ReturnType<typeof openTestDatabase>>;
let reader: EvaluationReader;
beforeAll(async () => {
  opened = await openTestDatabase();
  reader = createEvaluationReader(opened.db.reader);
});
afterAll(() => opened.remove());

const evaluated = (at: number, isAnomalous: boolean, more: Partial<ScoredEvaluation> = {}): ScoredEvaluation => ({
  ...{ rule: 'volume', brand: 'Kestrel', score: isAnomalous ? 0.9 : 0.1, isAnomalous },
  evaluation: {
    ...{ metric: 'volume', direction: 'up', observed: (at - start) / minute, expected: 5.5, low: 2, high: 9, z: 4.25, posts: 40 },
    ...{ from: at - 15 * minute, to: at, baseline: null },
  },
  ...more,
});
const minutesOf = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => start + (from + index) * minute);

test('consecutive anomalous minutes are one anomaly, with its first window; a longer gap separates two', async () => {
  const anomalous = new Set([...minutesOf(60, 80), ...minutesOf(90, 100), ...minutesOf(130, 140)]);
  const all = minutesOf(1, 150).map((at) => evaluated(at, anomalous.has(at)));
  await putEvaluations(opened.db, all, true);
  await putEvaluations(opened.db, all.slice(0, 70), true);
  const found = await reader.listAnomalies(['Kestrel'], start, start + day);
  expect(found.map(({ at, resolvedAt = 0 }) => [(at - start) / minute, (resolvedAt - start) / minute])).toEqual([
    [60, 100],
    [130, 140],
  ]);
  // The observed value rises by one a minute, so that the last anomalous window is the worst.
  expect(found[0]).toMatchObject({
    ...{ rule: 'volume', brand: 'Kestrel' },
    evaluation: evaluated(start + hour, true).evaluation,
    worst: evaluated(start + 99 * minute, true).evaluation,
  });
  expect(await reader.listAnomalies([], start, start + day)).toEqual(found);
  expect(await reader.listAnomalies(['Other'], start, start + day)).toEqual([]);
  expect(await reader.listAnomalies([], start + 2 * hour + 20 * minute, start + day)).toEqual([]);
});

test('an anomaly of the last evaluation is not resolved', async () => {
  const sentiment = { rule: 'sentiment', brand: 'Osprey' };
  await putEvaluations(
    opened.db,
    minutesOf(148, 151).map((at) => evaluated(at, true, sentiment)),
    true,
  );
  expect(await reader.listAnomalies(['Osprey'], start, start + day)).toMatchObject([{ ...sentiment, resolvedAt: undefined }]);
});

test('evaluations of the past do not replace live ones', async () => {
  const live = minutesOf(600, 610).map((at) => evaluated(at, true));
  await putEvaluations(opened.db, live, true);
  await putEvaluations(
    opened.db,
    live.map((one) => ({ ...one, isAnomalous: false })),
    false,
  );
  expect(await reader.listAnomalies([], start + 600 * minute, start + 610 * minute)).toHaveLength(1);
});

test('hours are counted by rule, brand and day', async () => {
  await putEvaluations(
    opened.db,
    [1, 2, 61].map((at) => evaluated(start + day + at * minute, false, { brand: 'Finch' })),
    true,
  );
  const hours = await reader.readEvaluatedHours(start + day, start + 2 * day);
  expect(hours).toEqual([{ rule: 'volume', brand: 'Finch', day: start + day, hours: 2 }]);
  await opened.db.maintenance.command({
    query: `INSERT INTO rollup_15m (bucket, brand, platform, lang, negative, neutral, positive, unscored, version)
      SELECT toDateTime(${(start + day) / 1_000} + 900 * number, 'UTC'), '*', 'chirper', 'en', 1, 0, 0, 0, now64(6, 'UTC') FROM numbers(9)`,
  });
  expect(await reader.readKnownHours(start, start + 2 * day)).toEqual([{ day: start + day, hours: 3 }]);
});
