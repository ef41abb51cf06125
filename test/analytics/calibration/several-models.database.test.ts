import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModelCalibrations } from '../../../src/analytics/calibration/several-models.ts';
import { readBreakdown, readSummary } from '../../../src/analytics/metrics/summary.ts';
import { readTimeline } from '../../../src/analytics/metrics/timeline.ts';
import type { StoredLabel } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { putCalibration } from '../../../src/sink/queries/calibrations.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';

const hour = 3_600_000;
const now = Math.floor(Date.now() / hour) * hour;
const range = { from: new Date(now - 24 * hour), to: new Date(now) };
const error = { slope: 1.25, slopeError: 0.05, levelError: 8 };
const models = [
  { id: 'english@1.0.0', netSentiment: error, languages: ['en'] },
  { id: 'others@1.0.0', netSentiment: { ...error, levelError: 6 }, languages: ['de', 'fr'] },
];

let db: Database;
let remove: () => Promise<void>;

/** English: 30 positive, 10 negative. German and French: 10 positive, 50 negative. Swedish: 20 unscored. */
const posts: readonly (readonly [lang: string, label: StoredLabel, count: number])[] = [
  ['en', 'positive', 30],
  ['en', 'negative', 10],
  ['de', 'positive', 10],
  ['de', 'negative', 25],
  ['fr', 'negative', 25],
  ['sv', 'unscored', 20],
];

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const rows = posts.flatMap(([lang, label, count]) =>
    Array.from({ length: count }, (_, index) =>
      scoredPost({
        ...{ id: `${lang} ${label} ${index}`, lang, label, createdAt: new Date(now - 3 * hour + index * 1_000).toISOString() },
        modelVersion: (lang === 'de' || lang === 'fr' ? models[1] : models[0])?.id ?? '',
      }),
    ),
  );
  await createWriter(shared).write(rows);
  await createRollups(shared).catchUp();
});
afterAll(() => remove());

const open = (chosen = models) => createModelCalibrations({ reader: db.reader, models: chosen, clock: systemClock });
const query = { ...range, brand: 'Kestrel' };

test('each model has the usual level of the posts in its languages', async () => {
  const lines = await open().readByModel('Kestrel');
  expect(lines.map(({ model, line }) => [model.id, line.modelVersion, line.basis, line.level, line.levelError])).toEqual([
    ['english@1.0.0', 'english@1.0.0', 'history', 50, 8],
    ['others@1.0.0', 'others@1.0.0', 'history', expect.closeTo((-100 * 40) / 60, 6), 6],
  ]);
});

describe('with a calibration of one model from labels', () => {
  beforeAll(() =>
    putCalibration(
      db.maintenance,
      {
        ...{ brand: 'Kestrel', basis: 'labels', modelVersion: 'others@1.0.0', labels: 100, window: null },
        ...{ level: -40, countedLevel: (-100 * 40) / 60, slope: 1.25, levelError: 3, slopeError: 0.05 },
      },
      { by: '' },
    ),
  );

  test('the net sentiment of a brand is the sum over models, each with its own correction', async () => {
    const expected = 0.4 * 50 + 0.6 * -40;
    const { current, calibration } = await readSummary(db.reader, query, now, open());
    expect(current.netSentiment).toBeCloseTo(-20, 6);
    expect(current.calibratedNetSentiment).toBeCloseTo(expected, 6);
    expect(calibration.levelError).toBeCloseTo(Math.hypot(0.4 * 8, 0.6 * 3), 6);
    const { buckets } = await readTimeline(db.reader, { ...query, grain: 'day', timeZone: 'UTC' }, now, open());
    expect(buckets[0]?.calibratedNetSentiment).toBeCloseTo(expected, 6);
  });

  test('the breakdown says what comes from which model, and corrects each language by its model', async () => {
    const { models: byModel, languages } = await readBreakdown(db.reader, query, open());
    expect(byModel.map(({ name, volume, share, calibratedNetSentiment }) => [name, volume, share, calibratedNetSentiment])).toEqual([
      ['others@1.0.0', 60, 0.5, expect.closeTo(-40, 6)],
      ['english@1.0.0', 40, expect.closeTo(1 / 3, 6), expect.closeTo(50, 6)],
    ]);
    const german = languages.find(({ name }) => name === 'de');
    const counted = (-100 * 15) / 35;
    expect(german?.calibratedNetSentiment).toBeCloseTo(-40 + 1.25 * (counted + (100 * 40) / 60), 6);
  });

  test('without the other model, every post is corrected as one of the first', async () => {
    const alone = await readSummary(db.reader, query, now, open([{ id: 'english@1.0.0', netSentiment: error } as (typeof models)[number]]));
    expect(alone.calibration).toMatchObject({ modelVersion: 'english@1.0.0', level: expect.closeTo(-20, 6) });
    expect(alone.current.calibratedNetSentiment).toBeCloseTo(-20, 6);
  });
});
