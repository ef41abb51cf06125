import { fromLocalTime, toLocalTime } from '../zoned-time.ts';
import type { TimeRange } from './view-state.ts';

export const calendarPresets = [
  'today',
  'yesterday',
  'this-week',
  'last-week',
  'this-month',
  'last-month',
  'this-quarter',
  'last-quarter',
] as const;
export type CalendarPreset = (typeof calendarPresets)[number];

export interface CalendarContext {
  readonly timeZone: string;
  /** Ms since 1970. */
  readonly now: number;
  /** The first day of a week: 1 is Monday, 7 is Sunday. */
  readonly firstDay: number;
}

const dayMs = 86_400_000;

/** The range of a preset such as `last-week`. The current day, week, month or quarter ends now. */
export function calendarRange(preset: CalendarPreset, { timeZone, now, firstDay }: CalendarContext): TimeRange {
  // Dates are computed as if the zone were UTC, where every day has 24 hours.
  const today = Date.parse(`${toLocalTime(now, timeZone).slice(0, 10)}T00:00Z`);
  const toIso = (day: number): string => {
    const start = fromLocalTime(new Date(day).toISOString().slice(0, 16), timeZone) ?? day;
    return new Date(start).toISOString();
  };
  const [span, isCurrent] = splitPreset(preset);
  const start = startOf(span, today, firstDay);
  return isCurrent ? { from: toIso(start), to: 'now' } : { from: toIso(startOf(span, start - dayMs, firstDay)), to: toIso(start) };
}

type Span = 'day' | 'week' | 'month' | 'quarter';

function splitPreset(preset: CalendarPreset): [Span, boolean] {
  if (preset === 'today' || preset === 'yesterday') return ['day', preset === 'today'];
  const [which, span] = preset.split('-') as ['this' | 'last', Span]; // all other presets have these two parts
  return [span, which === 'this'];
}

function startOf(span: Span, day: number, firstDay: number): number {
  const date = new Date(day);
  if (span === 'day') return day;
  if (span === 'week') return day - ((date.getUTCDay() - firstDay + 7) % 7) * dayMs;
  const month = span === 'month' ? date.getUTCMonth() : 3 * Math.floor(date.getUTCMonth() / 3);
  return Date.UTC(date.getUTCFullYear(), month, 1);
}

/** The same dates a year earlier. The range keeps its time of day in the zone; 29 February becomes 1 March. */
export function yearBefore({ from, to }: TimeRange, timeZone: string, now: number): TimeRange {
  const shift = (time: string): string => {
    const local = toLocalTime(time === 'now' ? now : Date.parse(time), timeZone);
    const date = new Date(`${Number(local.slice(0, 4)) - 1}${local.slice(4)}Z`);
    return new Date(fromLocalTime(date.toISOString().slice(0, 16), timeZone) ?? date).toISOString();
  };
  return { from: shift(from), to: shift(to) };
}

/** The first day of a week in a locale; Monday where the browser does not know. */
export function firstDayOfWeek(language: string): number {
  // Not in the library of types yet.
  const locale = new Intl.Locale(language) as Intl.Locale & {
    readonly weekInfo?: { readonly firstDay: number };
    getWeekInfo?(): { readonly firstDay: number };
  };
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}
