import { median } from '../detect/median.ts';
import type { Sample } from './sample.ts';

const hourMs = 3_600_000;
/** Offsets of zones change at quarters of an hour. */
const quarterMs = hourMs / 4;
/** A season counts once it has been seen so often: then one odd week or day does not carry the median. */
const fewest = 3;
const mostWeeks = 8;
const mostDays = 14;
const hoursADay = 24;
const recentMs = hoursADay * hourMs;

/** What a series should be at a time, judging by what came before. */
export interface SeasonalBaseline {
  /** The expected value; null where nothing came before. Asked before the sample of that time is pushed. */
  expected(time: number): number | null;
  push(sample: Sample): void;
}

/**
 * A robust seasonal baseline: the median of the same hour of the week over past weeks; of the same hour of the
 * day over past days while there are fewer than three weeks; of the last 24 hours before that. Hours are those
 * of `timeZone` (IANA). The hour that a time falls into is never part of its own seasons.
 */
export function createSeasonalBaseline(timeZone: string): SeasonalBaseline {
  const hourOf = createLocalHours(timeZone);
  const weekly = createSeasons(mostWeeks);
  const daily = createSeasons(mostDays);
  const recent: Sample[] = [];
  let cached: { readonly start: number; readonly value: number | undefined } | undefined;

  const seasonal = (time: number): number | undefined => {
    const { slot, start } = hourOf(time);
    // Within an hour its seasons do not change.
    if (cached?.start !== start)
      cached = { start, value: median(weekly.before(slot, start)) ?? median(daily.before(slot % hoursADay, start)) };
    return cached.value;
  };
  return {
    expected: (time) => seasonal(time) ?? median(recent.map(({ value }) => value)) ?? null,
    push: ({ time, value }) => {
      const { slot, start } = hourOf(time);
      weekly.push(slot, start, value);
      daily.push(slot % hoursADay, start, value);
      while (recent[0] && recent[0].time <= time - recentMs) recent.shift();
      recent.push({ time, value });
    },
  };
}

interface Seasons {
  /** All values of the occurrences of a slot that began before `start`; none while there are too few. */
  before(slot: number, start: number): readonly number[];
  push(slot: number, start: number, value: number): void;
}

function createSeasons(most: number): Seasons {
  const slots = new Map<number, { readonly start: number; readonly values: number[] }[]>();
  return {
    before: (slot, start) => {
      const past = (slots.get(slot) ?? []).filter((occurrence) => occurrence.start < start);
      return past.length < fewest ? [] : past.flatMap(({ values }) => values);
    },
    push: (slot, start, value) => {
      const occurrences = slots.get(slot) ?? [];
      const last = occurrences.at(-1);
      if (last?.start === start) last.values.push(value);
      else occurrences.push({ start, values: [value] });
      if (occurrences.length > most + 1) occurrences.shift();
      slots.set(slot, occurrences);
    },
  };
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

interface LocalHour {
  /** The hour of the week, 0 to 167 from Monday. */
  readonly slot: number;
  /** When it began (ms since 1970). */
  readonly start: number;
}

/** The hours of a time zone, of which some begin at half past or at a quarter of UTC's. */
function createLocalHours(timeZone: string): (time: number) => LocalHour {
  const format = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' });
  let known: { readonly quarter: number; readonly hour: LocalHour } | undefined;
  return (time) => {
    const quarter = Math.floor(time / quarterMs) * quarterMs;
    if (known?.quarter !== quarter) {
      const parts = new Map(format.formatToParts(quarter).map(({ type, value }) => [type, value]));
      const slot = weekdays.indexOf(parts.get('weekday') ?? '') * hoursADay + Number(parts.get('hour'));
      known = { quarter, hour: { slot, start: quarter - Number(parts.get('minute')) * 60_000 } };
    }
    return known.hour;
  };
}
