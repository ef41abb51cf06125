import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unorderedDeliveries } from '../support/faults/deliveries.ts';
import { record, seeded, times } from '../support/faults/record.ts';
import { writeInProcess } from '../support/faults/write-in-process.ts';
import { queryFolder } from '../support/feedpulse.ts';
import { audit, cleanAudit } from '../support/ledger.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-killed-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ask = <T>(query: string): Promise<T[]> => queryFolder<T>(folder, query);

async function fileOf(posts: readonly object[]): Promise<string> {
  const file = join(folder, 'posts.ndjson');
  await writeFile(file, posts.map((post) => `${JSON.stringify(post)}\n`).join(''));
  return file;
}

test('SIGKILL at a random moment, again and again, loses no post and counts none twice', async () => {
  const { random } = seeded('engine killed');
  const kills = times(100, 5);
  const posts = unorderedDeliveries(random, kills * 600);
  const file = await fileOf(posts);
  let from = 0;
  let killed = 0;
  while (killed < kills) {
    // Other boundaries each time, as after a rebalance.
    const batch = 20 + Math.floor(random() * 180);
    const end = await writeInProcess({ folder, file, from, batch, pauseMs: 100 }, Math.floor(random() * 1_500));
    // One that came to the end unharmed begins anew: that must change nothing either.
    from = end.killed ? end.upTo : 0;
    if (end.killed) killed += 1;
  }
  const restarted = Date.now();
  await writeInProcess({ folder, file, from, batch: 1_000, settle: true });
  const recoveryMs = Date.now() - restarted;
  const found = await audit(posts, ask);
  record({ fault: 'engine killed at random', tried: killed, found, recoveryMs });
  expect(found).toEqual(cleanAudit);
});

const statements = ['post_first_seen', 'posts', 'rollup_dirty_minutes', 'rollup_minute', 'rollup_15m'];

test('SIGKILL before and after each statement of a write and of the figures leaves nothing half counted', async () => {
  const { random } = seeded('killed between steps');
  const posts = unorderedDeliveries(random, statements.length * 2 * 40);
  let tried = 0;
  for (const table of statements) {
    for (const when of ['before', 'after'] as const) {
      const soFar = posts.slice(0, (tried + 1) * 40);
      const file = await fileOf(soFar);
      const end = await writeInProcess({ folder, file, from: tried * 40, batch: 40, die: { statement: `INSERT INTO ${table} `, when } });
      expect(end.killed, `${when} ${table}`).toBe(true);
      // What was not acknowledged is delivered again, with the post before it.
      await writeInProcess({ folder, file, from: Math.max(0, tried * 40 - 1), batch: 23, settle: true });
      tried += 1;
    }
  }
  const found = await audit(posts, ask);
  record({ fault: 'killed between rows, marks and figures', tried, found });
  expect(found).toEqual(cleanAudit);
});
