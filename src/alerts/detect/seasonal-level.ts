import { bucketMs, dayMs } from '../../lib/duration.ts';
import { publicHolidays } from '../../lib/holidays.ts';
import { selectQuantile } from '../../lib/statistics.ts';
import { utcOffsetMs } from '../../lib/time-zone.ts';

/** Consecutive 15-minute buckets of one metric. */
export interface BucketValues {
  /** Start of the first bucket (ms since 1970). */
  readonly from: number;
  readonly values: Float64Array;
  /** 1 for buckets in which posts of any brand arrived; the others are missing data, not counts of zero. */
  readonly isKnown: Uint8Array;
}

/** The expected count of a brand by local time of day and day of the week. */
export interface SeasonalLevel {
  /** The expected count of the bucket that contains a time (ms since 1970). */
  at(time: number): number;
  /** The expected counts of the buckets that it was estimated from. */
  readonly ofHistory: Float64Array;
}

const slotsPerDay = dayMs / bucketMs;
const daysPerWeek = 7;
/** Buckets before and after the same time of day that are pooled with it: 75 minutes in total. */
const neighbors = 2;
/** Days after which half of the level at a time of day comes from that time of day, and half from the whole day. */
const halfTrustedDays = 5;
/** Occurrences of a weekday after which half of its deviation from the other days is believed. */
const halfTrustedWeeks = 2;
const minDays = 2;
const minWeeks = 2;
/** Added to counts before their logarithm, so that a count of zero has one. */
const offset = 0.5;

/**
 * Estimates the level robustly: medians over all days at the same local time, shrunk on the log scale to the level of the
 * whole day, times a factor per weekday, shrunk to 1. With less than two days of history it is one level for all times.
 * @param country ISO 3166 code: its public holidays count as Sundays
 */
export function estimateSeasonalLevel({ from, values, isKnown }: BucketValues, timeZone: string, country?: string): SeasonalLevel {
  const { length } = values;
  const localTimes = localTimesOf(from, length, timeZone);
  // Plain loops: this runs for every brand and hour, and iterators take several times as long.
  const starts = new Uint32Array(slotsPerDay + 1);
  for (let index = 0; index < length; index += 1) {
    const next = slotOf(localTimes[index] ?? 0) + 1;
    if (isKnown[index] !== 0) starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let slot = 0; slot < slotsPerDay; slot += 1) starts[slot + 1] = (starts[slot + 1] ?? 0) + (starts[slot] ?? 0);
  const ends = starts.slice();
  const bySlot = new Float64Array(starts[slotsPerDay] ?? 0);
  for (let index = 0; index < length; index += 1) {
    if (isKnown[index] === 0) continue;
    const slot = slotOf(localTimes[index] ?? 0);
    const end = ends[slot] ?? 0;
    bySlot[end] = values[index] ?? 0;
    ends[slot] = end + 1;
  }
  const scratch = bySlot.slice();
  const overall = center(scratch, scratch.length);
  const levels = new Float64Array(slotsPerDay);
  for (let slot = 0; slot < slotsPerDay; slot += 1) levels[slot] = slotLevel({ bySlot, starts }, slot, overall, scratch);
  const weekdayOf = country === undefined ? calendarWeekday : createHolidayWeekday(country);
  const factors = weekdayFactors({ values, isKnown, localTimes, levels }, weekdayOf);
  const levelAt = (local: number): number => (levels[slotOf(local)] ?? overall) * (factors[weekdayOf(Math.floor(local / dayMs))] ?? 1);
  const ofHistory = new Float64Array(length);
  for (let index = 0; index < length; index += 1) ofHistory[index] = levelAt(localTimes[index] ?? 0);
  return { at: (time) => levelAt(toLocal(time, timeZone)), ofHistory };
}

/** The last local times: brands of a time zone share them. */
let shared: { readonly from: number; readonly timeZone: string; readonly localTimes: Float64Array } | undefined;

/** The local start of consecutive buckets (ms since 1970, shifted by the offset of the time zone). Not to be changed. */
function localTimesOf(from: number, length: number, timeZone: string): Float64Array {
  if (shared?.from === from && shared.timeZone === timeZone && shared.localTimes.length === length) return shared.localTimes;
  const localTimes = Float64Array.from({ length }, (_, index) => toLocal(from + index * bucketMs, timeZone));
  shared = { from, timeZone, localTimes };
  return localTimes;
}

/** Values of known buckets by the time of day: those of a slot lie between its start and that of the next one. */
interface ValuesBySlot {
  readonly bySlot: Float64Array;
  readonly starts: Uint32Array;
}

/** The level at a time of day; overwrites `scratch`. */
function slotLevel({ bySlot, starts }: ValuesBySlot, slot: number, overall: number, scratch: Float64Array): number {
  let length = 0;
  for (let step = -neighbors; step <= neighbors; step += 1) {
    const neighbor = (slot + step + slotsPerDay) % slotsPerDay;
    for (let index = starts[neighbor] ?? 0; index < (starts[neighbor + 1] ?? 0); index += 1) {
      scratch[length] = bySlot[index] ?? 0;
      length += 1;
    }
  }
  const days = length / (2 * neighbors + 1);
  return days < minDays ? overall : shrink(center(scratch, length), overall, days / (days + halfTrustedDays));
}

const toLocal = (time: number, timeZone: string): number => time + utcOffsetMs(time, timeZone);
const slotOf = (local: number): number => Math.floor((local % dayMs) / bucketMs);
/** 1 January 1970 was a Thursday. */
const sunday = 3;
const calendarWeekday = (localDay: number): number => localDay % daysPerWeek;
const createHolidayWeekday = (country: string): ((localDay: number) => number) => {
  const { nameOn } = publicHolidays(country);
  return (localDay) => (nameOn(localDay) === undefined ? calendarWeekday(localDay) : sunday);
};

const shrink = (value: number, towards: number, weight: number): number =>
  Math.exp(weight * Math.log(value + offset) + (1 - weight) * Math.log(towards + offset)) - offset;

/** From here on counts are fine enough for a median; below, nearly all values of a quiet brand are equal. */
const minMedian = 5;

/** The median; for small counts the mean without the lowest and highest tenth. Reorders the values. */
function center(values: Float64Array, length: number): number {
  if (length === 0) return 0;
  const middle = selectQuantile(values, length, 0.5);
  if (middle >= minMedian) return middle;
  const [low, high] = [selectQuantile(values, length, 0.1), selectQuantile(values, length, 0.9)];
  let sum = 0;
  let count = 0;
  for (let index = 0; index < length; index += 1) {
    const value = values[index] ?? 0;
    if (value < low || value > high) continue;
    sum += value;
    count += 1;
  }
  return sum / count;
}

/** Share of a day's buckets that must be known for the day to count. */
const minKnownShare = 0.5;

interface LeveledValues {
  readonly values: Float64Array;
  readonly isKnown: Uint8Array;
  readonly localTimes: Float64Array;
  readonly levels: Float64Array;
}

/** The median ratio of observed to expected posts on each weekday, shrunk to the level of all days. */
function weekdayFactors(history: LeveledValues, weekdayOf: (localDay: number) => number): readonly number[] {
  const ratios = dailyRatios(history);
  const usual = medianOf(ratios.map(({ logRatio }) => logRatio));
  return Array.from({ length: daysPerWeek }, (_, weekday) => {
    const own = ratios.filter(({ day }) => weekdayOf(day) === weekday).map(({ logRatio }) => logRatio);
    return own.length < minWeeks ? 1 : Math.exp((own.length / (own.length + halfTrustedWeeks)) * (medianOf(own) - usual));
  });
}

/** The logarithm of observed over expected posts, of each local day of which enough is known. */
function dailyRatios({ values, isKnown, localTimes, levels }: LeveledValues): { readonly day: number; readonly logRatio: number }[] {
  const days: { readonly day: number; readonly logRatio: number }[] = [];
  let [observed, expected, buckets] = [0, 0, 0];
  for (let index = 0; index < values.length; index += 1) {
    const local = localTimes[index] ?? 0;
    if (isKnown[index] === 1) {
      observed += values[index] ?? 0;
      expected += levels[slotOf(local)] ?? 0;
      buckets += 1;
    }
    const day = Math.floor(local / dayMs);
    if (day === Math.floor((localTimes[index + 1] ?? Number.POSITIVE_INFINITY) / dayMs)) continue;
    if (buckets >= minKnownShare * slotsPerDay) days.push({ day, logRatio: Math.log((observed + offset) / (expected + offset)) });
    [observed, expected, buckets] = [0, 0, 0];
  }
  return days;
}

const medianOf = (values: readonly number[]): number => selectQuantile(Float64Array.from(values), values.length, 0.5);
