import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAlertCounts } from '../../../src/sink/queries/alert-counts.ts';
import { createPartitionDelays } from '../../../src/sink/writer/partition-delays.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase } from '../../support/test-database.ts';

const start = Date.now() - 60_000;
let now = start;
const clock = { now: () => now };
let opened: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.remove());

const at = (partition: number, agoMs: number) =>
  scoredPost({ createdAt: new Date(now - agoMs).toISOString(), position: { topic: 'posts', partition, offset: '1' } });

test('the slowest part of the feed counts, by the most recent of its posts; what has not been heard of lately does not', async () => {
  const { readMaxDelay } = createAlertCounts(opened.db.reader);
  const [here, elsewhere] = [createPartitionDelays(opened.db, { clock }), createPartitionDelays(opened.db, { clock })];
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

const hour = 3_600_000;

test.each([hour, -hour])(
  'after the clock was set by %i ms, new delays replace those from before, and silent partitions hold nothing up',
  async (step) => {
    const { readMaxDelay, readActivity } = createAlertCounts(opened.db.reader);
    const progress = createPartitionDelays(opened.db, { clock, clockOffsets: () => [0, -step] });
    now += 120_000;
    for (const partition of [0, 1]) progress.record(at(partition, 500));
    await progress.flush();
    expect(await readMaxDelay(now - 60_000)).toBe(500);
    now += step;
    progress.onClockStep(step);
    await progress.flush();
    expect(await readMaxDelay(now - 60_000)).toBe(500 + step);
    // The posts go by the right time, the clock does not; partition 1 is silent.
    const before = await readActivity();
    now += 15_000;
    progress.record(at(0, 700 + step));
    await progress.flush();
    expect(await readActivity()).toBeGreaterThan(before);
    expect(await readMaxDelay(now - 60_000)).toBe(700 + step);
    now -= step;
  },
);

test('a post from the future is no negative delay as long as the clock was not set back', async () => {
  const { readMaxDelay } = createAlertCounts(opened.db.reader);
  const progress = createPartitionDelays(opened.db, { clock });
  now += 120_000;
  progress.record(at(7, -600_000));
  await progress.flush();
  expect(await readMaxDelay(now - 60_000)).toBe(0);
});

test('a process that starts after the clock was set back replaces what the one before it stored', async () => {
  const { readMaxDelay } = createAlertCounts(opened.db.reader);
  now += 2 * hour;
  const before = createPartitionDelays(opened.db, { clock });
  before.record(at(8, hour));
  await before.flush();
  now -= hour;
  const after = createPartitionDelays(opened.db, { clock });
  after.record(at(8, 300));
  await after.flush();
  expect(await readMaxDelay(now - 60_000)).toBe(300);
});
