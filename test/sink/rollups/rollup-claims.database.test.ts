import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollupClaims, type RollupClaims } from '../../../src/sink/rollups/rollup-claims.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';

let db: Database;
let remove: () => Promise<void>;

beforeAll(async () => {
  const opened = await openTestDatabase();
  // As if other processes could use it.
  db = { ...opened.db, kind: 'server' };
  ({ remove } = opened);
});
afterAll(() => remove());
beforeEach(() => db.writer.command({ query: 'TRUNCATE TABLE rollup_claims' }));

/** Its claim expires after some seconds of the database's clock. It asks the database again after each `isOurs`. */
function createProcess(seconds = 60): RollupClaims {
  let now = 0;
  return createRollupClaims({ db, seconds, clock: { now: () => (now += seconds * 1_000) } });
}

test('the first process recomputes until it stops, and the next one takes over at once', async () => {
  const [first, second] = [createProcess(), createProcess()];
  expect([await first.isOurs(), await second.isOurs()]).toEqual([true, false]);
  await first.release();
  expect(await second.isOurs()).toBe(true);
});

test('the next process takes over once the claim of one that died has expired', async () => {
  const [first, second] = [createProcess(1), createProcess(1)];
  expect([await first.isOurs(), await second.isOurs()]).toEqual([true, false]);
  await sleep(1_100);
  expect(await second.isOurs()).toBe(true);
  // It was only stuck.
  expect([await first.isOurs(), await second.isOurs()]).toEqual([true, false]);
});

test('a claim from before the database clock was set back does not hold', async () => {
  const dead = 'INSERT INTO rollup_claims SELECT generateUUIDv4(), now64(6) - 60, now64(6) + toIntervalHour(1), now64(6)';
  await db.writer.command({ query: dead });
  expect(await createProcess().isOurs()).toBe(true);
});

test('a process renews its own claim after the database clock was set back', async () => {
  const [first, second] = [createProcess(), createProcess()];
  expect([await first.isOurs(), await second.isOurs()]).toEqual([true, false]);
  // The rows of both as they would be if the clock had been an hour ahead until now.
  const ahead = `INSERT INTO rollup_claims SELECT claimant, since + toIntervalHour(1), until + toIntervalHour(1), at + toIntervalHour(1)
    FROM rollup_claims FINAL`;
  await db.writer.command({ query: ahead });
  expect(await first.isOurs()).toBe(true);
  await second.isOurs();
  await first.release();
  expect(await second.isOurs()).toBe(true);
});

test('of two processes, only one recomputes', async () => {
  const processes = Array.from({ length: 2 }, () => {
    const metrics = createMetrics();
    return { metrics, rollups: createRollups({ db, clock: systemClock, log: quiet, metrics }) };
  });
  const writer = createWriter({ db, clock: systemClock, log: quiet, metrics: createMetrics() });
  const at = (index: number): string => new Date(Date.now() - index * 60_000).toISOString();
  for (const { rollups } of processes) rollups.start();
  for (let index = 0; index < 5; index += 1) {
    await writer.write([scoredPost({ id: `${index}`, createdAt: at(index), updatedAt: at(index) })]);
    await sleep(300);
  }
  const recomputed = () =>
    Promise.all(
      processes.map(async ({ metrics }) => (await metrics.bucketsRecomputed.get()).values.reduce((sum, { value }) => sum + value, 0)),
    );
  await expect.poll(async () => Math.max(...(await recomputed())), { timeout: 20_000 }).toBeGreaterThan(0);
  for (const { rollups } of processes) await rollups.stop();
  expect(Math.min(...(await recomputed()))).toBe(0);
});
