import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import type { Retention } from '../../../src/sink/maintenance/retention.ts';
import { applyRetention } from '../../../src/sink/maintenance/retention.ts';
import { markDirty } from '../../../src/sink/queries/rollups.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** The start of a quarter-hour, so long ago. */
const ago = (ms: number): number => Math.floor((Date.now() - ms) / 900_000) * 900_000;
const weekly: Retention = { posts: '7d', rollupMinute: '30d' };

let db: Database;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
});
afterAll(() => remove());
beforeEach(async () => {
  for (const table of ['posts', 'post_first_seen', 'rollup_dirty_minutes', 'rollup_minute', 'rollup_15m'])
    await db.writer.command({ query: `TRUNCATE TABLE ${table}` });
});

const metrics = createMetrics();
const parts = (retention?: Retention) => ({ db, clock: systemClock, log: quiet, metrics, ...(retention && { retention }) });
const old = (id: string, ms: number) => {
  const createdAt = new Date(ms).toISOString();
  return scoredPost({ id, createdAt, updatedAt: createdAt, scoredAt: createdAt });
};
const lives = async () =>
  Object.fromEntries(
    (
      await queryRows<{ name: string; life: string }>(
        db,
        "SELECT name, extract(engine_full, ' TTL (.*?)(?: SETTINGS|$)') AS life FROM system.tables WHERE database = currentDatabase() AND life != '' AND name NOT IN ('rollup_dirty_minutes', 'rollup_claims', 'author_deletions', 'alert_outbox', 'alert_evaluations', 'alert_candidates', 'feed_progress') ORDER BY name",
      )
    ).map(({ name, life }) => [name, life]),
  );
const volume = () =>
  queryRows(
    db,
    "SELECT toUnixTimestamp(bucket) AS bucket, toUInt32(negative + neutral + positive) AS volume FROM rollup_15m FINAL WHERE brand = '*' ORDER BY bucket",
  );

test('each table keeps its rows as long as the config says, and nothing is altered when that has not changed', async () => {
  const changes: object[] = [];
  const log = { ...quiet, info: (facts: object) => void changes.push(facts) };
  await applyRetention(db, { rollupMinute: '30d' }, log);
  expect(changes).toEqual([]);
  await applyRetention(db, { posts: '90d', scores: '1000h', rollupMinute: '60d', rollup15m: '3650d' }, log);
  expect(await lives()).toEqual({
    corrections: 'minute + toIntervalDay(90)',
    calibration_labels: 'minute + toIntervalDay(90)',
    post_aliases: 'toDateTime(created_at) + toIntervalDay(90)',
    post_first_seen: 'toDateTime(created_at) + toIntervalDay(90)',
    posts: 'minute + toIntervalDay(90)',
    rollup_minute: 'minute + toIntervalDay(60)',
    rollup_15m: 'bucket + toIntervalDay(3650)',
    scores: 'minute + toIntervalSecond(3600000)',
  });
  expect(changes).toHaveLength(8);
  await applyRetention(db, { posts: '90d', scores: '1000h', rollupMinute: '60d', rollup15m: '3650d' }, log);
  expect(changes).toHaveLength(8);
  await applyRetention(db, { rollupMinute: '30d' }, log);
  expect(await lives()).toEqual({ rollup_minute: 'minute + toIntervalDay(30)' });
});

test('a post older than posts are kept is counted as expired and stored nowhere', async () => {
  const late = old('late', ago(8 * day));
  const soon = old('soon', ago(7 * day - hour));
  const young = old('young', ago(6 * day));
  expect(await createWriter(parts(weekly)).write([late, soon, young])).toEqual({ rejected: [], skipped: [late, soon] });
  expect(await queryRows(db, 'SELECT id FROM posts')).toEqual([{ id: 'young' }]);
  expect(await metrics.registry.getSingleMetricAsString('feedpulse_posts_expired_total')).toContain('feedpulse_posts_expired_total 2');
});

test('figures outlive the posts that they were made from, whatever is marked', async () => {
  const [gone, kept] = [ago(8 * day), ago(6 * day)];
  await createWriter(parts()).write([old('1', gone), old('2', gone), old('3', kept)]);
  await createRollups(parts()).catchUp();
  // As the time to live does: row by row, so that half a bucket may be there.
  await db.writer.command({ query: "ALTER TABLE posts DELETE WHERE id = '1' SETTINGS mutations_sync = 1" });
  await markDirty(db.writer, [gone / 1_000, kept / 1_000]);
  await createRollups(parts(weekly)).catchUp();
  expect(await volume()).toEqual([
    { bucket: gone / 1_000, volume: 2 },
    { bucket: kept / 1_000, volume: 1 },
  ]);
  const pending =
    'SELECT count() AS n FROM (SELECT minute FROM rollup_dirty_minutes GROUP BY minute HAVING max(marked_at) > max(rollup_15m_done))';
  expect(await queryRows<{ n: unknown }>(db, pending).then(([row]) => Number(row?.n))).toBe(0);
});
