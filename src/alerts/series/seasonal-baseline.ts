import { median } from '../detect/baseline.ts';
import type { Sample } from './anomaly-score.ts';

const hourMs = 3_600_000;
/** Time zone offsets are multiples of 15 minutes. */
const quarterMs = hourMs / 4;
/** Occurrences that a season needs, so that one odd week or day does not decide the median. */
const minOccurrences = 3;
const maxWeeks = 8;
const maxDays = 14;
const hoursPerDay = 24;
const recentMs = hoursPerDay * hourMs;

/** The expected value of a series, from earlier samples. */
export interface SeasonalBaseline {
  /** Returns null if there are no earlier samples. Call it before the sample of that time is pushed. */
  expected(time: number): number | null;
  push(sample: Sample): void;
}

/**
 * A robust seasonal baseline: the median of the same hour of the week in past weeks; of the same hour of the day on past
 * days if there are fewer than three weeks; of the last 24 hours if there are fewer than three days. Hours are local to
 * `timeZone` (IANA). An hour is never part of its own baseline.
 */
export function createSeasonalBaseline(timeZone: string): SeasonalBaseline {
  const hourOf = createLocalHours(timeZone);
  const weekly = createSeasonalHistory(maxWeeks);
  const daily = createSeasonalHistory(maxDays);
  const recent: Sample[] = [];
  let cached: { readonly start: number; readonly value: number | undefined } | undefined;

  const seasonal = (time: number): number | undefined => {
    const { slot, start } = hourOf(time);
    // The seasonal value is the same for a whole hour.
    if (cached?.start !== start)
      cached = { start, value: median(weekly.valuesBefore(slot, start)) ?? median(daily.valuesBefore(slot % hoursPerDay, start)) };
    return cached.value;
  };
  return {
    expected: (time) => seasonal(time) ?? median(recent.map(({ value }) => value)) ?? null,
    push: ({ time, value }) => {
      const { slot, start } = hourOf(time);
      weekly.push(slot, start, value);
      daily.push(slot % hoursPerDay, start, value);
      while (recent[0] && recent[0].time <= time - recentMs) recent.shift();
      recent.push({ time, value });
    },
  };
}

interface SeasonalHistory {
  /** All values of earlier occurrences of a slot, before `start`; empty if there are too few occurrences. */
  valuesBefore(slot: number, start: number): readonly number[];
  push(slot: number, start: number, value: number): void;
}

function createSeasonalHistory(maxOccurrences: number): SeasonalHistory {
  const slots = new Map<number, { readonly start: number; readonly values: number[] }[]>();
  return {
    valuesBefore: (slot, start) => {
      const past = (slots.get(slot) ?? []).filter((occurrence) => occurrence.start < start);
      return past.length < minOccurrences ? [] : past.flatMap(({ values }) => values);
    },
    push: (slot, start, value) => {
      const occurrences = slots.get(slot) ?? [];
      const last = occurrences.at(-1);
      if (last?.start === start) last.values.push(value);
      else occurrences.push({ start, values: [value] });
      if (occurrences.length > maxOccurrences + 1) occurrences.shift();
      slots.set(slot, occurrences);
    },
  };
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

interface LocalHour {
  /** The hour of the week, 0 to 167 from Monday. */
  readonly slot: number;
  /** Start in ms since 1970. */
  readonly start: number;
}

/** Local hours of a time zone; some zones are offset from UTC by half or a quarter of an hour. */
function createLocalHours(timeZone: string): (time: number) => LocalHour {
  const format = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' });
  let known: { readonly quarter: number; readonly hour: LocalHour } | undefined;
  return (time) => {
    const quarter = Math.floor(time / quarterMs) * quarterMs;
    if (known?.quarter !== quarter) {
      const parts = new Map(format.formatToParts(quarter).map(({ type, value }) => [type, value]));
      const slot = weekdays.indexOf(parts.get('weekday') ?? '') * hoursPerDay + Number(parts.get('hour'));
      known = { quarter, hour: { slot, start: quarter - Number(parts.get('minute')) * 60_000 } };
    }
    return known.hour;
  };
}
