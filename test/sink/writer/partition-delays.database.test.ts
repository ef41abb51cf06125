import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAlertCounts } from '../../../src/sink/queries/alert-counts.ts';
import { createPartitionDelays } from '../../../src/sink/writer/partition-delays.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase } from '../../support/test-database.ts';

const start = Date.now() - 60_000;
let now = start;
let opened: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.remove());

const at = (partition: number, agoMs: number) =>
  scoredPost({ createdAt: new Date(now - agoMs).toISOString(), position: { topic: 'posts', partition, offset: '1' } });

test('the slowest part of the feed counts, by the most recent of its posts; what has not been heard of lately does not', async () => {
  const { readMaxDelay } = createAlertCounts(opened.db.reader);
  const [here, elsewhere] = [createPartitionDelays(opened.db, { now: () => now }), createPartitionDelays(opened.db, { now: () => now })];
  expect(await readMaxDelay(now - 60_000)).toBe(0);
  // A late post among timely ones is no lag.
  for (const post of [at(0, 800), at(0, 3_600_000), at(0, 2_000)]) here.record(post);
  elsewhere.record(at(1, 1_200_000));
  elsewhere.record(at(1, 900_000));
  await here.flush();
  expect(await readMaxDelay(now - 60_000)).toBe(800);
  await elsewhere.flush();
  expect(await readMaxDelay(now - 60_000)).toBe(900_000);

  now += 30_000;
  elsewhere.record(at(1, 1_000));
  await elsewhere.flush();
  expect(await readMaxDelay(now - 60_000)).toBe(1_000);
  elsewhere.record(at(2, 40 * 86_400_000)); // a backfill
  await elsewhere.flush();
  expect(await readMaxDelay(now - 60_000)).toBe(1_000);
  now += 61_000;
  await elsewhere.flush(); // it has seen nothing since
  expect(await readMaxDelay(now - 60_000)).toBe(0);
});
