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
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', sign, zoneHour = '0', zoneMinute = '0'] = match;
  const offset = Number(zoneHour) * 60 + Number(zoneMinute);
  return toUtc({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: Number(fraction.slice(0, 3).padEnd(3, '0')),
    offsetMinutes: sign === '-' ? -offset : offset,
  });
}

/** A time as a calendar and a clock show it. */
export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 60 is a leap second. */
  readonly second: number;
  readonly ms: number;
  /** Of the zone, to the east of UTC. */
  readonly offsetMinutes: number;
}

/** Milliseconds since 1970; undefined if there is no such day, time or offset. */
export function toUtc({ year, month, day, hour, minute, second, ms, offsetMinutes }: CivilTime): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60 || !(Math.abs(offsetMinutes) <= 14 * 60)) return undefined;
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; both are too old for a post, so the slip is harmless.
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - offsetMinutes * minuteMs;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
