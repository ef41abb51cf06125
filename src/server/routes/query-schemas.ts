import { z } from 'zod';
import { duration, milliseconds, timeZone } from '../../config/schema.ts';
import { grains } from '../../domain/brand-metrics.ts';
import { FeedpulseError } from '../../lib/errors.ts';

const maxRangeMs = 400 * 86_400_000;
const day = 86_400_000;

/** A day begins at midnight UTC; a time without an offset could mean any zone, and is refused. */
const isoTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export const time = z
  .string()
  .max(40)
  .describe('ISO 8601 with an offset from UTC, `now`, or relative: now-7d')
  .refine((value) => readTime(value, 0) !== undefined, 'expected a date, a time with its offset (2026-11-01T09:30:00Z), now, or now-7d');

const brand = z.string().min(1).max(100).default('*').describe('A brand of the config; `*` is all posts');

const namedBrand = z.string().min(1).max(100);
const maxBrands = 20;

/** `brands=A&brands=B`; a comma may be part of a name. */
const brands = z
  .union([namedBrand.transform((name) => [name]), z.array(namedBrand).max(maxBrands, `at most ${maxBrands} brands at once`)])
  .refine((names) => new Set(names).size === names.length, 'names a brand twice')
  .optional()
  .describe('Brands to compare, one parameter each; all of the config when absent');

/** `brand=A&brand=B`. Where all posts are among them, it is all posts. */
export const anyOfBrands = z
  .union([namedBrand, z.array(namedBrand)])
  .refine((named) => typeof named === 'string' || named.length <= maxBrands, `at most ${maxBrands} brands at once`)
  .default('*')
  .transform((named) => (typeof named !== 'string' && named.includes('*') ? '*' : named))
  .describe('A brand of the config, or several, one parameter each; `*` is all posts');

/** Both ends are optional: the last 24 hours. */
export const rangeQuery = z.strictObject({ from: time.default('now-24h'), to: time.default('now') });
export const brandRangeQuery = rangeQuery.extend({ brand });
export const brandsRangeQuery = rangeQuery.extend({ brands });
export const trendsQuery = brandRangeQuery.extend({
  grain: z.enum(grains).optional().describe('Length of a bucket; chosen by the range when absent'),
  timeZone: timeZone.default('UTC').describe('Where hours, days, weeks and months begin'),
});

/** Checks a query string; USAGE names the first problem. */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const checked = schema.safeParse(query);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new FeedpulseError('USAGE', `${issue?.path.join('.') || 'query'}: ${issue?.message}`);
}

/** Both ends of a range as dates. */
export function resolveRange({ from, to }: z.output<typeof rangeQuery>, now: number): { from: Date; to: Date } {
  const [start = now - day, end = now] = [readTime(from, now), readTime(to, now)];
  if (start >= end) throw new FeedpulseError('USAGE', 'from: must lie before to');
  if (end - start > maxRangeMs) throw new FeedpulseError('USAGE', 'from: a range is at most 400 days long');
  return { from: new Date(start), to: new Date(end) };
}

/** What the database can tell as a moment in seconds, in milliseconds: until a day before the last. */
const latestMs = (2 ** 32 - 86_400) * 1_000;

/** Milliseconds since 1970 of a time as queries have it, within what the database holds; undefined where it is none. */
export function readTime(value: string, now: number): number | undefined {
  const time = readAnyTime(value, now);
  return time === undefined ? undefined : Math.min(Math.max(0, time), latestMs);
}

function readAnyTime(value: string, now: number): number | undefined {
  const [, amount] = /^now(?:-(.+))?$/.exec(value) ?? [undefined, ''];
  if (value === 'now') return now;
  if (amount) return duration.safeParse(amount).success ? now - milliseconds(amount) : undefined;
  return isoTime.safeParse(value).success ? Date.parse(value) : undefined;
}
