import { expect, test } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { configSchema } from '../../../src/config.ts';
import { createDemoSource } from '../../../src/ingest/demo/demo-source.ts';
import { interestAt, rhythmAt } from '../../../src/ingest/demo/stories.ts';
import type { FeedItem } from '../../../src/post.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 4, 6, 15, 30);
const config = { ...configSchema.parse({}).demo, backfillPosts: 6_000 };

/** Live posts wait for ever here, so that only the history is written. */
const stoppedAt = (time: number): Clock => ({
  now: () => time,
  sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
});

async function historyOf(start: number, historyUntil?: number): Promise<FeedItem[]> {
  const items: FeedItem[] = [];
  const stop = new AbortController();
  const source = createDemoSource({ config, clock: stoppedAt(start), historyUntil });
  let last = Number.POSITIVE_INFINITY;
  const running = source.run((envelope) => {
    items.push(...envelope.items);
    last = timeOf(envelope.items.at(-1));
    envelope.settle();
  }, stop.signal);
  await expect.poll(() => last - Math.max(historyUntil ?? 0, start - day)).toBeLessThan(hour / 12);
  stop.abort();
  await running;
  return items;
}

const timeOf = (item: FeedItem | undefined) => Date.parse(item?.post.createdAt ?? '');

test('the last 24 hours fill up, newest first', async () => {
  const times = (await historyOf(now)).map(timeOf);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  expect(Math.max(...times)).toBeLessThan(now);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(now - day);
  expect(times.length).toBeGreaterThan(5_000);
});

test('a second start repeats the first, and after a stop only the gap is filled', async () => {
  const first = await historyOf(now);
  expect(await historyOf(now)).toEqual(first);
  const gap = await historyOf(now + hour, now);
  expect(Math.min(...gap.map(timeOf))).toBeGreaterThanOrEqual(now);
  const later = new Set((await historyOf(now + hour)).map(({ post }) => post.id));
  expect(first.filter((item) => timeOf(item) > now - 22 * hour).every(({ post }) => later.has(post.id))).toBe(true);
});

test('evenings are busier than nights', async () => {
  const within = (from: number, to: number) => (item: FeedItem) => {
    const ofDay = (timeOf(item) % day) / hour;
    return ofDay >= from && ofDay < to;
  };
  const items = await historyOf(now);
  expect(items.filter(within(17, 21)).length).toBeGreaterThan(2 * items.filter(within(1, 5)).length);
  expect(rhythmAt(19 * hour)).toBeGreaterThan(2 * rhythmAt(4 * hour));
});

test('coffee is talked about in the morning, films in the evening', () => {
  expect(interestAt('morning', 8 * hour)).toBeGreaterThan(2 * interestAt('morning', 20 * hour));
  expect(interestAt('evening', 20 * hour)).toBeGreaterThan(2 * interestAt('evening', 8 * hour));
});
