import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { type Database, openDatabase } from '../../../src/sink/client/connection.ts';
import { createCursorStore } from '../../../src/sink/writer/cursor-store.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

let db: Database;
let dataDir: string;
const { clickhouse } = configSchema.parse({});

beforeAll(async () => {
  ({ db, dataDir } = await openTestDatabase());
});
afterAll(async () => {
  await db.close();
  await rm(dataDir, { recursive: true, force: true });
});

const open = (source: string, now = systemClock.now) => createCursorStore({ db, clock: { ...systemClock, now }, log: quiet }, source);

test('a cursor survives closing and reopening the database', async () => {
  expect(await open('chirper').load()).toBeUndefined();
  await open('chirper').save('1795859696000001');
  await open('pictogram').save('{"home":"114"}');
  await db.close();
  db = await openDatabase({ clickhouse, dataDir, log: quiet });
  expect(await open('chirper').load()).toBe('1795859696000001');
  expect(await open('pictogram').load()).toBe('{"home":"114"}');
});

test('the cursor saved last wins, also when the clock was set back or stands still', async () => {
  const early = () => Date.UTC(2026, 10, 1);
  const store = open('clock', () => Date.UTC(2026, 10, 2));
  await Promise.all([store.save('1'), store.save('2'), store.save('3')]);
  expect(await store.load()).toBe('3');
  const restarted = open('clock', early);
  await restarted.save('4');
  await restarted.save('5');
  expect(await open('clock', early).load()).toBe('5');
  await db.writer.command({ query: 'OPTIMIZE TABLE source_cursors FINAL' });
  expect(await queryRows(db, "SELECT cursor FROM source_cursors WHERE source = 'clock'")).toEqual([{ cursor: '5' }]);
});

test('hostile names and cursors come back exactly', async () => {
  const nasty = "'; DROP TABLE source_cursors; --\n\u0000{name:String}";
  await open(nasty).save(nasty);
  expect(await open(nasty).load()).toBe(nasty);
});

test('a save whose outcome is unknown is repeated', async () => {
  let failures = 2;
  const writer = new Proxy(db.writer, {
    get: (client, name) => {
      if (name !== 'command') return Reflect.get(client, name);
      return async (params: Parameters<typeof client.command>[0]) => {
        const result = await client.command(params);
        if (failures-- > 0) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
        return result;
      };
    },
  });
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  await createCursorStore({ db: { ...db, writer }, clock, log: quiet }, 'unsure').save('7');
  expect(await open('unsure').load()).toBe('7');
  expect(failures).toBe(-1);
});
