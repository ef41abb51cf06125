import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/sink/client/connection.ts';
import { openTestDatabase, rowsOf } from '../../support/test-database.ts';

let db: Database;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
});
afterAll(() => remove());

const columns = 'quarter, brand, platform, lang, negative, positive, weight_negative, weight_positive, authors, version';
const row = (negative: number, version: string) =>
  `SELECT toDateTime('2026-11-01 10:15:00', 'UTC'), 'Kestrel', 'chirper', 'en', ${negative}, 1, ${2 * negative}, 4,
    (SELECT uniqCombined64State(14)(toString(number)) FROM numbers(3)), toDateTime64('${version}', 6, 'UTC')`;

test('figures by quarter-hour move into their new table, once, and what is newer there stays', async () => {
  const file = new URL('../../../src/sink/migrations/0005-rollup-history.sql', import.meta.url);
  const statements = (await readFile(file, 'utf8')).split(/;[ \t]*$/m).filter((text) => text.trim());
  const migrate = async () => {
    for (const query of statements) await db.writer.command({ query });
  };
  const moved = () =>
    rowsOf(db, 'SELECT toUInt8(negative) AS negative, weight_squares, finalizeAggregation(authors) AS authors FROM rollup_history FINAL');
  await db.writer.command({ query: `INSERT INTO rollup_quarter (${columns}) ${row(2, '2026-11-01 10:16:00')}` });
  await db.writer.command({ query: `INSERT INTO rollup_quarter (${columns}) ${row(3, '2026-11-01 10:17:00')}` });
  await migrate();
  // Four posts weigh ten together: as if each weighed 2.5.
  expect(await moved()).toEqual([{ negative: 3, weight_squares: 25, authors: 3 }]);
  await migrate();
  expect(await moved()).toHaveLength(1);
  await db.writer.command({ query: `INSERT INTO rollup_history (${columns}) ${row(9, '2026-11-01 10:18:00')}` });
  await migrate();
  expect(await moved()).toMatchObject([{ negative: 9 }]);
});
