import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ScoredPost } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { erase } from '../../../src/sink/maintenance/erase.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter, type Writer } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

let db: Database;
let remove: () => Promise<void>;
let writer: Writer;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  writer = createWriter({ db, clock: systemClock, log: quiet, metrics: createMetrics() });
});
afterAll(() => remove());
beforeEach(async () => {
  for (const table of ['posts', 'post_first_seen', 'rollup_dirty_minutes', 'rollup_15m', 'erasures', 'author_deletions'])
    await db.writer.command({ query: `TRUNCATE TABLE ${table}` });
});

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 1, 12, minute)).toISOString();

const postBy = (author: string, id: string, overrides: Partial<ScoredPost> = {}): ScoredPost =>
  scoredPost({ id, author: { id: author, handle: author, name: author }, ...overrides });

const deletionOf = (author: string, updatedAt = at(30), overrides: Partial<ScoredPost> = {}): ScoredPost =>
  scoredPost({
    id: `author:${author}`,
    author: { id: author },
    ...{ text: '', createdAt: updatedAt, updatedAt, deleted: true, deletesAuthor: true, brands: [] },
    ...{ label: 'unscored', negative: 0, neutral: 0, positive: 0, score: 0, confidence: 0, lang: 'und' },
    ...overrides,
  });

/** IDs of the posts that are not deleted. */
const visible = async (): Promise<string[]> =>
  (await queryRows<{ id: string }>(db, 'SELECT id FROM posts FINAL WHERE NOT deleted ORDER BY id')).map(({ id }) => id);

test('every stored post of the author on that platform is deleted, and no other', async () => {
  await writer.write([postBy('ines', '1'), postBy('ines', '2', { createdAt: at(7) }), postBy('tomas', '3'), scoredPost({ id: '4' })]);
  await writer.write([postBy('ines', '5', { platform: 'pictogram' })]);
  const deletion = deletionOf('ines');
  expect(await writer.write([deletion])).toEqual({ rejected: [], skipped: [deletion] });
  expect(await visible()).toEqual(['3', '4', '5']);
  expect(await queryRows(db, "SELECT text, author_name, url FROM posts FINAL WHERE id = '1'")).toEqual([
    { text: '', author_name: '', url: '' },
  ]);
});

test('the deletion has no row, no key and no erasure of its own', async () => {
  await writer.write([postBy('ines', '1')]);
  await writer.write([deletionOf('ines')]);
  const ids = (table: string) => queryRows<{ id: string }>(db, `SELECT DISTINCT id FROM ${table}`);
  expect(await ids('posts')).toEqual([{ id: '1' }]);
  expect(await ids('post_first_seen')).toEqual([{ id: '1' }]);
  expect(await queryRows(db, 'SELECT hash FROM erasures')).toEqual([]);
});

test('posts with a newer version than the deletion survive, wherever they are in the batch', async () => {
  await writer.write([postBy('ines', 'stored-newer', { updatedAt: at(45) })]);
  await writer.write([
    postBy('ines', 'before'),
    postBy('ines', 'before-newer', { createdAt: at(40) }),
    deletionOf('ines'),
    postBy('ines', 'after'),
    postBy('ines', 'after-newer', { createdAt: at(40) }),
  ]);
  expect(await visible()).toEqual(['after-newer', 'before-newer', 'stored-newer']);
});

test('a late copy of a deleted post stays deleted; a newer version is a post again', async () => {
  const post = postBy('ines', '1');
  await writer.write([post]);
  await writer.write([deletionOf('ines')]);
  await writer.write([post]);
  expect(await visible()).toEqual([]);
  await writer.write([{ ...post, updatedAt: at(31) }]);
  expect(await visible()).toEqual(['1']);
});

test('a post that arrives later than the deletion of its author is deleted, also for another process', async () => {
  await writer.write([deletionOf('ines'), deletionOf('ines', at(20)), deletionOf('tomas', at(30), { platform: 'pictogram' })]);
  const other = createWriter({ db, clock: systemClock, log: quiet, metrics: createMetrics() });
  const late = [postBy('ines', 'late'), postBy('ines', 'edited', { updatedAt: at(29) }), postBy('ines', 'newer', { createdAt: at(40) })];
  expect(await other.write([...late, postBy('tomas', 'elsewhere'), scoredPost({ id: 'nameless' })])).toEqual({ rejected: [], skipped: [] });
  expect(await visible()).toEqual(['elsewhere', 'nameless', 'newer']);
  expect(await queryRows(db, "SELECT text, author_id, author_name FROM posts FINAL WHERE id = 'late'")).toEqual([
    { text: '', author_id: 'ines', author_name: '' },
  ]);
});

test('a repeated deletion changes nothing', async () => {
  await writer.write([postBy('ines', '1')]);
  await writer.write([deletionOf('ines')]);
  const rows = () => queryRows(db, 'SELECT count() AS rows FROM posts');
  const once = await rows();
  await writer.write([deletionOf('ines'), deletionOf('ines', at(20))]);
  expect(await rows()).toEqual(once);
});

test('of several deletions of an author the newest counts', async () => {
  await writer.write([postBy('ines', '1', { updatedAt: at(25) }), postBy('tomas', '2')]);
  await writer.write([deletionOf('ines', at(20)), deletionOf('tomas', at(20)), deletionOf('ines', at(30)), deletionOf('ines', at(22))]);
  expect(await visible()).toEqual([]);
});

test('more posts than a page are deleted, and counts follow', async () => {
  const posts = Array.from({ length: 6_000 }, (_, index) =>
    postBy(index % 10 === 0 ? 'tomas' : 'ines', `${index}`, { createdAt: at(index % 50) }),
  );
  for (let start = 0; start < posts.length; start += 5_000) await writer.write(posts.slice(start, start + 5_000));
  const rollups = createRollups({ db, clock: systemClock, log: quiet, metrics: createMetrics() });
  const volume = async () => {
    await rollups.catchUp();
    return queryRows(db, "SELECT toUInt32(sum(positive)) AS positive FROM rollup_15m FINAL WHERE brand = '*'");
  };
  expect(await volume()).toEqual([{ positive: 6_000 }]);
  await writer.write([deletionOf('ines', at(59))]);
  expect(await volume()).toEqual([{ positive: 600 }]);
});

test('a deletion that names no author or has an invalid date is rejected, and deletes nothing', async () => {
  await writer.write([scoredPost({ id: '1' }), postBy('ines', '2')]);
  const { author: _, ...nameless } = deletionOf('ines');
  const undated = deletionOf('ines', at(30), { updatedAt: 'yesterday' });
  expect(await writer.write([nameless, deletionOf(''), undated, scoredPost({ id: '3' })])).toEqual({
    rejected: [nameless, deletionOf(''), undated],
    skipped: [],
  });
  expect(await visible()).toEqual(['1', '2', '3']);
});

test('an erasure of the author removes what the deletion left', async () => {
  await writer.write([postBy('ines', '1')]);
  await writer.write([deletionOf('ines')]);
  await erase({ client: db.maintenance, clock: systemClock }, { kind: 'author', platform: 'chirper', id: 'ines' }, () => {});
  expect(await queryRows(db, 'SELECT id FROM posts')).toEqual([]);
  await expect.poll(() => queryRows(db, 'SELECT author FROM author_deletions')).toEqual([]);
});
