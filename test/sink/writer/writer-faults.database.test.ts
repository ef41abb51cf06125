import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

let db: Database;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
});
afterAll(() => remove());
beforeEach(async () => {
  for (const table of ['posts', 'post_first_seen', 'rollup_dirty_minutes', 'rollup_minute'])
    await db.maintenance.command({ query: `TRUNCATE TABLE ${table}` });
});

const instant = { now: () => Date.now(), sleep: () => Promise.resolve() };
const tables = ['post_first_seen', 'posts', 'rollup_dirty_minutes'];
/** All of this minute: minute figures are kept for thirty days, so that a fixed date would one day yield none. */
const createdAt = new Date().toISOString();
const posts = Array.from({ length: 20 }, (_, index) => scoredPost({ id: `${index}`, createdAt }));

/** Fails the first `times` inserts into a table, before or after the real one was carried out. */
function faulty(table: string, when: 'before' | 'after', fault: Error, times = 2): Database {
  let left = times;
  const writer = new Proxy(db.writer, {
    get: (client, name) => {
      if (name !== 'command') return Reflect.get(client, name);
      return async (params: Parameters<typeof client.command>[0]) => {
        const failing = params.query.startsWith(`INSERT INTO ${table} `) && left-- > 0;
        if (failing && when === 'before') throw fault;
        const result = await client.command(params);
        if (failing) throw fault;
        return result;
      };
    },
  });
  return { ...db, writer };
}

test.each(tables.flatMap((table) => [[table, 'before'] as const, [table, 'after'] as const]))(
  'a connection that breaks at %s, %s the insert: nothing is lost, nothing counts twice',
  async (table, when) => {
    const metrics = createMetrics();
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    await createWriter({ db: faulty(table, when, reset), clock: instant, log: quiet, metrics }).write(posts);
    await createRollups({ db, clock: systemClock, log: quiet, metrics }).catchUp();
    expect(await queryRows(db, 'SELECT toUInt32(count()) AS rows FROM posts FINAL')).toEqual([{ rows: 20 }]);
    expect(await queryRows(db, "SELECT toUInt32(positive) AS positive FROM rollup_minute FINAL WHERE brand = '*'")).toEqual([
      { positive: 20 },
    ]);
    expect((await metrics.writeRetries.get()).values[0]?.value).toBeGreaterThan(0);
  },
);

test.each(tables)('write() rejects, and does not go on, when the database refuses the insert into %s', async (table) => {
  const refusal = Object.assign(new Error('Not enough privileges'), { code: '497', type: 'ACCESS_DENIED' });
  const writer = createWriter({ db: faulty(table, 'before', refusal), clock: instant, log: quiet, metrics: createMetrics() });
  await expect(writer.write(posts)).rejects.toMatchObject({ code: 'DATABASE_REJECTED', message: expect.stringContaining('ACCESS_DENIED') });
  expect(await queryRows(db, 'SELECT minute FROM rollup_dirty_minutes')).toEqual([]);
});

test('an abandoned write ends with the reason it was given', async () => {
  const stop = new AbortController();
  const down = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const clock = { now: () => Date.now(), sleep: async () => stop.abort(new Error('shutting down')) };
  const writer = createWriter({ db: faulty('posts', 'before', down, 9), clock, log: quiet, metrics: createMetrics() });
  await expect(writer.write(posts, stop.signal)).rejects.toThrow('shutting down');
});
