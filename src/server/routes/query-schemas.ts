import { z } from 'zod';
import { timeZone } from '../../config/schema.ts';
import { grains } from '../../domain/brand-metrics.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { parseTimeExpression } from '../../lib/time.ts';
import type { TimeRange } from '../../sink/queries/rollups.ts';

const dayMs = 86_400_000;
const maxRangeMs = 400 * dayMs;
const maxBrands = 20;

export const time = z
  .string()
  .max(40)
  .describe('ISO 8601 with an offset from UTC, `now`, or relative: now-7d')
  .refine((value) => readTime(value, 0) !== undefined, 'expected a date, a time with its offset (2026-11-01T09:30:00Z), now, or now-7d');

const brandName = z.string().min(1).max(100);
const brand = brandName.default('*').describe('A configured brand; `*` is all posts');

/** `brands=A&brands=B`; a comma may be part of a name. */
const brands = z
  .union([brandName.transform((name) => [name]), z.array(brandName).max(maxBrands, `at most ${maxBrands} brands`)])
  .refine((names) => new Set(names).size === names.length, 'duplicate brand')
  .optional()
  .describe('Brands to compare, one parameter each; all configured brands when absent');

/** `brand=A&brand=B`. If `*` is among them, the result is `*`. */
export const anyOfBrands = z
  .union([brandName, z.array(brandName)])
  .refine((names) => typeof names === 'string' || names.length <= maxBrands, `at most ${maxBrands} brands`)
  .default('*')
  .transform((names) => (typeof names !== 'string' && names.includes('*') ? '*' : names))
  .describe('A configured brand, or several, one parameter each; `*` is all posts');

/** The default range is the last 24 hours. */
export const rangeQuery = z.strictObject({ from: time.default('now-24h'), to: time.default('now') });
export const brandRangeQuery = rangeQuery.extend({ brand });
export const brandsRangeQuery = rangeQuery.extend({ brands });
export const trendsQuery = brandRangeQuery.extend({
  grain: z
    .enum(grains)
    .optional()
    .describe('Bucket length. When absent, it depends on the range, and is longer for a brand with few posts'),
  timeZone: timeZone.default('UTC').describe('Time zone in which hours, days, weeks and months begin'),
});

/** A range of posts by creation time, for jobs; without `from`, it starts at the first post. */
export const rangeBody = z.strictObject({ from: time.optional(), to: time.default('now') });

export const idParams = z.strictObject({ id: z.uuid() });

/** Checks a value outside of a route's schema. @throws USAGE with the first issue */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const checked = schema.safeParse(query);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new FeedpulseError('USAGE', `${issue?.path.join('.') || 'query'}: ${issue?.message}.`);
}

/** Resolves a range to dates. @throws USAGE for an empty range, or one of more than 400 days */
export function resolveRange({ from, to }: z.output<typeof rangeQuery>, now: number): { from: Date; to: Date } {
  const [start = now - dayMs, end = now] = [readTime(from, now), readTime(to, now)];
  if (start >= end) throw new FeedpulseError('USAGE', 'from: must be before to.');
  if (end - start > maxRangeMs) throw new FeedpulseError('USAGE', 'from: the range must not exceed 400 days.');
  return { from: new Date(start), to: new Date(end) };
}

/** Formats a range for responses. */
export const toIsoRange = ({ from, to }: { from: Date; to: Date }) => ({ from: from.toISOString(), to: to.toISOString() });

/** Widens a range to whole minutes, in seconds since 1970. @throws USAGE for an empty range */
export function toTimeRange(range: z.output<typeof rangeBody>, now: number): TimeRange {
  const from = range.from === undefined ? 0 : (readTime(range.from, now) ?? 0);
  const to = readTime(range.to, now) ?? now;
  if (from >= to) throw new FeedpulseError('USAGE', 'from: must be before to.');
  return { from: Math.max(0, Math.floor(from / 60_000) * 60), to: Math.ceil(to / 60_000) * 60 };
}

/** The last moment, in milliseconds, that the database's 32-bit seconds can hold, less a day. */
const latestMs = (2 ** 32 - 86_400) * 1_000;

/** Milliseconds since 1970, clamped to what the database can hold; undefined if `value` is not a time. */
export function readTime(value: string, now: number): number | undefined {
  const time = parseTimeExpression(value, now);
  return time === undefined ? undefined : Math.min(Math.max(0, time), latestMs);
}
