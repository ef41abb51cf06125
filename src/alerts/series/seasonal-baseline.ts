import { hourMs } from '../../lib/duration.ts';
import { median } from '../../lib/statistics.ts';
import { utcOffsetMs } from '../../lib/time-zone.ts';
import type { Sample } from './anomaly-score.ts';

/** Occurrences that a season needs, so that the median does not depend on one unusual week or day. */
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
  const weekly = createSeasonalHistory(maxWeeks);
  const daily = createSeasonalHistory(maxDays);
  const recent: Sample[] = [];
  let cached: { readonly start: number; readonly value: number | undefined } | undefined;

  const seasonal = (time: number): number | undefined => {
    const { slot, start } = toLocalHour(time, timeZone);
    // The seasonal value is the same for a whole hour.
    if (cached?.start !== start)
      cached = { start, value: median(weekly.valuesBefore(slot, start)) ?? median(daily.valuesBefore(slot % hoursPerDay, start)) };
    return cached.value;
  };
  return {
    expected: (time) => seasonal(time) ?? median(recent.map(({ value }) => value)) ?? null,
    push: ({ time, value }) => {
      const { slot, start } = toLocalHour(time, timeZone);
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

interface LocalHour {
  /** The hour of the week, 0 to 167 from Monday. */
  readonly slot: number;
  /** Start in ms since 1970. */
  readonly start: number;
}

const hoursPerWeek = 7 * hoursPerDay;
/** 1970-01-01 was a Thursday: three days after Monday. */
const firstHour = 3 * hoursPerDay;

/** The local hour of a time. In some time zones, hours start 15, 30 or 45 minutes past those of UTC. */
function toLocalHour(time: number, timeZone: string): LocalHour {
  const offset = utcOffsetMs(time, timeZone);
  const hour = Math.floor((time + offset) / hourMs);
  const slot = (((hour + firstHour) % hoursPerWeek) + hoursPerWeek) % hoursPerWeek;
  return { slot, start: hour * hourMs - offset };
}
