import type { Grain } from '../domain/brand-metrics.ts';

/** Numbers and times as the reader's own language writes them. */

/** A whole number with its separators. */
export const formatWhole = numberFormat({});
const compact = numberFormat({ notation: 'compact', maximumFractionDigits: 1 });
export const formatDecimal = numberFormat({ maximumFractionDigits: 1, minimumFractionDigits: 1 });
/** With as many digits as say something. */
export const formatFactor = numberFormat({ maximumFractionDigits: 3 });
const percentage = numberFormat({ style: 'percent', maximumFractionDigits: 0 });
const finePercentage = numberFormat({ style: 'percent', maximumFractionDigits: 1, minimumFractionDigits: 1 });
const signed = numberFormat({ signDisplay: 'exceptZero', maximumFractionDigits: 0 });
const signedPercentage = numberFormat({ style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 });

export const nothing = '–';

/** Formats are made when they are first needed: all at once they would hold up the page's first drawing. */
function numberFormat(options: Intl.NumberFormatOptions): (value: number) => string {
  let made: Intl.NumberFormat | undefined;
  return (value) => {
    made ??= new Intl.NumberFormat(undefined, options);
    return made.format(value);
  };
}

export const formatCount = (count: number): string => (count < 10_000 ? formatWhole(count) : compact(count));
/** A count with its noun: 1 like, 2 likes. */
export const formatCounted = (count: number, one: string, many = `${one}s`): string => `${formatCount(count)} ${count === 1 ? one : many}`;

/** A true minus: a hyphen is hardly seen before a digit. */
const withMinus = (text: string): string => text.replace(/^-/, '−');

/** Points with their sign, and a dash where nothing is known. */
export const formatNet = (net: number | null | undefined): string =>
  net === null || net === undefined ? nothing : withMinus(signed(Math.round(net) || 0));

/** A fraction as a percentage. */
export const formatShare = (share: number | null | undefined): string =>
  share === null || share === undefined ? nothing : percentage(share);
export const formatFineShare = (share: number | null): string => (share === null ? nothing : finePercentage(share));

/** How a count changed: as a percentage, or as a multiple where that would be a long one. */
export function formatGrowth(now: number, before: number): string {
  if (before === 0) return nothing;
  return now >= 10 * before ? `×${formatWhole(Math.round(now / before))}` : withMinus(signedPercentage((now - before) / before));
}

/** How long ago a moment was, from seconds to days; a dash for a date that is none. */
export function formatAge(iso: string, now: number): string {
  return formatSeconds(Math.max(0, Math.round((now - Date.parse(iso)) / 1_000)));
}

function formatSeconds(seconds: number): string {
  if (Number.isNaN(seconds)) return nothing;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

/** A delay, which may be far shorter than a second. */
export function formatDelay(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return nothing;
  return seconds < 1 ? `${Math.round(seconds * 1_000)} ms` : `${formatDecimal(seconds)} s`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value < 10 && power > 0 ? formatDecimal(value) : formatWhole(Math.round(value))} ${units[power]}`;
}

const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

/** A mark on a time axis: the time of day, or the day where the axis is longer than two days, or the month. */
export function formatTick(seconds: number, timeZone: string, { from, to }: { readonly from: string; readonly to: string }): string {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const parts = days > 120 ? ({ month: 'short', year: '2-digit' } as const) : days > 2 ? day : clock;
  return format(seconds * 1_000, { ...parts, timeZone });
}

/** The start of a bucket. */
export function formatMoment(seconds: number, timeZone: string, grain: Grain): string {
  const isLong = grain === 'day' || grain === 'week' || grain === 'month';
  return format(seconds * 1_000, { ...day, ...(isLong ? { year: 'numeric' } : clock), timeZone });
}

/** A stretch of time, its days told once where they are the same. */
export function formatSpan({ from, to }: { readonly from: string; readonly to: string }, timeZone: string): string {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (Number.isNaN(start) || Number.isNaN(end)) return nothing;
  return dateFormat({ ...day, ...clock, timeZone }).formatRange(start, end);
}

/** A moment of one's day, with its day. */
export const formatClock = (iso: string, timeZone: string): string => format(Date.parse(iso), { ...day, ...clock, timeZone });

/** Dates of dead letters and old links may be none; `Intl` throws at those. */
const format = (ms: number, options: Intl.DateTimeFormatOptions): string => (Number.isNaN(ms) ? nothing : dateFormat(options).format(ms));

/** To make one takes far longer than to use it, and an axis of time uses dozens. */
const dateFormats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const made = dateFormats.get(key) ?? new Intl.DateTimeFormat(undefined, options);
  dateFormats.set(key, made);
  return made;
}

/** A stretch of time in words: 12 min, 3 h, 2 days. */
export function formatLength(ms: number): string {
  if (Number.isNaN(ms)) return nothing;
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}

let languageNames: Intl.DisplayNames | undefined;
/** A primary subtag in words: en, und. What is no tag, as an address or a feed may bring it, is told as it is. */
export function formatLanguage(code: string): string {
  if (code === 'und') return 'not known';
  languageNames ??= new Intl.DisplayNames(undefined, { type: 'language', fallback: 'code' });
  try {
    return languageNames.of(code) ?? code;
  } catch {
    return code;
  }
}
