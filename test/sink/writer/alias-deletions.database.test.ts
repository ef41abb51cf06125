import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ScoredPost } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { erase } from '../../../src/sink/maintenance/erase.ts';
import { createWriter, type Writer } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

let db: Database;
let remove: () => Promise<void>;
const createProcess = (): Writer => createWriter({ db, clock: systemClock, log: quiet, metrics: createMetrics() });

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
});
afterAll(() => remove());
beforeEach(async () => {
  for (const table of ['posts', 'post_first_seen', 'post_aliases', 'erasures'])
    await db.writer.command({ query: `TRUNCATE TABLE ${table}` });
});

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 1, 12, minute)).toISOString();
const author = { id: 'ines', handle: 'ines_k', name: 'Ines K' };
const first = scoredPost({ id: '1', author });
/** The second edit of the post, which has an ID of its own. */
const edited = scoredPost({ id: '1', author, otherIds: ['2', '3'], text: 'edited', updatedAt: at(10) });
const deletionOf = (id: string, overrides: Partial<ScoredPost> = {}): ScoredPost =>
  scoredPost({
    id,
    ...{ text: '', createdAt: at(30), updatedAt: at(30), deleted: true, brands: [] },
    ...{ label: 'unscored', negative: 0, neutral: 0, positive: 0, score: 0, confidence: 0, lang: 'und' },
    ...overrides,
  });

const visible = async (): Promise<string[]> =>
  (await queryRows<{ text: string }>(db, 'SELECT text FROM posts FINAL WHERE NOT deleted ORDER BY id')).map(({ text }) => text);

test.each(['1', '2', '3'])('a deletion of ID %s deletes the post, also by another process', async (id) => {
  await createProcess().write([first]);
  await createProcess().write([edited]);
  expect(await visible()).toEqual(['edited']);
  await createProcess().write([deletionOf(id)]);
  expect(await visible()).toEqual([]);
});

test('the deletion may come before the version that knows the ID, or with it', async () => {
  await createProcess().write([first]);
  await createProcess().write([deletionOf('3')]);
  expect(await visible()).toEqual([first.text]);
  await createProcess().write([edited]);
  expect(await visible()).toEqual([]);
  const [row] = await queryRows(db, "SELECT text, author_id, author_name, toString(label) AS label FROM posts FINAL WHERE id = '1'");
  expect(row).toEqual({ text: '', author_id: 'ines', author_name: '', label: 'unscored' });
  const other = scoredPost({ id: '11', otherIds: ['12'] });
  await createProcess().write([deletionOf('12'), other]);
  expect(await visible()).toEqual([]);
});

test('a newer version than the deletion survives, and posts of other platforms do', async () => {
  await createProcess().write([edited, { ...edited, platform: 'pictogram' }]);
  await createProcess().write([deletionOf('3', { updatedAt: at(5) })]);
  expect(await visible()).toEqual(['edited', 'edited']);
  await createProcess().write([deletionOf('3')]);
  expect(await visible()).toEqual(['edited']);
});

test('a post is erased by any of its IDs, with these, and does not come back', async () => {
  await createProcess().write([first, edited]);
  const target = { kind: 'post', platform: edited.platform, id: '3' } as const;
  expect(await erase({ client: db.maintenance, clock: systemClock }, target, () => {})).toBe(1);
  await createProcess().write([edited]);
  expect(await queryRows(db, 'SELECT id FROM posts')).toEqual([]);
  expect(await queryRows(db, 'SELECT id FROM post_aliases')).toEqual([]);
});
