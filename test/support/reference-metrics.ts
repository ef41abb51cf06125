import type { StoredLabel } from '../../src/domain/post.ts';

/** What of a post enters a trend. */
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

/** What the clocks of a zone show at a moment, as if it were UTC. */
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

/** A name for the bucket that a moment belongs to; an hour that comes twice in a night is two. */
function bucketKey(at: number, grain: ReferenceGrain, timeZone: string): string {
  const local = localTime(at, timeZone);
  const day = local.toISOString().slice(0, 10);
  if (grain === 'day') return day;
  if (grain === 'month') return day.slice(0, 7);
  if (grain === 'week') return new Date(Date.parse(day) - ((local.getUTCDay() + 6) % 7) * dayMs).toISOString();
  return `${day} ${local.getUTCHours()} ${Math.round((local.getTime() - at) / bucketMs)}`;
}

/** Posts by the bucket that they belong to, found by trying moment after moment: its start, and what is in it. */
export function referenceBuckets(
  posts: readonly ReferencePost[],
  { grain, timeZone }: { grain: ReferenceGrain; timeZone: string },
): Map<string, ReferencePost[]> {
  const buckets = new Map<string, { start: number; posts: ReferencePost[] }>();
  for (const post of posts) {
    const name = bucketKey(post.at, grain, timeZone);
    const bucket = buckets.get(name) ?? { start: findBucketStart(post.at, name, { grain, timeZone }), posts: [] };
    bucket.posts.push(post);
    buckets.set(name, bucket);
  }
  return new Map([...buckets.values()].map(({ start, posts: held }) => [new Date(start).toISOString(), held]));
}

function findBucketStart(at: number, name: string, { grain, timeZone }: { grain: ReferenceGrain; timeZone: string }): number {
  let start = at - (at % bucketMs);
  while (bucketKey(start - bucketMs, grain, timeZone) === name) start -= bucketMs;
  return start;
}

const engagementWeight = ({ likes }: ReferencePost): number => 1 + Math.log(1 + likes);

/** The figures of some posts, written down a second time. */
export function referenceMetrics(posts: readonly ReferencePost[]) {
  const of = (label: StoredLabel) => posts.filter((post) => post.label === label);
  const [negative, neutral, positive, unscored] = [of('negative'), of('neutral'), of('positive'), of('unscored')];
  const scored = [...negative, ...neutral, ...positive];
  const weight = (some: readonly ReferencePost[]) => some.reduce((sum, post) => sum + engagementWeight(post), 0);
  const overScored = (value: number): number | null => (scored.length === 0 ? null : value);
  return {
    volume: posts.length,
    negative: negative.length,
    neutral: neutral.length,
    positive: positive.length,
    unscored: unscored.length,
    netSentiment: overScored((100 * (positive.length - negative.length)) / scored.length),
    negativeShare: overScored(negative.length / scored.length),
    neutralShare: overScored(neutral.length / scored.length),
    positiveShare: overScored(positive.length / scored.length),
    meanScore: overScored(scored.reduce((sum, { score }) => sum + score, 0) / scored.length),
    weightedNetSentiment: overScored((100 * (weight(positive) - weight(negative))) / weight(scored)),
    authors: new Set(posts.map(({ platform, author }) => `${platform} ${author}`)).size,
  };
}

/** The least and the largest true value for which a z-test at 5 % would not doubt what was seen. */
function bisect(inside: number, outside: number, z: (truth: number) => number): number {
  let [near, far] = [inside, outside];
  for (let step = 0; step < 200; step += 1) {
    const middle = (near + far) / 2;
    if (Math.abs(z(middle)) <= 1.959963984540054) near = middle;
    else far = middle;
  }
  return near;
}

/** Interval of a share by inverting the test of a share. */
export function wilsonByInversion(part: number, whole: number) {
  const z = (truth: number) => (part / whole - truth) / Math.sqrt(Math.max(1e-300, (truth * (1 - truth)) / whole));
  return { low: bisect(part / whole, 0, z), high: bisect(part / whole, 1, z) };
}

/** Interval of a count by inverting the test of a rate. */
export function poissonByInversion(count: number) {
  const z = (truth: number) => (count - truth) / Math.sqrt(Math.max(1e-300, truth));
  return { low: bisect(count, 0, z), high: bisect(count, 3 * count + 100, z) };
}

/** Interval of net sentiment, from the table of matched pairs whose cells all have half a post more. */
export function netSentimentInterval(positive: number, negative: number, neutral: number) {
  const cells = [positive + 0.5, negative + 0.5, neutral / 2 + 0.5, neutral / 2 + 0.5];
  const signs = [1, -1, 0, 0];
  const whole = cells.reduce((sum, cell) => sum + cell, 0);
  const mean = cells.reduce((sum, cell, index) => sum + (cell * (signs[index] ?? 0)) / whole, 0);
  const variance = cells.reduce((sum, cell, index) => sum + (cell / whole) * ((signs[index] ?? 0) - mean) ** 2, 0) / whole;
  const reach = 1.959963984540054 * Math.sqrt(variance);
  return { low: Math.max(-100, 100 * (mean - reach)), high: Math.min(100, 100 * (mean + reach)) };
}
