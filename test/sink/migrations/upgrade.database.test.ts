import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDrivers } from '../../../src/analytics/drivers/drivers.ts';
import { compareBrands, listBrands, readBreakdown, readSummary } from '../../../src/analytics/metrics/summary.ts';
import { readTimeline } from '../../../src/analytics/metrics/timeline.ts';
import { compareModels, listModelVersions } from '../../../src/analytics/models/model-comparison.ts';
import { searchPosts } from '../../../src/analytics/search/search-posts.ts';
import type { Grain } from '../../../src/domain/brand-metrics.ts';
import { totalPosts } from '../../../src/domain/label-counts.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { insertRows } from '../../../src/sink/client/query.ts';
import { migrate } from '../../../src/sink/migrations/migrate.ts';
import { type BucketSeries, createAlertCounts } from '../../../src/sink/queries/alert-counts.ts';
import { createAlertReader } from '../../../src/sink/queries/alerts.ts';
import { countPostsByMinute, readPosts } from '../../../src/sink/queries/posts.ts';
import { markRange } from '../../../src/sink/queries/rollups.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { toRow } from '../../../src/sink/writer/post-row.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';
import { migrationsUntil, readAnswers, restoreVersion01 } from './version-0.1.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const brands = ['Kestrel', 'Lumo', 'Oakline'];
const newMigrations = [
  ...['0011-standard-names.sql', '0012-drop-renamed-tables.sql'],
  ...['0013-ratings-and-cursors.sql', '0014-author-index.sql'],
  ...['0015-copies.sql', '0016-post-aliases.sql', '0017-alert-evaluations.sql', '0018-alert-events.sql', '0019-rollup-claims.sql'],
  ...['0020-calibrations.sql', '0021-author-deletions.sql', '0022-alert-updates.sql', '0023-signed-delays.sql'],
  ...['0024-alert-sensitivities.sql', '0025-setting-changes.sql'],
];

let db: Database;
let remove: () => Promise<void>;
let old: Awaited<ReturnType<typeof readAnswers>>;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  old = await readAnswers();
  await emptyDatabase();
  await restoreVersion01(db);
});
afterAll(() => remove());

async function emptyDatabase(): Promise<void> {
  await db.writer.command({ query: 'DROP DATABASE feedpulse SYNC' });
  await db.writer.command({ query: 'CREATE DATABASE feedpulse' });
}

test('an upgraded database of version 0.1 answers every query as before', async () => {
  expect((await migrate(db, quiet)).applied).toEqual(newMigrations);
  await expectOldAnswers();
});

test('migration 0011 can run again after a crash', async () => {
  await emptyDatabase();
  await restoreVersion01(db);
  await migrate(db, quiet, { dir: await migrationsUntil('0011') });
  await db.writer.command({ query: "ALTER TABLE schema_migrations DELETE WHERE name LIKE '0011%' SETTINGS mutations_sync = 1" });
  expect((await migrate(db, quiet)).applied).toEqual(newMigrations);
  await expectOldAnswers();
});

test('migrations since 0013 can run again after a crash, and posts stored before them have no rating and are no copies', async () => {
  await emptyDatabase();
  await migrate(db, quiet, { dir: await migrationsUntil('0012') });
  const [before, after] = [scoredPost({ id: 'before' }), scoredPost({ id: 'after', rating: 4 })];
  const { rating: _, is_copy: __, ...row } = toRow(before, { createdAtMs: Date.parse(before.createdAt), isCopy: false });
  await insertRows(db.writer, 'posts', [row]);
  await migrate(db, quiet);
  await db.writer.command({ query: "ALTER TABLE schema_migrations DELETE WHERE name >= '0013' SETTINGS mutations_sync = 1" });
  expect((await migrate(db, quiet)).applied).toEqual(newMigrations.slice(2));
  await insertRows(db.writer, 'posts', [toRow(after, { createdAtMs: Date.parse(after.createdAt), isCopy: false })]);
  const keys = [before, after].map(({ platform, id, createdAt }) => ({ platform, id, createdAtMs: Date.parse(createdAt) }));
  expect((await readPosts(db.reader, keys)).map(({ rating }) => rating)).toEqual([undefined, 4]);
});

test('an upgraded database has the tables of a new one', async () => {
  const schema = () =>
    queryRows(
      db,
      `SELECT table, name, type, default_expression FROM system.columns WHERE database = currentDatabase() AND NOT startsWith(table, '.')
       ORDER BY table, name`,
    );
  const upgraded = await schema();
  await emptyDatabase();
  await migrate(db, quiet);
  expect(await schema()).toEqual(upgraded);
  await restoreAndMigrate();
});

test('rollups that version 0.1 left pending are computed, and recomputing all of them changes nothing', async () => {
  const { start, now } = old;
  const rollups = createRollups({ db, clock: systemClock, log: quiet, metrics: createMetrics() });
  const settled = async () => ({
    brands: await listBrands(db.reader, rangeOf(start, now), now),
    timeline: await readTimeline(db.reader, { ...rangeOf(start, now), brand: '*', grain: 'hour', timeZone: 'UTC' }, now),
  });
  await rollups.catchUp();
  expectSame(await settled(), old.settled);
  await markRange(db.maintenance, { from: start / 1_000, to: now / 1_000 });
  await rollups.catchUp();
  expectSame(await settled(), old.settled);
});

test('migration 0005 moves 15-minute rows to their new table, keeping newer ones there', async () => {
  await emptyDatabase();
  await migrate(db, quiet, { dir: await migrationsUntil('0010') });
  const columns = 'quarter, brand, platform, lang, negative, positive, weight_negative, weight_positive, authors, version';
  const insert = (table: string, negative: number, version: string) =>
    db.writer.command({
      query: `INSERT INTO ${table} (${columns}) SELECT toDateTime('2026-11-01 10:15:00', 'UTC'), 'Kestrel', 'chirper', 'en', ${negative}, 1,
        ${2 * negative}, 4, (SELECT uniqCombined64State(14)(toString(number)) FROM numbers(3)), toDateTime64('${version}', 6, 'UTC')`,
    });
  const file = new URL('../../../src/sink/migrations/0005-rollup-history.sql', import.meta.url);
  const statements = (await readFile(file, 'utf8')).split(/;[ \t]*$/m).filter((text) => text.trim());
  const move = async () => {
    for (const query of statements) await db.writer.command({ query });
  };
  const moved = () =>
    queryRows(
      db,
      'SELECT toUInt8(negative) AS negative, weight_squares, finalizeAggregation(authors) AS authors FROM rollup_history FINAL',
    );
  await insert('rollup_quarter', 2, '2026-11-01 10:16:00');
  await insert('rollup_quarter', 3, '2026-11-01 10:17:00');
  await move();
  // Four posts with a total weight of ten count as 2.5 each.
  expect(await moved()).toEqual([{ negative: 3, weight_squares: 25, authors: 3 }]);
  await move();
  expect(await moved()).toHaveLength(1);
  await insert('rollup_history', 9, '2026-11-01 10:18:00');
  await move();
  expect(await moved()).toMatchObject([{ negative: 9 }]);
});

async function restoreAndMigrate(): Promise<void> {
  await emptyDatabase();
  await restoreVersion01(db);
  await migrate(db, quiet);
}

const rangeOf = (from: number, to: number) => ({ from: new Date(from), to: new Date(to) });

/** Compares every query with its answer in version 0.1. Before any rollup is computed: those are compared as they were copied. */
async function expectOldAnswers(): Promise<void> {
  const { start, now } = old;
  const { reader } = db;
  const clock = { now: () => now };
  const span = rangeOf(start, start + 3 * day);
  const short = rangeOf(start + day, start + day + 6 * hour);
  const long = rangeOf(start, now);
  const earlier = now - 57 * day; // recent enough for the minute rollup
  const listed = {
    span: await listBrands(reader, span, now),
    long: await listBrands(reader, long, now),
    short: await listBrands(reader, short, earlier),
  };
  expectSame(listed, old.brands);
  for (const [brand, expected] of Object.entries(old.summaries as object)) // as the generator wrote it
    expectSame(await readSummary(reader, { ...span, brand }, now), expected);
  expectSame(await readSummary(reader, { ...short, brand: 'Kestrel' }, earlier), old.recent);
  expectSame(await compareBrands(reader, { ...span, brands }, now), old.comparison);
  for (const [grain, expected] of Object.entries(old.timelines as object)) {
    const bucket = (grain === 'quarter' ? '15m' : grain) as Grain; // the other names are the same
    const range = grain === 'quarter' ? short : long;
    expectSame(await readTimeline(reader, { ...range, brand: 'Kestrel', grain: bucket, timeZone: 'Europe/Berlin' }, now), expected);
  }
  expectSame(await readTimeline(reader, { ...short, brand: '*', grain: 'minute', timeZone: 'UTC' }, earlier), old.minutes);
  const { models: _, ...breakdown } = await readBreakdown(reader, { ...long, brand: 'Lumo' }); // version 0.1 had one model only
  expectSame(breakdown, old.breakdown);
  expectSame(await findDrivers(reader, { ...long, brand: 'Kestrel', names: ['Kestrel'], limit: 5 }), renamed(old.drivers));
  const search = async (query: object) => (await searchPosts(reader, { brand: '*', sort: 'time', limit: 500, ...query }, clock)).posts;
  const ids = async (query: object) => (await search(query)).map(({ id }) => id);
  expect(await search({})).toEqual(renamed(old.posts));
  expect(await ids({ brand: 'Lumo', label: 'negative', ...span, limit: 100 })).toEqual(old.negative);
  expect(await ids({ brand: 'Kestrel', text: '"strap of" edited', limit: 100 })).toEqual(old.found);
  expect(await listModelVersions(reader)).toEqual(renamed(old.models));
  expectSame(await compareModels(reader, { ...long, brand: '*', version: 'distil@2' }), renamed(old.modelComparison));
  expect((await countPostsByMinute(reader, start)).size).toBe(old.storedMinutes);
  await expectOldAlerts(start, now);
  await expectOldRows();
}

async function expectOldAlerts(start: number, now: number): Promise<void> {
  const records = createAlertReader(db.reader);
  const counts = createAlertCounts(db.reader);
  const answers = {
    states: await records.readStates(),
    silences: await records.readSilences(now),
    pendingDeliveries: await records.readPendingDeliveries(start),
    list: await records.listAlerts({ from: start, to: now, active: false, limit: 10 }),
    feedback: await records.readFeedback(),
  };
  expect({ ...answers, states: sorted(answers.states) }).toEqual({ ...renamed(old.alerts), states: sorted(renamed(old.alerts).states) });
  expect({
    newest: await counts.readNewestMinute(start, now),
    isBehind: await counts.isStale(start, now),
    delay: await counts.readMaxDelay(now - hour),
    minutes: plain(await counts.readMinutes(brands, start + day, start + day + hour)),
    quarters: plain(toBuckets(await counts.readHistory(brands, start + day, start + day + 30 * minute))),
    between: plain(toBuckets(await counts.readHistory(['*'], start, start + 6 * hour))),
    oldest: await counts.readOldestMinute(),
    first: plain(firstBuckets(await counts.readHistory(brands, start, start + 14 * day))),
  }).toEqual(old.alertFigures);
}

/** The buckets with posts of each brand, by their start. */
function toBuckets(history: ReadonlyMap<string, BucketSeries>): Map<string, Map<number, object>> {
  const bucketsOf = ({ from, posts: { negative, neutral, positive, unscored } }: BucketSeries): Map<number, object> => {
    const all = Array.from(negative, (_, at) => ({
      start: from + 15 * minute * at,
      counts: { negative: negative[at] ?? 0, neutral: neutral[at] ?? 0, positive: positive[at] ?? 0, unscored: unscored[at] ?? 0 },
    }));
    return new Map(all.filter(({ counts }) => totalPosts(counts) > 0).map(({ start, counts }) => [start, counts]));
  };
  return new Map([...history].map(([brand, series]) => [brand, bucketsOf(series)]));
}

const firstBuckets = (history: ReadonlyMap<string, BucketSeries>): Map<string, number> =>
  new Map([...toBuckets(history)].map(([brand, buckets]) => [brand, Math.min(...buckets.keys())]));

const newNames: Readonly<Record<string, string>> = {
  post_keys: 'post_first_seen',
  rollup_history: 'rollup_15m',
  alert_changes: 'alert_transitions',
  alert_deliveries: 'alert_outbox',
  alert_notes: 'alert_annotations',
  alert_mutes: 'alert_silences',
};

async function expectOldRows(): Promise<void> {
  const insertOnly = ['erasures', 'post_keys'];
  for (const [table, expected] of Object.entries(old.rows as object)) {
    const query = `SELECT toUInt32(count()) AS rows FROM ${newNames[table] ?? table}${insertOnly.includes(table) ? '' : ' FINAL'}`;
    expect([table, await queryRows(db, query)]).toEqual([table, [{ rows: expected }]]);
  }
  const pending = `SELECT toUInt32(count()) AS minutes FROM (SELECT minute FROM rollup_dirty_minutes GROUP BY minute
    HAVING max(marked_at) > least(max(rollup_minute_done), max(rollup_15m_done)))`;
  expect(await queryRows(db, pending)).toEqual([{ minutes: old.pendingMinutes }]);
}

/** An answer of version 0.1 with the keys and values that have since been renamed. */
// biome-ignore lint/suspicious/noExplicitAny: answers of any query
function renamed(answer: unknown): any {
  const keys: Record<string, string> = {
    ...{ towards: 'brandSentiment', verdict: 'evaluation', what: 'metric', quarters: 'windows', span: 'windowMs' },
    ...{ unusualSince: 'anomalousSince', toldUntil: 'notifiedUntil', change: 'transition' },
    ...{ counting: 'active', kept: 'inactive', netDifference: 'netSentimentDifference' },
    ...{ mutes: 'silences', due: 'pendingDeliveries', mark: 'feedback', marks: 'feedback' },
  };
  if (Array.isArray(answer)) return answer.map(renamed);
  if (answer === null || typeof answer !== 'object') return answer;
  if ('until' in answer) keys['by'] = 'createdBy'; // a silence; corrections keep `by`
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [keys[key] ?? key, key === 'status' && value === 'muted' ? 'silenced' : renamed(value)]),
  );
}

/** Sums of floating-point numbers differ in the last digits with the order of the rows. */
function expectSame(answer: unknown, expected: unknown): void {
  expect(rounded(answer)).toEqual(rounded(expected));
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(12));
  if (Array.isArray(value)) return value.map(rounded);
  if (value === null || typeof value !== 'object') return value;
  // Version 0.1 did not say how many minutes its metrics trail, and did not calibrate.
  const { pending: _, calibration: _line, calibratedNetSentiment: _net, ...compared } = value as Record<string, unknown>;
  return Object.fromEntries(Object.entries(compared).map(([key, part]) => [key, rounded(part)]));
}

const sorted = (states: readonly object[]) => states.map((state) => JSON.stringify(state)).sort();

function plain(map: ReadonlyMap<unknown, unknown>): object {
  return Object.fromEntries([...map].map(([key, value]) => [String(key), value instanceof Map ? plain(value) : value]));
}
