import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Label, ScoredPost } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import {
  applyCorrection,
  countCorrectable,
  markRecentCorrectionsDirty,
  type Selection,
} from '../../../src/sink/maintenance/corrections.ts';
import { type ErasureTarget, erase } from '../../../src/sink/maintenance/erase.ts';
import { createErasureList } from '../../../src/sink/maintenance/erasure-list.ts';
import { reapplyBrands } from '../../../src/sink/maintenance/reapply-brands.ts';
import { markRange } from '../../../src/sink/queries/rollups.ts';
import { sampleScored } from '../../../src/sink/queries/samples.ts';
import { findPostKeys } from '../../../src/sink/queries/search.ts';
import { createRollups, type Rollups, waitForRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter, type Writer } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

const minute = 60_000;
const day = 1_440 * minute;
const noon = Math.floor(Date.now() / day) * day - day / 2;
const at = (minutes: number): string => new Date(noon + minutes * minute).toISOString();
const post = (given: Partial<ScoredPost> = {}): ScoredPost =>
  scoredPost({ createdAt: at(0), updatedAt: given.createdAt ?? at(0), ...given });
const seconds = { from: noon / 1_000 - 3_600, to: noon / 1_000 + 7_200 };
const range = { from: noon - 60 * minute, to: noon + 120 * minute, brand: '*' };
const silent = (): void => {};

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
afterAll(() => remove());
beforeEach(async () => {
  const tables = ['posts', 'post_first_seen', 'scores', 'corrections', 'erasures', 'rollup_dirty_minutes', 'rollup_minute', 'rollup_15m'];
  for (const table of tables) await db.writer.command({ query: `TRUNCATE TABLE ${table}` });
});

const counts = async (brand = '*') =>
  queryRows(
    db,
    `SELECT toUInt32(sum(negative)) AS negative, toUInt32(sum(neutral)) AS neutral, toUInt32(sum(positive)) AS positive,
      round(sum(score_sum), 3) AS score FROM rollup_15m FINAL WHERE brand = {brand:String}`,
    { brand },
  );
const say = (posts: Selection, label: Label | undefined, expected?: number) =>
  applyCorrection(db, { posts, label, by: 'ines', reason: "it's irony", expected });
const one = { platform: 'chirper', id: '1' };

test('a correction counts in place of the label of the model, which stays beside it', async () => {
  await writer.write([post(), post({ id: '2' })]);
  await rollups.catchUp();
  expect(await say(one, 'negative')).toBe(1);
  await rollups.catchUp();
  expect(await counts()).toEqual([{ negative: 1, neutral: 0, positive: 1, score: -0.4 }]);
  expect(
    await queryRows(
      db,
      'SELECT id, label, model_label, correction, corrected_by, correction_reason FROM effective_posts ORDER BY id LIMIT 1',
    ),
  ).toEqual([
    { id: '1', label: 'negative', model_label: 'positive', correction: 'negative', corrected_by: 'ines', correction_reason: "it's irony" },
  ]);
});

test('drivers and a search by label go by the corrections', async () => {
  await writer.write([post(), post({ id: '2' }), post({ id: '3', label: 'unscored' })]);
  await say(one, 'negative');
  await say({ platform: 'chirper', id: '3' }, 'neutral');
  const bounds = { ...seconds, fromMs: range.from, toMs: range.to, limit: 10, threshold: 2 ** 32 };
  const sampled: string[] = [];
  for await (const rows of sampleScored(db.reader, { brand: '*' }, bounds)) sampled.push(...rows.map(({ id, label }) => id + label));
  expect(sampled.sort()).toEqual(['1negative', '2positive', '3neutral']);
  const before = { createdAtMs: range.to, platform: '', id: '' };
  const selection = { brand: '*', label: 'negative', fromMs: range.from, toMs: range.to } as const;
  expect(await findPostKeys(db.reader, selection, { sort: 'time', limit: 10, before })).toMatchObject([{ id: '1' }]);
});

test('a correction outlives second copies, edits and other scores, and a deletion outlives the correction', async () => {
  await writer.write([post()]);
  await say(one, 'neutral');
  await writer.write([post(), post({ updatedAt: at(5), text: 'edited', label: 'negative', score: -0.9, modelVersion: 'm2' })]);
  await rollups.catchUp();
  expect(await counts()).toEqual([{ negative: 0, neutral: 1, positive: 0, score: 0 }]);
  await writer.write([post({ updatedAt: at(6), deleted: true, text: '' })]);
  await rollups.catchUp();
  expect(await counts()).toEqual([{ negative: 0, neutral: 0, positive: 0, score: 0 }]);
});

test('a correction can be removed and added again, and the latest wins', async () => {
  await writer.write([post()]);
  for (const label of ['negative', 'neutral', 'negative'] as const) await say(one, label);
  expect(await say(one, undefined)).toBe(1);
  expect(await say(one, undefined)).toBe(0);
  await rollups.catchUp();
  expect(await counts()).toEqual([{ negative: 0, neutral: 0, positive: 1, score: 0.6 }]);
  await say(one, 'negative');
  await rollups.catchUp();
  expect(await counts()).toEqual([{ negative: 1, neutral: 0, positive: 0, score: -1 }]);
});

test('a filter corrects what it finds, and nothing when it finds another number than expected', async () => {
  await writer.write([
    post({ id: 'a', text: 'Kettle: ÄRGER!' }),
    post({ id: 'b', text: 'kettle, no Ärger', brands: ['Marlow'] }),
    post({ id: 'c', text: 'kettle' }),
    post({ id: 'd', text: 'ärger', createdAt: at(200) }),
  ]);
  const filter = { ...range, text: 'ärger', brand: 'Kestrel' };
  expect(await countCorrectable(db, { posts: filter, label: 'negative' })).toBe(1);
  await expect(say(filter, 'negative', 2)).rejects.toMatchObject({ code: 'USAGE' });
  expect(await say({ ...filter, brand: '*' }, 'negative', 2)).toBe(2);
  await rollups.catchUp();
  expect(await counts()).toEqual([{ negative: 2, neutral: 0, positive: 2, score: -0.8 }]);
  expect(await say({ ...range, label: 'negative' }, 'neutral')).toBe(2);
});

test('a correction whose process died before it was marked counts with the next start', async () => {
  await writer.write([post()]);
  await rollups.catchUp();
  const maintenance = beforeStatement(db.maintenance, /^INSERT INTO rollup_dirty_minutes/, () => Promise.reject(new Error('killed')));
  await expect(applyCorrection({ ...db, maintenance }, { posts: one, label: 'negative', by: '', reason: '' })).rejects.toThrow('killed');
  await rollups.catchUp();
  expect(await counts()).toMatchObject([{ negative: 0 }]);
  await markRecentCorrectionsDirty(db);
  await rollups.catchUp();
  expect(await counts()).toMatchObject([{ negative: 1 }]);
});

test('other brand rules are applied to a range, and the figures follow', async () => {
  await writer.write([
    post({ text: 'kettle' }),
    post({ id: '2', text: 'toaster', createdAt: at(3) }),
    post({ id: 'x', createdAt: at(300) }),
  ]);
  await rollups.catchUp();
  const matcher = { hash: 'b2', match: (text: string) => (text === 'toaster' ? ['Marlow', "O'Hare"] : []) };
  const steps: number[] = [];
  expect(await reapplyBrands({ db, clock: systemClock, matcher }, seconds, (done) => void steps.push(done))).toBe(2);
  expect(steps.at(-1)).toBeGreaterThan(0);
  await rollups.catchUp();
  expect(await queryRows(db, 'SELECT id, brands, brands_hash FROM posts FINAL ORDER BY id')).toEqual([
    { id: '1', brands: [], brands_hash: 'b2' },
    { id: '2', brands: ['Marlow', "O'Hare"], brands_hash: 'b2' },
    { id: 'x', brands: ['Kestrel'], brands_hash: 'b1' },
  ]);
  const volume = (brand: string) => counts(brand).then(([row]) => (row as { positive: number }).positive);
  expect([await volume('*'), await volume('Kestrel'), await volume('Marlow'), await volume("O'Hare")]).toEqual([3, 1, 1, 1]);
  expect(await reapplyBrands({ db, clock: systemClock, matcher }, seconds, silent)).toBe(0);
});

/** A connection on which something happens right before the first statement that matches. */
function beforeStatement(client: Database['writer'], pattern: RegExp, happening: () => Promise<unknown>): Database['writer'] {
  let armed = true;
  return new Proxy(client, {
    get: (target, name) => {
      if (name !== 'command') return Reflect.get(target, name);
      return async (params: Parameters<typeof target.command>[0]) => {
        if (armed && pattern.test(params.query)) {
          armed = false;
          await happening();
        }
        return target.command(params);
      };
    },
  });
}

test('an edit that comes while brands are matched anew keeps its own', async () => {
  await writer.write([post({ text: 'kettle' })]);
  const edit = () => writer.write([post({ text: 'toaster', updatedAt: at(5), brands: ['Marlow'], brandsHash: 'b2' })]);
  const maintenance = beforeStatement(db.maintenance, /^\s*INSERT INTO posts/, edit);
  const matcher = { hash: 'b2', match: () => ['Heron'] };
  await reapplyBrands({ db: { ...db, maintenance }, clock: systemClock, matcher }, seconds, silent);
  expect(await queryRows(db, 'SELECT text, brands FROM posts FINAL')).toEqual([{ text: 'toaster', brands: ['Marlow'] }]);
});

test('a rebuild computes a range anew whatever stood there', async () => {
  await writer.write([post(), post({ id: '2', createdAt: at(20) })]);
  await rollups.catchUp();
  await db.writer.command({ query: 'ALTER TABLE rollup_15m DELETE WHERE true SETTINGS mutations_sync = 1' });
  await markRange(db.maintenance, seconds);
  const steps: [number, number][] = [];
  await waitForRollups({ db, clock: systemClock, catchUp: rollups.catchUp }, seconds, (done, total) => void steps.push([done, total]));
  expect(await counts()).toEqual([{ negative: 0, neutral: 0, positive: 2, score: 1.2 }]);
  expect(steps.at(-1)).toEqual([2, 2]);
});

const doom = (doomed: Partial<ErasureTarget>) =>
  erase({ client: db.maintenance, clock: systemClock }, { kind: 'post', ...one, ...doomed }, silent);
const left = (id: string) =>
  Promise.all(
    ['posts', 'scores', 'corrections', 'post_first_seen'].map(async (table) => {
      const [row] = await queryRows<{ rows: string }>(db, `SELECT toString(count()) AS rows FROM ${table} WHERE id = {id:String}`, { id });
      return row?.rows;
    }),
  );

test('an erased post leaves every table and figure, and does not come back', async () => {
  await writer.write([post(), post({ updatedAt: at(1), text: 'edited' }), post({ id: '2' })]);
  await db.writer.command({
    query: "INSERT INTO scores (created_at, platform, id, model_version, version) SELECT created_at, platform, id, 'm2', 1 FROM posts",
  });
  await say(one, 'negative');
  await rollups.catchUp();
  expect(await doom({})).toBe(1);
  await rollups.catchUp();
  expect(await left('1')).toEqual(['0', '0', '0', '0']);
  expect(await counts()).toEqual([{ negative: 0, neutral: 0, positive: 1, score: 0.6 }]);
  const again = post({ updatedAt: at(50) });
  expect(await writer.write([again, post({ id: '2' })])).toEqual({ rejected: [], skipped: [again] });
  await rollups.catchUp();
  expect([await left('1'), (await left('2'))[0] !== '0']).toEqual([['0', '0', '0', '0'], true]);
  expect(await doom({})).toBe(0);
});

test('an erased author takes along posts whose later versions do not name them, and new ones stay out', async () => {
  const author = { id: 'a1', handle: 'ann' };
  await writer.write([post({ author }), post({ id: '2', author }), post({ id: '3' }), post({ id: '4', platform: 'pictogram', author })]);
  expect(await doom({ kind: 'author', id: 'a1' })).toBe(2);
  await rollups.catchUp();
  expect(await queryRows(db, 'SELECT id FROM posts FINAL ORDER BY id')).toEqual([{ id: '3' }, { id: '4' }]);
  const { skipped } = await writer.write([post(), post({ id: '9', author }), post({ id: '10' })]);
  expect(skipped.map(({ id }) => id)).toEqual(['1', '9']);
  expect(await queryRows(db, "SELECT count() AS n FROM erasures WHERE hash LIKE '%a1%' OR hash LIKE '%chirper%'")).toEqual([
    { n: expect.anything() },
  ]);
  expect(JSON.stringify(await queryRows(db, 'SELECT * FROM erasures'))).not.toMatch(/chirper|"a1"/);
});

test('a post that is written while it is being erased is gone in the end', async () => {
  // The writer has looked before the erasure is noted, and inserts after the rows were looked for.
  const racing = beforeStatement(db.writer, /^INSERT INTO posts/, () => doom({}));
  const slow = createWriter({ db: { ...db, writer: racing }, clock: systemClock, log: quiet, metrics: createMetrics() });
  expect((await slow.write([post(), post({ id: '2' })])).skipped.map(({ id }) => id)).toEqual(['1']);
  expect(await left('1')).toEqual(['0', '0', '0', '0']);
});

test('what an erasure that was cut off has left behind goes with the next copy', async () => {
  await writer.write([post()]);
  await createErasureList(db.maintenance).add([one]);
  await writer.write([post()]);
  await rollups.catchUp();
  expect(await left('1')).toEqual(['0', '0', '0', '0']);
  expect(await counts()).toEqual([{ negative: 0, neutral: 0, positive: 0, score: 0 }]);
});
