import type { Grain } from '../history.ts';

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const formatCount = (count: number): string => (count < 10_000 ? whole.format(count) : compact.format(count));

/** Net sentiment with its sign, a true minus, and a dash where nothing is scored. */
export function formatNet(net: number | null | undefined): string {
  if (net === null || net === undefined) return '–';
  const rounded = Math.round(net);
  return rounded > 0 ? `+${rounded}` : String(rounded).replace('-', '−');
}

export const formatShare = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`);

/** How long ago a moment was, from seconds to days. */
export function formatAge(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

/** A mark on a time axis: the time of day, or the day where the axis is longer than two days. */
export function formatTick(seconds: number, timeZone: string, { from, to }: { readonly from: string; readonly to: string }): string {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return new Intl.DateTimeFormat('en-GB', { ...(days > 2 ? day : clock), timeZone }).format(seconds * 1_000);
}

/** The start of a bucket. */
export function formatMoment(seconds: number, timeZone: string, grain: Grain): string {
  const time = grain === 'day' || grain === 'week' || grain === 'month' ? {} : clock;
  return new Intl.DateTimeFormat('en-GB', { ...day, ...time, timeZone }).format(seconds * 1_000);
}

/** A stretch of time, its days told once where they are the same. */
export function formatSpan({ from, to }: { readonly from: string; readonly to: string }, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { ...day, ...clock, timeZone });
  return format.formatRange(Date.parse(from), Date.parse(to));
}

/** A moment of one's day, with its day. */
export function formatClock(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { ...day, ...clock, timeZone }).format(Date.parse(iso));
}

/** A stretch of time in words: 12 min, 3 h, 2 days. */
export function formatLength(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}
