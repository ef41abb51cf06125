import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { seedHistory } from '../../../src/sink/seed/seed-history.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { countWrongGroups } from '../../support/rollup-oracle.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

const day = 86_400_000;
const to = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const history = { posts: 4_000, from: to - 20 * day, to, brands: ['Kestrel', 'Marlow', "O'Hare", 'Heron'], seed: 1 };

let db: Database;
let remove: () => Promise<void>;
const reports = { posts: 0, days: 0 };

const fill = (given: Partial<typeof history> = {}, allowRealPosts = false) =>
  seedHistory(
    db,
    { ...history, ...given },
    { allowRealPosts, onPosts: (posts) => (reports.posts += posts), onDays: (days) => (reports.days += days) },
  );

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  await fill();
});
afterAll(() => remove());

test('it is as many posts as were asked for, over all of the time, and it is told how far it is', async () => {
  const [row] = await queryRows<Record<string, number>>(
    db,
    `SELECT count() AS posts, toUnixTimestamp64Milli(min(created_at)) AS first, toUnixTimestamp64Milli(max(created_at)) AS last,
      countIf(empty(brands)) / count() AS unnamed, countIf(length(brands) = 2) / count() AS pairs, uniq(label) AS labels,
      countIf(abs(negative + neutral + positive - (label != 'unscored')) > 1e-6) AS impossible
     FROM posts FINAL`,
  );
  expect(row).toMatchObject({ posts: 4_000, labels: 4, impossible: 0 });
  expect(Number(row?.['first'])).toBeGreaterThanOrEqual(history.from);
  expect(Number(row?.['last'])).toBeLessThan(to);
  expect(Number(row?.['last']) - Number(row?.['first'])).toBeGreaterThan(19.5 * day);
  expect(row?.['unnamed']).toBeCloseTo(0.15, 1);
  expect(row?.['pairs']).toBeCloseTo(0.1, 1);
  expect(reports).toEqual({ posts: 4_000, days: 21 });
});

test('every figure is that of the posts', async () => {
  const [row] = await queryRows<{ quarters: number; minutes: number }>(
    db,
    `SELECT (SELECT count() FROM rollup_15m) AS quarters, (SELECT count() FROM rollup_minute) AS minutes`,
  );
  expect(Number(row?.quarters)).toBeGreaterThan(4_000);
  expect(Number(row?.minutes)).toBeGreaterThan(4_000);
  expect(await countWrongGroups((query) => queryRows(db, query), 'feedpulse')).toBe(0);
});

test('its figures lie as those of a past that was lived: a month in one part', async () => {
  const parts = await queryRows<{ parts: number }>(
    db,
    `SELECT count() AS parts FROM system.parts WHERE active AND database = currentDatabase() AND table = 'rollup_15m' GROUP BY partition`,
  );
  expect(parts.map(({ parts: count }) => Number(count))).toEqual(parts.map(() => 1));
  const [table] = await queryRows<{ engine: string }>(db, `SELECT engine_full AS engine FROM system.tables WHERE name = 'rollup_15m'`);
  expect(table?.engine).toContain('min_age_to_force_merge_seconds = 86400, min_age_to_force_merge_on_partition_only = 1');
});

test('the same history twice is one, and another seed makes another', async () => {
  const sum = () => queryRows(db, 'SELECT sum(cityHash64(id, text, label, created_at)) AS sum FROM posts FINAL');
  const before = await sum();
  await fill();
  expect(await sum()).toEqual(before);
  await fill({ seed: 2 });
  expect(await sum()).not.toEqual(before);
  expect(await queryRows(db, 'SELECT max(likes) > 100 AS popular, uniq(author_id) < 400 AS regulars FROM posts FINAL')).toEqual([
    { popular: 1, regulars: 1 },
  ]);
});

test('among the posts of a real feed it is put only when that is wanted', async () => {
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(shared).write([scoredPost({ id: 'real' })]);
  await expect(fill()).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('1 real posts') });
  await fill({}, true);
  expect(await queryRows(db, "SELECT count() AS posts FROM posts FINAL WHERE id = 'real'")).toEqual([{ posts: 1 }]);
});
