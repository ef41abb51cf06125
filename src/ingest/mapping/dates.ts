import { type CivilTime, toUtc } from '../../lib/time.ts';
import { exactNumber } from './exact-json.ts';

/** Dates as feeds write them. Nothing depends on the locale or time zone of the machine. */

const names = { month: 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec', weekday: '(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*' };
const months = names.month.split('|');
const clockTime = '(?<hour>\\d\\d):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?)?';
const zone = '(?<zone>z|ut|utc|gmt|[ecmp][sd]t|[+-]\\d\\d(?::?\\d\\d)?)';

/** ISO 8601. A zone's name in brackets may follow its offset, as Java writes it. */
const isoExtended = new RegExp(
  `^(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)(?:[t ]\\s*${clockTime}(?:\\s*${zone}(?:\\[[\\w/+-]+\\])?)?)?$`,
  'i',
);
const isoBasic = new RegExp(
  `^(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)(?:t(?<hour>\\d\\d)(?<minute>\\d\\d)(?:(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?)?${zone}?)?$`,
  'i',
);
/** RFC 2822 and 1123, RFC 850 (`Friday, 20-Nov-26`); a comment may follow. */
const rfc = new RegExp(
  `^(?:${names.weekday},?\\s+)?(?<day>\\d{1,2})[\\s-](?<month>${names.month})[a-z]*[\\s-](?<year>\\d{4}|\\d\\d),?\\s+${clockTime}(?:\\s*${zone})?(?:\\s*\\([^()]*\\))?$`,
  'i',
);
/** `Fri Nov 20 10:00:00 +0000 2026` as on Twitter, and as C and Unix write it, with the zone's name or without. */
const unix = new RegExp(
  `^(?:${names.weekday}\\s+)?(?<month>${names.month})\\s+(?<day>\\d{1,2})\\s+${clockTime}(?:\\s+${zone})?\\s+(?<year>\\d{4})$`,
  'i',
);
const dotNet = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/;
const epoch = /^(-?)0*(\d+)(?:\.(\d*))?$/;

/** Longer texts are no dates. */
const maxLength = 100;

/** Hours from UTC that RFC 2822 gives the zones of North America. */
const zoneHours: Readonly<Record<string, number>> = { est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 };

/**
 * Milliseconds since 1970, rounded down, of a date in ISO 8601, RFC 2822 or Unix form, of an epoch in seconds,
 * milliseconds, microseconds or nanoseconds (a number or its text), of MongoDB's `{ $date }`, of protobuf's
 * `{ seconds, nanos }`, or of .NET's `/Date(…)/`. A time without a zone is UTC. Undefined for anything else.
 */
export function parseDate(value: unknown): number | undefined {
  if (typeof value === 'number') return parseEpochNumber(value);
  if (typeof value === 'string') return value.length > maxLength ? undefined : parseDateText(value.trim());
  if (typeof value !== 'object' || value === null) return undefined;
  const digits = exactNumber(value);
  if (digits !== undefined) return parseEpoch(digits);
  const { $date, seconds, nanos } = value as Readonly<Record<string, unknown>>; // an object
  // MongoDB counts milliseconds, even where the number is small.
  if ($date !== undefined) return typeof $date === 'string' ? parseDate($date) : toInteger($date);
  const [wholeSeconds, wholeNanos] = [toInteger(seconds), toInteger(nanos ?? 0)];
  if (wholeSeconds === undefined || wholeNanos === undefined) return undefined;
  return wholeSeconds * 1_000 + Math.floor(wholeNanos / 1e6);
}

/** An integer, also in text, as a number. */
function toInteger(value: unknown): number | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : exactNumber(value);
  return text !== undefined && /^-?\d{1,20}$/.test(text) ? Number(text) : undefined;
}

function parseEpochNumber(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  // Only these are written with an exponent.
  if (Math.abs(value) >= 1e21) return value;
  return Math.abs(value) < 1e-6 ? 0 : parseEpoch(String(value));
}

/** The unit follows from the number of digits: seconds until the year 5138, from 1973 on also the finer ones. */
function parseEpoch(text: string): number | undefined {
  const match = epoch.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const digits = `${whole}${fraction.slice(0, 3).padEnd(3, '0')}`;
  // Digits that remain in milliseconds: all of `digits` for seconds, three fewer for milliseconds, and so on.
  const dropped = whole.length <= 11 ? 0 : whole.length <= 14 ? 3 : whole.length <= 17 ? 6 : 9;
  const ms = Number(digits.slice(0, digits.length - dropped));
  return sign === '-' ? -ms : ms;
}

function parseDateText(text: string): number | undefined {
  const match = isoExtended.exec(text) ?? isoBasic.exec(text);
  if (match?.groups) return fromGroups(match.groups);
  if (/^[-\d]/.test(text) && epoch.test(text)) return parseEpoch(text);
  const named = rfc.exec(text) ?? unix.exec(text);
  if (named?.groups)
    return fromGroups({ ...named.groups, month: monthNumber(named.groups['month'] ?? ''), year: fullYear(named.groups['year'] ?? '') });
  const ms = dotNet.exec(text)?.[1];
  return ms === undefined ? undefined : Number(ms);
}

const monthNumber = (name: string): string => String(months.indexOf(name.slice(0, 3).toLowerCase()) + 1);

/** RFC 2822: two digits below 50 are in this century. */
const fullYear = (year: string): string => (year.length === 4 ? year : String(Number(year) + (Number(year) < 50 ? 2_000 : 1_900)));

function fromGroups(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const { year, month, day, hour, minute, second, fraction = '', zone } = groups;
  const time: CivilTime = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    ms: Number(fraction.slice(0, 3).padEnd(3, '0')),
    offsetMinutes: zone === undefined ? 0 : offsetMinutes(zone),
  };
  if (time.hour !== 24) return toUtc(time);
  // 24:00 is the midnight that ends the day.
  const isMidnight = time.minute === 0 && time.second === 0 && /^0*$/.test(fraction);
  const start = isMidnight ? toUtc({ ...time, hour: 0 }) : undefined;
  return start === undefined ? undefined : start + 86_400_000;
}

function offsetMinutes(zone: string): number {
  const hours = zoneHours[zone.toLowerCase()];
  if (hours !== undefined) return hours * 60;
  if (!/^[+-]/.test(zone)) return 0;
  const minutes = zone.slice(3).replace(':', '');
  const total = Number(zone.slice(1, 3)) * 60 + Number(minutes);
  return Number(minutes) > 59 ? Number.NaN : zone.startsWith('-') ? -total : total;
}
