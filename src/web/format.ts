import type { Grain } from '../domain/brand-metrics.ts';

/**
 * Formats numbers and times. The page is in English, so their words are too; separators and the order of day and month
 * follow the browser's region. Other calendars and digits would not go with the text around them.
 */
const region = new Intl.Locale(Intl.DateTimeFormat().resolvedOptions().locale).maximize().region;
const locale = new Intl.Locale('en', { ...(region && { region }), calendar: 'gregory', numberingSystem: 'latn' });

/** An integer with thousands separators. */
export const formatInteger = numberFormat({});
const compact = numberFormat({ notation: 'compact', maximumFractionDigits: 1 });
export const formatDecimal = numberFormat({ maximumFractionDigits: 1, minimumFractionDigits: 1 });
/** At most three decimals. */
export const formatFactor = numberFormat({ maximumFractionDigits: 3 });
const percentage = numberFormat({ style: 'percent', maximumFractionDigits: 0 });
const finePercentage = numberFormat({ style: 'percent', maximumFractionDigits: 1, minimumFractionDigits: 1 });
const signed = numberFormat({ signDisplay: 'exceptZero', maximumFractionDigits: 0 });
const signedPercentage = numberFormat({ style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 });

export const noValue = '–';

/** Creates the formatter on first use: creating all of them at once would delay the first paint. */
function numberFormat(options: Intl.NumberFormatOptions): (value: number) => string {
  let formatter: Intl.NumberFormat | undefined;
  return (value) => {
    formatter ??= new Intl.NumberFormat(locale, options);
    return formatter.format(value);
  };
}

export const formatCount = (count: number): string => (count < 10_000 ? formatInteger(count) : compact(count));
/** A count with its noun: 1 like, 2 likes. */
export const formatPlural = (count: number, one: string, many = `${one}s`): string => `${formatCount(count)} ${count === 1 ? one : many}`;

/** A minus sign is easier to see before a digit than a hyphen. */
const withMinus = (text: string): string => text.replace(/^-/, '−');

/** Points with a sign; a dash if unknown. */
export const formatNetSentiment = (net: number | null | undefined): string =>
  net === null || net === undefined ? noValue : withMinus(signed(Math.round(net) || 0));

/** A fraction as a percentage. */
export const formatPercent = (share: number | null | undefined): string =>
  share === null || share === undefined ? noValue : percentage(share);
export const formatPercentPrecise = (share: number | null): string => (share === null ? noValue : finePercentage(share));

/** The relative change of a count: a percentage, or a factor from ×10 up. */
export function formatRelativeChange(now: number, before: number): string {
  if (before === 0) return noValue;
  return now >= 10 * before ? `×${formatInteger(Math.round(now / before))}` : withMinus(signedPercentage((now - before) / before));
}

/** How long ago a time was, in seconds to days; a dash for an invalid date. */
export function formatAge(iso: string, now: number): string {
  return formatSeconds(Math.max(0, Math.round((now - Date.parse(iso)) / 1_000)));
}

function formatSeconds(seconds: number): string {
  if (Number.isNaN(seconds)) return noValue;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

/** A delay, in ms below one second. */
export function formatDelay(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return noValue;
  return seconds < 1 ? `${Math.round(seconds * 1_000)} ms` : `${formatDecimal(seconds)} s`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value < 10 && power > 0 ? formatDecimal(value) : formatInteger(Math.round(value))} ${units[power]}`;
}

const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const thisYear = new Date().getFullYear();
/** A day, with its year if that is not the current one. */
const dayOf = (ms: number): Intl.DateTimeFormatOptions =>
  Number.isNaN(ms) || new Date(ms).getFullYear() === thisYear ? day : { ...day, year: 'numeric' };

/**
 * The labels of the ticks of a time axis: the month if the axis is longer than 120 days, else the time of day with the date
 * below it where the date changes, or only the date if each tick has its own.
 */
export function formatTicks(
  ticks: readonly number[],
  timeZone: string,
  { from, to }: { readonly from: string; readonly to: string },
): string[] {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days > 120) return ticks.map((tick) => format(tick * 1_000, { month: 'short', year: '2-digit', timeZone }));
  const dates = ticks.map((tick) => format(tick * 1_000, { ...dayOf(tick * 1_000), timeZone }));
  if (new Set(dates).size === dates.length && days > 2) return dates;
  return ticks.map((tick, index) => {
    const time = format(tick * 1_000, { ...clock, timeZone });
    return dates[index] === dates[index - 1] ? time : `${time}\n${dates[index]}`;
  });
}

/** The start of a bucket. */
export function formatBucketStart(seconds: number, timeZone: string, grain: Grain): string {
  const isLong = grain === 'day' || grain === 'week' || grain === 'month';
  return format(seconds * 1_000, { ...dayOf(seconds * 1_000), ...(isLong ? { year: 'numeric' } : clock), timeZone });
}

/** A time range; a shared day is printed once. */
export function formatTimeRange({ from, to }: { readonly from: string; readonly to: string }, timeZone: string): string {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (Number.isNaN(start) || Number.isNaN(end)) return noValue;
  return dateFormat({ ...dayOf(Math.min(start, end)), ...clock, timeZone }).formatRange(start, end);
}

/** Day and time of day. */
export const formatDateTime = (iso: string, timeZone: string): string =>
  format(Date.parse(iso), { ...dayOf(Date.parse(iso)), ...clock, timeZone });

/** A calendar day such as 2026-11-28. */
export const formatDay = (date: string): string => format(Date.parse(date), { ...day, timeZone: 'UTC' });

/** Dates of dead letters and old links may be invalid, and `Intl` throws on those. */
const format = (ms: number, options: Intl.DateTimeFormatOptions): string => (Number.isNaN(ms) ? noValue : dateFormat(options).format(ms));

/** Creating a formatter takes far longer than using it, and a time axis needs dozens of labels. */
const dateFormats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const formatter = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  dateFormats.set(key, formatter);
  return formatter;
}

/** A duration: 12 min, 3 h, 2 days. */
export function formatDuration(ms: number): string {
  if (Number.isNaN(ms)) return noValue;
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}

let languageNames: Intl.DisplayNames | undefined;
/** The name of a language by its primary subtag. An invalid tag, from a URL or a post, is returned unchanged. */
export function formatLanguage(code: string): string {
  if (code === 'und') return 'unknown';
  languageNames ??= new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' });
  try {
    return languageNames.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Whom a post is by: the handle, else the name, else the ID, of which a long one is shortened in the middle. */
export function formatAuthor({ id, handle, name }: { readonly id: string; readonly handle?: string; readonly name?: string }): string {
  if (handle) return `@${handle}`;
  return name || (id.length <= 24 ? id : `${id.slice(0, 14)}…${id.slice(-6)}`);
}
