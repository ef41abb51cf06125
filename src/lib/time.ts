import { z } from 'zod';
import { durationSchema, minuteMs, toMilliseconds } from './duration.ts';

/** ISO 8601 in UTC with milliseconds. @throws RangeError outside of Date's range */
export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A date means midnight UTC. A time without an offset is rejected: it could be in any zone. */
const isoTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** Milliseconds since 1970 of a time that a user enters: ISO 8601 with an offset, `now` or `now-7d`; undefined for anything else. */
export function parseTimeExpression(value: string, now: number): number | undefined {
  if (value === 'now') return now;
  if (!value.startsWith('now-')) return isoTime.safeParse(value).success ? Date.parse(value) : undefined;
  const age = durationSchema.safeParse(value.slice('now-'.length));
  return age.success ? now - toMilliseconds(age.data) : undefined;
}

const isoPattern = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?)?$/;

/** Numbers below this are seconds since 1970 (until the year 5138), others milliseconds (from 1973 on). */
const minMilliseconds = 100_000_000_000;

/**
 * Milliseconds since 1970 UTC of an ISO 8601 string or an epoch in seconds or milliseconds; undefined for anything else.
 * A time without a zone is UTC, whatever the zone of the machine.
 */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'string') return parseIso(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.round(Math.abs(value) < minMilliseconds ? value * 1_000 : value);
}

function parseIso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', sign, zoneHour = '0', zoneMinute = '0'] = match;
  const [y, mo, d, h, mi, s] = [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)];
  const offset = Number(zoneHour) * 60 + Number(zoneMinute);
  // A leap second is written :60.
  if (mo < 1 || mo > 12 || d < 1 || d > daysInMonth(y, mo) || h > 23 || mi > 59 || s > 60 || offset > 14 * 60) return undefined;
  const local = Date.UTC(y, mo - 1, d, h, mi, s, Math.floor(Number(`0.${fraction}`) * 1_000));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; both are too old for a post, so the slip is harmless.
  return local - (sign === '-' ? -offset : offset) * minuteMs;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
