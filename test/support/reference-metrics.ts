import type { StoredLabel } from '../../src/domain/post.ts';

/** The fields that metrics use. */
export interface ReferencePost {
  readonly id: string;
  readonly at: number;
  readonly platform: string;
  readonly lang: string;
  readonly brands: readonly string[];
  readonly label: StoredLabel;
  readonly score: number;
  readonly likes: number;
  readonly author: string;
}

export type ReferenceGrain = 'hour' | 'day' | 'week' | 'month';

const bucketMs = 900_000;
const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The local time of a zone, as a UTC date. */
function localTime(at: number, timeZone: string): Date {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23', calendar: 'iso8601' });
  formats.set(timeZone, format);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = format
    .formatToParts(at)
    .filter(({ type }) => ['year', 'month', 'day', 'hour', 'minute', 'second'].includes(type))
    .map(({ value }) => Number(value));
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

/** A key for the bucket of a time; a repeated hour, when clocks go back, has two keys. */
function bucketKey(at: number, grain: ReferenceGrain, timeZone: string): string {
  const local = localTime(at, timeZone);
  const day = local.toISOString().slice(0, 10);
  if (grain === 'day') return day;
  if (grain === 'month') return day.slice(0, 7);
  if (grain === 'week') return new Date(Date.parse(day) - ((local.getUTCDay() + 6) % 7) * dayMs).toISOString();
  return `${day} ${local.getUTCHours()} ${Math.round((local.getTime() - at) / bucketMs)}`;
}

/** The posts of each bucket by its start, found by stepping back in 15-minute steps. */
export function referenceBuckets(
  posts: readonly ReferencePost[],
  { grain, timeZone }: { grain: ReferenceGrain; timeZone: string },
): Map<string, ReferencePost[]> {
  const buckets = new Map<string, { start: number; posts: ReferencePost[] }>();
  for (const post of posts) {
    const key = bucketKey(post.at, grain, timeZone);
    const bucket = buckets.get(key) ?? { start: findBucketStart(post.at, key, { grain, timeZone }), posts: [] };
    bucket.posts.push(post);
    buckets.set(key, bucket);
  }
  return new Map([...buckets.values()].map(({ start, posts: bucketPosts }) => [new Date(start).toISOString(), bucketPosts]));
}

function findBucketStart(at: number, key: string, { grain, timeZone }: { grain: ReferenceGrain; timeZone: string }): number {
  let start = at - (at % bucketMs);
  while (bucketKey(start - bucketMs, grain, timeZone) === key) start -= bucketMs;
  return start;
}

const engagementWeight = ({ likes }: ReferencePost): number => 1 + Math.log(1 + likes);

/** Reference implementation of the metrics. */
export function referenceMetrics(posts: readonly ReferencePost[]) {
  const withLabel = (label: StoredLabel) => posts.filter((post) => post.label === label);
  const [negative, neutral, positive, unscored] = [
    withLabel('negative'),
    withLabel('neutral'),
    withLabel('positive'),
    withLabel('unscored'),
  ];
  const scored = [...negative, ...neutral, ...positive];
  const totalWeight = (group: readonly ReferencePost[]) => group.reduce((sum, post) => sum + engagementWeight(post), 0);
  const nullIfUnscored = (value: number): number | null => (scored.length === 0 ? null : value);
  return {
    volume: posts.length,
    negative: negative.length,
    neutral: neutral.length,
    positive: positive.length,
    unscored: unscored.length,
    netSentiment: nullIfUnscored((100 * (positive.length - negative.length)) / scored.length),
    negativeShare: nullIfUnscored(negative.length / scored.length),
    neutralShare: nullIfUnscored(neutral.length / scored.length),
    positiveShare: nullIfUnscored(positive.length / scored.length),
    meanScore: nullIfUnscored(scored.reduce((sum, { score }) => sum + score, 0) / scored.length),
    weightedNetSentiment: nullIfUnscored((100 * (totalWeight(positive) - totalWeight(negative))) / totalWeight(scored)),
    authors: new Set(posts.map(({ platform, author }) => `${platform} ${author}`)).size,
  };
}

/** Bisects between an accepted and a rejected value for the bound at which a 5% z-test starts to reject. */
function bisect(inside: number, outside: number, z: (parameter: number) => number): number {
  let [near, far] = [inside, outside];
  for (let step = 0; step < 200; step += 1) {
    const middle = (near + far) / 2;
    if (Math.abs(z(middle)) <= 1.959963984540054) near = middle;
    else far = middle;
  }
  return near;
}

/** 95% interval of a share by inverting its z-test. */
export function wilsonByInversion(part: number, whole: number) {
  const z = (parameter: number) => (part / whole - parameter) / Math.sqrt(Math.max(1e-300, (parameter * (1 - parameter)) / whole));
  return { low: bisect(part / whole, 0, z), high: bisect(part / whole, 1, z) };
}

/** 95% interval of a count by inverting the z-test of a rate. */
export function poissonByInversion(count: number) {
  const z = (parameter: number) => (count - parameter) / Math.sqrt(Math.max(1e-300, parameter));
  return { low: bisect(count, 0, z), high: bisect(count, 3 * count + 100, z) };
}

/** 95% interval of net sentiment, from the table of matched pairs with half a post added to each cell. */
export function netSentimentInterval(positive: number, negative: number, neutral: number) {
  const cells = [positive + 0.5, negative + 0.5, neutral / 2 + 0.5, neutral / 2 + 0.5];
  const signs = [1, -1, 0, 0];
  const whole = cells.reduce((sum, cell) => sum + cell, 0);
  const mean = cells.reduce((sum, cell, index) => sum + (cell * (signs[index] ?? 0)) / whole, 0);
  const variance = cells.reduce((sum, cell, index) => sum + (cell / whole) * ((signs[index] ?? 0) - mean) ** 2, 0) / whole;
  const halfWidth = 1.959963984540054 * Math.sqrt(variance);
  return { low: Math.max(-100, 100 * (mean - halfWidth)), high: Math.min(100, 100 * (mean + halfWidth)) };
}
