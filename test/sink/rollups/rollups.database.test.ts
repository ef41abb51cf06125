import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { labels, type ScoredPost, type StoredLabel } from '../../../src/domain/post.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import { createRandom } from '../../../src/lib/random.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createAlertCounts } from '../../../src/sink/queries/alert-counts.ts';
import { countDirty, minuteRollup, rollup15m } from '../../../src/sink/queries/rollups.ts';
import { createRollups, type Rollups, recomputeDirty } from '../../../src/sink/rollups/rollups.ts';
import { createWriter, type Writer } from '../../../src/sink/writer/writer.ts';
import { referenceCounts, storedCounts } from '../../support/reference-counts.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

const minute = 60_000;
const day = 1_440 * minute;
/** Of yesterday: minute figures are kept for thirty days, so that fixed dates would one day yield none. */
const noon = Math.floor(Date.now() / day) * day - day / 2;
/** The moment so many minutes after noon. */
const at = (minutes: number): string => new Date(noon + minutes * minute).toISOString();
const asDateTime = (iso: string): string => iso.slice(0, 19).replace('T', ' ');
const recentPost = (given: Partial<ScoredPost> = {}): ScoredPost =>
  scoredPost({ createdAt: at(0), updatedAt: given.createdAt ?? at(0), ...given });

let db: Database;
let remove: () => Promise<void>;
let writer: Writer;
let rollups: Rollups;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  writer = createWriter(shared);
  rollups = createRollups(shared);
});
afterAll(async () => {
  await rollups.stop();
  await remove();
});
beforeEach(async () => {
  for (const table of ['posts', 'post_first_seen', 'rollup_dirty_minutes', 'rollup_minute', 'rollup_15m'])
    await db.writer.command({ query: `TRUNCATE TABLE ${table}` });
});

const volume = 'toUInt32(negative + neutral + positive + unscored) AS volume';
const minutes = () => queryRows(db, `SELECT brand, ${volume} FROM rollup_minute FINAL ORDER BY minute, brand`);

test('a post counts once for each of its brands and once for all', async () => {
  await writer.write([recentPost({ brands: ['Kestrel', 'Marlow', 'Kestrel'] }), recentPost({ id: '2', brands: [] })]);
  await rollups.catchUp();
  expect(await minutes()).toEqual([
    { brand: '*', volume: 2 },
    { brand: 'Kestrel', volume: 1 },
    { brand: 'Marlow', volume: 1 },
  ]);
});

test('copies are counted by label and brand in both rollups; a replay, an edit and a deletion keep them right', async () => {
  const text = 'Marlow opens a second factory for kettles in the north next spring';
  const post = (id: string, given: Partial<ScoredPost> = {}) => recentPost({ id, text, brands: ['Marlow'], ...given });
  const batch = [post('1'), post('2'), post('3', { label: 'negative', text: `RT @ines: ${text}` }), post('4', { text: 'Kettles?' })];
  const copies = async () =>
    queryRows(
      db,
      `SELECT * FROM (SELECT 'minute' AS rollup, toUInt32(copies_negative) AS against, toUInt32(copies_positive) AS for, ${volume}
       FROM rollup_minute FINAL WHERE brand = 'Marlow'
       UNION ALL SELECT '15m', toUInt32(copies_negative), toUInt32(copies_positive), ${volume} FROM rollup_15m FINAL WHERE brand = 'Marlow')
       ORDER BY rollup`,
    );
  const counts = (against: number, inFavor: number, volume: number) =>
    ['15m', 'minute'].map((rollup) => ({ rollup, against, for: inFavor, volume }));
  await writer.write(batch);
  await writer.write(batch.slice(1));
  await rollups.catchUp();
  expect(await copies()).toEqual(counts(1, 1, 4));
  await writer.write([post('1', { updatedAt: at(5), text: `${text}!` }), post('2', { updatedAt: at(5), deleted: true, text: '' })]);
  await rollups.catchUp();
  expect(await copies()).toEqual(counts(1, 0, 3));
  const { readMinutes, readHistory } = createAlertCounts(db.reader);
  const expected = { negative: 1, neutral: 0, positive: 2, unscored: 0, copies: { negative: 1, neutral: 0, positive: 0, unscored: 0 } };
  expect((await readMinutes(['Marlow'], noon, noon + minute)).get('Marlow')?.get(noon)).toEqual(expected);
  const history = (await readHistory(['Marlow'], noon - 15 * minute, noon + 15 * minute)).get('Marlow');
  const series = (negative: number, positive: number) => ({
    negative: Float64Array.of(0, negative),
    neutral: Float64Array.of(0, 0),
    positive: Float64Array.of(0, positive),
    unscored: Float64Array.of(0, 0),
  });
  expect(history).toEqual({ from: noon - 15 * minute, posts: series(1, 2), organic: series(0, 2) });
});

test('a replayed batch does not count twice', async () => {
  for (let round = 0; round < 3; round++) {
    await writer.write([recentPost()]);
    await rollups.catchUp();
  }
  expect(await minutes()).toEqual([
    { brand: '*', volume: 1 },
    { brand: 'Kestrel', volume: 1 },
  ]);
});

test('minutes are pending in each rollup until it is recomputed', async () => {
  const range = { from: (noon - day) / 1_000, to: (noon + day) / 1_000 };
  const pending = async (span = range) => [await countDirty(db.reader, minuteRollup, span), await countDirty(db.reader, rollup15m, span)];
  await writer.write([recentPost(), recentPost({ id: '2', createdAt: at(1) }), recentPost({ id: '3', createdAt: at(20) })]);
  expect(await pending()).toEqual([3, 3]);
  expect(await pending({ from: noon / 1_000 + 60, to: noon / 1_000 + 20 * 60 })).toEqual([1, 1]);
  await recomputeDirty(db.maintenance, minuteRollup, { isShared: false });
  expect(await pending()).toEqual([0, 3]);
  await rollups.catchUp();
  expect(await pending()).toEqual([0, 0]);
  await writer.write([recentPost({ updatedAt: at(5) })]);
  expect(await pending()).toEqual([1, 1]);
  expect(await countDirty(db.reader, minuteRollup)).toBe(1);
});

test('a group that vanished goes to zero', async () => {
  await writer.write([recentPost()]);
  await rollups.catchUp();
  await writer.write([recentPost({ brands: ['Marlow'], updatedAt: at(9) })]);
  await rollups.catchUp();
  expect(await minutes()).toEqual([
    { brand: '*', volume: 1 },
    { brand: 'Kestrel', volume: 0 },
    { brand: 'Marlow', volume: 1 },
  ]);
  await writer.write([recentPost({ deleted: true, text: '', brands: [], updatedAt: at(60) })]);
  await rollups.catchUp();
  const quarters = await queryRows(
    db,
    'SELECT brand, negative + neutral + positive + unscored AS volume, score_sum, weight_positive, uniqCombined64Merge(14)(authors) AS authors FROM rollup_15m FINAL GROUP BY ALL ORDER BY brand',
  );
  expect(quarters.map((row) => JSON.stringify(row))).toEqual(
    ['*', 'Kestrel', 'Marlow'].map((brand) => JSON.stringify({ brand, volume: 0, score_sum: 0, weight_positive: 0, authors: 0 })),
  );
});

test('a late post reaches its old quarter-hour', async () => {
  await writer.write([recentPost({ id: 'now' })]);
  await rollups.catchUp();
  await writer.write([recentPost({ id: 'late', createdAt: '2026-02-03T04:05:06.000Z' })]);
  await rollups.catchUp();
  expect(
    await queryRows(db, `SELECT toString(bucket) AS bucket, ${volume} FROM rollup_15m FINAL WHERE brand = '*' ORDER BY bucket`),
  ).toEqual([
    { bucket: '2026-02-03 04:00:00', volume: 1 },
    { bucket: asDateTime(at(0)), volume: 1 },
  ]);
});

test.each([minuteRollup, rollup15m])('a mark set while a $name is recomputed is not lost', async (grain) => {
  await writer.write([recentPost()]);
  // Rows and their mark arrive after the raw rows were read and before the recomputation is recorded as done.
  const interrupted = afterStatement(db, /^\s*INSERT INTO rollup_(minute|15m)/, () => writer.write([recentPost({ id: '2' })]));
  await recomputeDirty(interrupted.maintenance, grain, { isShared: true });
  expect(await queryRows(db, `SELECT ${volume} FROM ${grain.table} FINAL WHERE brand = '*'`)).toEqual([{ volume: 1 }]);
  await recomputeDirty(db.maintenance, grain, { isShared: true });
  expect(await queryRows(db, `SELECT ${volume} FROM ${grain.table} FINAL WHERE brand = '*'`)).toEqual([{ volume: 2 }]);
  expect(await recomputeDirty(db.maintenance, grain, { isShared: true })).toEqual({ buckets: 0, hasMore: false });
});

test('a crash between the figures and the record of them repeats work and loses none', async () => {
  await writer.write([recentPost()]);
  const crashing = afterStatement(db, /^\s*INSERT INTO rollup_minute/, () => Promise.reject(new Error('killed')));
  await expect(recomputeDirty(crashing.maintenance, minuteRollup, { isShared: true })).rejects.toThrow('killed');
  expect(await recomputeDirty(db.maintenance, minuteRollup, { isShared: true })).toMatchObject({ buckets: 1 });
});

test.each([
  ['many minutes at once while that is quick', 0, 4],
  ['120 minutes at once while that is slow', 1_000, 13],
])('a backfill is recomputed %s', async (_speed, msPerStatement, statements) => {
  const minutesAgo = (count: number): string => new Date(noon - count * minute).toISOString();
  await writer.write(Array.from({ length: 1_500 }, (_, index) => recentPost({ id: `${index}`, createdAt: minutesAgo(index) })));
  let now = Date.now();
  let recomputations = 0;
  const count = (): Promise<void> => {
    recomputations += 1;
    now += msPerStatement;
    return Promise.resolve();
  };
  const counting = afterStatement(db, /^\s*INSERT INTO rollup_minute/, count, false);
  const shared = { db: counting, clock: { sleep: systemClock.sleep, now: () => now }, log: quiet, metrics: createMetrics() };
  await createRollups(shared).catchUp();
  expect(recomputations).toBe(statements);
  expect(await queryRows(db, "SELECT toUInt32(sum(positive)) AS posts FROM rollup_minute FINAL WHERE brand = '*'")).toEqual([
    { posts: 1_500 },
  ]);
});

test('a stale group that a slower process leaves behind is detected and recomputed', async () => {
  await writer.write([recentPost()]);
  // The other process read the rows earlier, when they named a brand that ours did not see any more, and writes later.
  const stale =
    'INSERT INTO rollup_minute (minute, brand, positive, version) SETTINGS async_insert = 0 ' +
    `VALUES ('${asDateTime(at(0))}', 'Stale', 5, '${asDateTime(at(1))}')`;
  const raced = afterStatement(db, /^\s*INSERT INTO rollup_minute/, () => db.writer.command({ query: stale }));
  await recomputeDirty(raced.maintenance, minuteRollup, { isShared: true });
  expect(await minutes()).toContainEqual({ brand: 'Stale', volume: 5 });
  await rollups.catchUp();
  expect(await minutes()).toEqual([
    { brand: '*', volume: 1 },
    { brand: 'Kestrel', volume: 1 },
    { brand: 'Stale', volume: 0 },
  ]);
});

test('after a storm of posts, edits, deletions and replays the rollups hold what a plain model holds', async () => {
  const random = createRandom(20_261_101);
  const model = createModel();
  const write = async (batch: ScoredPost[]) => {
    model.write(batch);
    await writer.write(batch);
  };
  rollups.start();
  for (let round = 0; round < 25; round++) {
    const batch = Array.from({ length: 1 + Math.floor(random() * 60) }, () => anyPost(random));
    await write(batch);
    if (random() < 0.3) await write(batch.slice(5));
    if (random() < 0.3) await rollups.catchUp();
  }
  await rollups.stop();
  await rollups.catchUp();
  const byMinute = await storedCounts(db, 'minute', 'rollup_minute', 'minute, brand');
  expect(byMinute).toEqual(model.figures((at, _post, brand) => [floorTo(at, minute), brand]));
  const byQuarter = await storedCounts(db, 'bucket', 'rollup_15m', 'bucket, brand, platform, lang');
  expect(byQuarter).toEqual(model.figures((at, post, brand) => [floorTo(at, 15 * minute), brand, post.platform, post.lang]));
  expect(byMinute.size).toBeGreaterThan(100);
});

const floorTo = (at: number, span: number) => (at - (at % span)) / 1_000;

function anyPost(random: () => number): ScoredPost {
  // The lists below are never empty.
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const label = pick<StoredLabel>([...labels, 'unscored']);
  return recentPost({
    id: `${Math.floor(random() * 150)}`,
    platform: pick(['chirper', 'pictogram']),
    createdAt: new Date(noon + Math.floor(random() * 40 * minute)).toISOString(),
    updatedAt: new Date(noon + Math.floor(random() * 20) * minute).toISOString(),
    deleted: random() < 0.15,
    lang: pick(['en', 'de', 'und']),
    brands: ['Kestrel', 'Marlow', "O'Hare & Søn", '猫屋'].filter(() => random() < 0.4),
    label,
    score: label === 'unscored' ? 0 : Math.fround(random() * 2 - 1),
    author: { id: `author ${Math.floor(random() * 30)}` },
    engagement: { likes: Math.floor(random() * 1_000), reposts: Math.floor(random() * 10), replies: 0 },
  });
}

/** What the tables should say, in twenty lines of plain TypeScript. */
function createModel() {
  const posts = new Map<string, { at: number; post: ScoredPost }>();
  const rank = (post: ScoredPost) => Date.parse(post.updatedAt) * 2 + Number(post.deleted);
  return {
    write: (batch: ScoredPost[]) => {
      for (const post of batch) {
        const key = JSON.stringify([post.platform, post.id]);
        const known = posts.get(key);
        if (!known) posts.set(key, { at: Date.parse(post.createdAt), post });
        else if (rank(post) >= rank(known.post)) known.post = post;
      }
    },
    figures: (keyOf: (at: number, post: ScoredPost, brand: string) => unknown[]) => {
      const groups = new Map<string, ScoredPost[]>();
      for (const { at, post } of posts.values()) {
        if (post.deleted) continue;
        for (const brand of ['*', ...post.brands]) {
          const key = JSON.stringify(keyOf(at, post, brand));
          groups.set(key, [...(groups.get(key) ?? []), post]);
        }
      }
      return new Map([...groups].map(([key, group]) => [key, referenceCounts(group)]));
    },
  };
}

/** The database, with something happening right after the first statement that matches. */
function afterStatement(database: Database, pattern: RegExp, happening: () => Promise<unknown>, isOnce = true): Database {
  let armed = true;
  const intercept = async <T>(query: string, running: Promise<T>): Promise<T> => {
    const result = await running;
    if (armed && pattern.test(query)) {
      armed = !isOnce;
      await happening();
    }
    return result;
  };
  const maintenance = new Proxy(database.maintenance, {
    get: (client, name) => {
      if (name === 'command') return (params: Parameters<typeof client.command>[0]) => intercept(params.query, client.command(params));
      if (name === 'query') return (params: Parameters<typeof client.query>[0]) => intercept(params.query, client.query(params));
      return Reflect.get(client, name);
    },
  });
  return { ...database, maintenance };
}

/** Makes everything that was computed so far look as if the server's clock had been an hour ahead then, and set back since. */
async function setClockBack(): Promise<void> {
  const later = (column: string) => `${column} + INTERVAL 1 HOUR AS ${column}`;
  const marks =
    'SELECT minute, max(marked_at) AS marked_at, max(rollup_minute_done) AS rollup_minute_done, max(rollup_15m_done) AS rollup_15m_done';
  const columns = ['marked_at', 'rollup_minute_done', 'rollup_15m_done'].map(later).join(', ');
  await db.writer.command({
    query: `INSERT INTO rollup_dirty_minutes SELECT minute, ${columns} FROM (${marks} FROM rollup_dirty_minutes GROUP BY minute)`,
  });
  for (const table of ['rollup_minute', 'rollup_15m'])
    await db.writer.command({ query: `INSERT INTO ${table} SELECT * REPLACE (version + INTERVAL 1 HOUR AS version) FROM ${table} FINAL` });
}

test('a clock that is set back delays no rollup', async () => {
  await writer.write([recentPost()]);
  await rollups.catchUp();
  await setClockBack();
  await writer.write([recentPost({ id: 'late' }), recentPost({ id: 'later', createdAt: at(3) })]);
  await rollups.catchUp();
  const all = (table: string) =>
    queryRows(db, `SELECT toUInt32(sum(negative + neutral + positive + unscored)) AS volume FROM ${table} FINAL WHERE brand = '*'`);
  expect([await all('rollup_minute'), await all('rollup_15m')]).toEqual([[{ volume: 3 }], [{ volume: 3 }]]);
});

test.each([3_600_000, -3_600_000])('the system clock jumps by %i ms with every look at it: the pauses stay short', async (step) => {
  let jumps = 0;
  const pauses: number[] = [];
  const clock: Clock = {
    now: () => Date.now() + step * ++jumps,
    monotonic: () => performance.now(),
    sleep: (ms, signal) => {
      pauses.push(ms);
      return systemClock.sleep(20, signal);
    },
  };
  await writer.write([recentPost({ brands: ['Marlow'] })]);
  const stepping = createRollups({ db, clock, log: quiet, metrics: createMetrics() });
  stepping.start();
  await expect.poll(minutes, { timeout: 10_000 }).toHaveLength(2);
  await stepping.stop();
  expect(Math.min(...pauses)).toBeGreaterThan(0);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
});
