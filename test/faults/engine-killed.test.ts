import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { audit, cleanAudit } from '../support/audit.ts';
import { unorderedDeliveries } from '../support/faults/deliveries.ts';
import { createSeededRandom, record, repetitions } from '../support/faults/record.ts';
import { writeInProcess } from '../support/faults/write-in-process.ts';
import { queryDataDir } from '../support/feedpulse.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'feedpulse-killed-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const query = <T>(sql: string): Promise<T[]> => queryDataDir<T>(dataDir, sql);

async function writePosts(posts: readonly object[]): Promise<string> {
  const file = join(dataDir, 'posts.ndjson');
  await writeFile(file, posts.map((post) => `${JSON.stringify(post)}\n`).join(''));
  return file;
}

test('repeated SIGKILL at random times neither loses nor duplicates posts', async () => {
  const { random } = createSeededRandom('engine killed');
  const kills = repetitions(100, 5);
  const posts = unorderedDeliveries(random, kills * 600);
  const file = await writePosts(posts);
  let from = 0;
  let killed = 0;
  while (killed < kills) {
    // Different batch boundaries each time, as after a rebalance.
    const batch = 20 + Math.floor(random() * 180);
    const end = await writeInProcess({ dataDir, file, from, batch, pauseMs: 100 }, Math.floor(random() * 1_500));
    // A process that finished runs again, which must change nothing.
    from = end.killed ? end.upTo : 0;
    if (end.killed) killed += 1;
  }
  const restarted = Date.now();
  await writeInProcess({ dataDir, file, from, batch: 1_000, recompute: true });
  const recoveryMs = Date.now() - restarted;
  const result = await audit(posts, query);
  record({ fault: 'engine killed at random', attempts: killed, result, recoveryMs });
  expect(result).toEqual(cleanAudit);
});

const statements = ['post_first_seen', 'posts', 'rollup_dirty_minutes', 'rollup_minute', 'rollup_15m'];

test('SIGKILL before or after any statement of a write or a rollup leaves consistent counts', async () => {
  const { random } = createSeededRandom('killed between steps');
  const posts = unorderedDeliveries(random, statements.length * 2 * 40);
  let attempts = 0;
  for (const table of statements) {
    for (const when of ['before', 'after'] as const) {
      const soFar = posts.slice(0, (attempts + 1) * 40);
      const file = await writePosts(soFar);
      const end = await writeInProcess({
        dataDir,
        file,
        from: attempts * 40,
        batch: 40,
        killAt: { statement: `INSERT INTO ${table} `, when },
      });
      expect(end.killed, `${when} ${table}`).toBe(true);
      // Unacknowledged posts are delivered again, together with the post before them.
      await writeInProcess({ dataDir, file, from: Math.max(0, attempts * 40 - 1), batch: 23, recompute: true });
      attempts += 1;
    }
  }
  const result = await audit(posts, query);
  record({ fault: 'killed between rows, dirty minutes and rollups', attempts, result });
  expect(result).toEqual(cleanAudit);
});
