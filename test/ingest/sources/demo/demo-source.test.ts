import { beforeEach, expect, test } from 'vitest';
import { configSchema, type DemoConfig } from '../../../../src/config/schema.ts';
import type { Emit } from '../../../../src/domain/ackable-batch.ts';
import type { Post, SourceRecord } from '../../../../src/domain/post.ts';
import { createBrandMatcher } from '../../../../src/ingest/brands/brand-matcher.ts';
import { demoBrands } from '../../../../src/ingest/sources/demo/demo-brands.ts';
import { createDemoSource } from '../../../../src/ingest/sources/demo/demo-source.ts';
import { interestAt, lastCrisis, postTimes } from '../../../../src/ingest/sources/demo/scenarios.ts';
import type { Clock } from '../../../../src/lib/clock.ts';
import { collectLetters } from '../../field-samples.ts';

const minute = 60_000;
const config = configSchema.parse({ demo: { backfill: '30m', rate: 1 } }).demo;
const startedAt = Date.parse('2026-03-02T18:00:20Z');

let posts: Post[];
const emit: Emit<SourceRecord> = ({ items, ack }) => {
  posts.push(...items.map(({ post }) => post));
  ack();
};

beforeEach(() => {
  posts = [];
});

/** Runs the source from `start` for `length` ms of a clock that advances only while the source sleeps. */
async function run(
  start: number,
  length: number,
  stored: ReadonlyMap<number, number> = new Map(),
  demo: DemoConfig = config,
): Promise<Post[]> {
  const stop = new AbortController();
  let now = start;
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      // Lets the backfill run, as a real clock would.
      await new Promise((resolve) => setImmediate(resolve));
      if (now >= start + length) stop.abort();
    },
  };
  posts = [];
  await createDemoSource({ name: 'demo', config: demo, clock, stored, deadLetters: collectLetters() }).run(emit, stop.signal);
  return posts;
}

const idsOf = (some: readonly Post[]): string[] => some.map(({ id }) => id).sort();
const writtenAt = ({ createdAt }: Post): number => Date.parse(createdAt);
const minuteOf = (time: number): number => Math.floor(time / minute);
const isBefore = (time: number) => (post: Post) => Date.parse(post.createdAt) < time;

/** Posts of each minute, as the database counts them. */
function countByMinute(some: readonly Post[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const post of some) {
    const start = Math.floor(Date.parse(post.createdAt) / minute) * minute;
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  return counts;
}

test('emits live posts at once and backfills the time before its start', async () => {
  const all = await run(startedAt, 2 * minute);
  const history = all.filter(isBefore(startedAt));
  const live = all.filter((post) => !isBefore(startedAt)(post));
  const hours = history.map((post) => Date.parse(post.createdAt));
  expect(Math.min(...hours)).toBeGreaterThanOrEqual(startedAt - 30 * minute);
  expect(history.length / live.length).toBeGreaterThan(10);
  expect(history.length / live.length).toBeLessThan(20);
  expect(new Set(idsOf(all)).size).toBe(all.length);
});

test('a later backfill repeats the live posts', async () => {
  const live = (await run(startedAt, 2 * minute)).filter((post) => !isBefore(startedAt)(post) && isBefore(startedAt + minute)(post));
  const filled = (await run(startedAt + 5 * minute, minute)).filter(
    (post) => !isBefore(startedAt)(post) && isBefore(startedAt + minute)(post),
  );
  expect(live.length).toBeGreaterThan(10);
  expect(idsOf(filled)).toEqual(idsOf(live));
  expect(filled.map(({ text }) => text).sort()).toEqual(live.map(({ text }) => text).sort());
});

test('a second start fills only what is missing', async () => {
  const before = await run(startedAt, minute);
  const stored = countByMinute(before);
  const lost = [...stored.keys()].filter((_, index) => index % 7 === 3);
  for (const start of lost) stored.delete(start);
  const again = (await run(startedAt + 3 * minute, minute, stored)).filter(isBefore(startedAt));
  const expected = before.filter(isBefore(startedAt)).filter((post) => lost.some((start) => countByMinute([post]).has(start)));
  // The oldest minutes have left the backfill range meanwhile.
  const reach = (post: Post): boolean => !isBefore(startedAt + 3 * minute - 30 * minute)(post);
  expect(idsOf(again)).toEqual(idsOf(expected.filter(reach)));
});

test('backfills the newest posts first', async () => {
  const history = (await run(startedAt, minute)).filter(isBefore(startedAt)).map((post) => Date.parse(post.createdAt));
  expect(history).toEqual([...history].sort((a, b) => b - a));
});

test('backfills the last crisis first, in chronological order, with posts of its brand and three hours of baseline', async () => {
  const day = { ...config, backfill: '24h', rate: 0.1 };
  const crisis = lastCrisis(day.seed, startedAt);
  const history = (await run(startedAt, 5 * minute, undefined, day)).filter(isBefore(startedAt - 6 * minute));
  const { match } = createBrandMatcher(demoBrands);
  const next = history.findIndex(({ text }) => match(text).join() !== crisis.brand);
  const itsPosts = history.slice(0, next).map(writtenAt);
  const [first = 0] = itsPosts;
  expect(first).toBeGreaterThanOrEqual(crisis.from - 195 * minute);
  expect(first).toBeLessThan(crisis.from - 165 * minute);
  expect(itsPosts.map(minuteOf)).toEqual(itsPosts.map(minuteOf).sort((a, b) => a - b));
  expect(itsPosts.filter((time) => time >= crisis.from).length).toBeGreaterThan(100);
  expect(Math.max(...itsPosts)).toBeGreaterThan(Math.min(crisis.to, startedAt) - 20 * minute);
});

test('backfills the previous crisis first while the last one is too young', async () => {
  const day = { ...config, backfill: '24h', rate: 0.1 };
  const young = lastCrisis(day.seed, startedAt);
  const before = lastCrisis(day.seed, young.from - minute);
  const orderAt = async (start: number): Promise<number> => {
    const history = (await run(start, 5 * minute, undefined, day)).filter(isBefore(start - 6 * minute));
    return history.map(writtenAt)[0] ?? 0;
  };
  expect(await orderAt(young.from + 10 * minute)).toBeLessThan(before.from - 165 * minute);
  expect(await orderAt(young.from + 20 * minute)).toBeGreaterThan(before.to);
});

test('then backfills the other posts of the crisis hours, then the rest, newest first', async () => {
  const day = { ...config, backfill: '24h', rate: 0.1 };
  const crisis = lastCrisis(day.seed, startedAt);
  const baselineFrom = Math.floor((crisis.from - 180 * minute) / (15 * minute)) * 15 * minute;
  const all = await run(startedAt, 5 * minute, undefined, day);
  const history = all.filter(isBefore(startedAt - 6 * minute));
  const { match } = createBrandMatcher(demoBrands);
  const others = history.slice(history.findIndex(({ text }) => match(text).join() !== crisis.brand));
  const isOfHours = (post: Post): boolean => writtenAt(post) >= baselineFrom && minuteOf(writtenAt(post)) * minute < crisis.to;
  const rest = others.filter((post) => !isOfHours(post));
  const missing = others.filter(isOfHours);
  expect(others.slice(0, missing.length)).toEqual(missing);
  expect(missing.some(({ text }) => match(text).join() === crisis.brand)).toBe(false);
  for (const some of [missing, rest]) expect(some.map(writtenAt)).toEqual(some.map(writtenAt).sort((a, b) => b - a));
  expect(new Set(idsOf(all)).size).toBe(all.length);
});

test('evenings are busier than nights', () => {
  const hours = (first: number, last: number): number => {
    const minutes = Array.from({ length: (last - first) * 60 }, (_, index) => Date.UTC(2026, 4, 6, first, index));
    return minutes.reduce((sum, start) => sum + postTimes(config, start).length, 0);
  };
  expect(hours(17, 21)).toBeGreaterThan(2 * hours(1, 5));
});

test('interest in coffee peaks in the morning, in films in the evening', () => {
  const at = (hour: number): number => Date.UTC(2026, 4, 6, hour);
  expect(interestAt('morning', at(8))).toBeGreaterThan(2 * interestAt('morning', at(20)));
  expect(interestAt('evening', at(20))).toBeGreaterThan(2 * interestAt('evening', at(8)));
});

test.each([60 * minute, -60 * minute])('the clock is set by %i ms: posts go on at the usual rate, dated by the new time', async (step) => {
  const stop = new AbortController();
  let elapsed = 0;
  const length = 4 * minute;
  const isStepped = (): boolean => elapsed >= length / 2;
  const clock: Clock = {
    now: () => startedAt + elapsed + (isStepped() ? step : 0),
    monotonic: () => elapsed,
    sleep: async (ms) => {
      elapsed += ms;
      await new Promise((resolve) => setImmediate(resolve));
      if (elapsed >= length) stop.abort();
    },
  };
  await createDemoSource({
    name: 'demo',
    config: { ...config, backfill: '0s' },
    clock,
    stored: new Map(),
    deadLetters: collectLetters(),
  }).run(emit, stop.signal);
  const steppedAt = startedAt + length / 2;
  const before = posts.filter((post) => writtenAt(post) >= startedAt && writtenAt(post) < steppedAt);
  const after = posts.filter((post) => writtenAt(post) >= steppedAt + step && writtenAt(post) < steppedAt + step + length / 2);
  expect(before.length + after.length).toBe(posts.length);
  expect(after.length / before.length).toBeGreaterThan(0.5);
  expect(after.length / before.length).toBeLessThan(2);
});
