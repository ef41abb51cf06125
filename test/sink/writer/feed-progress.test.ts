import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAlertCounts } from '../../../src/sink/queries/alert-counts.ts';
import { createFeedProgress } from '../../../src/sink/writer/feed-progress.ts';
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
  const [here, elsewhere] = [createFeedProgress(opened.db, { now: () => now }), createFeedProgress(opened.db, { now: () => now })];
  expect(await readMaxDelay(now - 60_000)).toBe(0);
  // A late post among timely ones is no lag.
  for (const post of [at(0, 800), at(0, 3_600_000), at(0, 2_000)]) here.see(post);
  elsewhere.see(at(1, 1_200_000));
  elsewhere.see(at(1, 900_000));
  await here.store();
  expect(await readMaxDelay(now - 60_000)).toBe(800);
  await elsewhere.store();
  expect(await readMaxDelay(now - 60_000)).toBe(900_000);

  now += 30_000;
  elsewhere.see(at(1, 1_000));
  await elsewhere.store();
  expect(await readMaxDelay(now - 60_000)).toBe(1_000);
  elsewhere.see(at(2, 40 * 86_400_000)); // a backfill
  await elsewhere.store();
  expect(await readMaxDelay(now - 60_000)).toBe(1_000);
  now += 61_000;
  await elsewhere.store(); // it has seen nothing since
  expect(await readMaxDelay(now - 60_000)).toBe(0);
});
