import { createRandom, mixSeeds, pick } from '../../../lib/random.ts';
import type { BrandProfile, PeakTime, Scenario } from './brand-profile.ts';
import { brandProfiles } from './demo-brands.ts';

export const minuteMs = 60_000;
const hourMs = 3_600_000;
/** One scenario starts in each slot, crises and successes in turn, so that any 24 hours contain a crisis. */
const slotMs = 9 * hourMs;
/** How much a scenario at full strength adds to the number of posts. */
const scenarioBoost = 1.5;

interface BrandScenario {
  readonly brand: BrandProfile;
  readonly kind: 'crisis' | 'success';
  readonly scenario: Scenario;
}

/** A scenario with its start and length, in milliseconds. */
interface ScheduledScenario extends BrandScenario {
  readonly start: number;
  readonly length: number;
}

export interface RunningScenario extends BrandScenario {
  /** 0 to 1; rises fast and fades slowly. */
  readonly strength: number;
}

/** The scenario of a slot: always the same for the same seed. */
function getScenario(seed: number, slot: number): ScheduledScenario {
  const random = createRandom(mixSeeds(seed, 5, slot));
  const start = slot * slotMs + random() * 5 * hourMs;
  const length = (1 + 2 * random()) * hourMs;
  const brand = pick(random, brandProfiles);
  const kind = slot % 2 === 0 ? 'crisis' : 'success';
  return { brand, kind, scenario: pick(random, kind === 'crisis' ? brand.crises : brand.successes), start, length };
}

/** The scenario that runs at a time (ms since 1970), if any. */
export function scenarioAt(seed: number, time: number): RunningScenario | undefined {
  const { start, length, ...scenario } = getScenario(seed, Math.floor(time / slotMs));
  const progress = (time - start) / length;
  if (progress < 0 || progress >= 1) return undefined;
  return { ...scenario, strength: progress < 0.15 ? progress / 0.15 : (1 - progress) / 0.85 };
}

/** The last crisis that had begun by a time: its brand, start and end (ms since 1970). */
export function lastCrisis(seed: number, time: number): { readonly brand: string; readonly from: number; readonly to: number } {
  let slot = Math.floor(time / slotMs);
  for (let scheduled = getScenario(seed, slot); scheduled.kind !== 'crisis' || scheduled.start > time; scheduled = getScenario(seed, slot))
    slot -= 1;
  const { brand, start, length } = getScenario(seed, slot);
  return { brand: brand.rule.name, from: start, to: start + length };
}

/** The rate of posts at a time relative to the day's average: low at night, high in the evening (UTC). */
function dailyRate(time: number): number {
  const dayFraction = (time % (24 * hourMs)) / (24 * hourMs);
  return 1 + 0.55 * Math.sin(2 * Math.PI * (dayFraction - 0.42)) + 0.15 * Math.sin(4 * Math.PI * (dayFraction - 0.3));
}

const peakHours: Readonly<Record<PeakTime, number>> = { morning: 8, day: 13, evening: 20 };

/** How much an industry is talked about at a time (UTC) relative to its average. */
export function interestAt(peakTime: PeakTime, time: number): number {
  const hoursFromPeak = ((time / hourMs) % 24) - peakHours[peakTime];
  return 1 + 0.5 * Math.cos((2 * Math.PI * hoursFromPeak) / 24);
}

/**
 * The times of a minute's posts (all ms since 1970, ascending), as many as the hour and a scenario make: always the same
 * for the same seed, minute and `rate` (posts per second, averaged over a day).
 */
export function postTimes({ seed, rate }: { seed: number; rate: number }, minute: number): number[] {
  const random = createRandom(mixSeeds(seed, 9, minute));
  const expected = rate * 60 * dailyRate(minute) * (1 + scenarioBoost * (scenarioAt(seed, minute)?.strength ?? 0));
  const count = Math.floor(expected + random());
  return Array.from({ length: count }, () => minute + Math.floor(random() * minuteMs)).sort((a, b) => a - b);
}

/** The starts of the minutes that overlap [from, to), in ms since 1970. */
export function* minutesBetween(from: number, to: number): Generator<number> {
  for (let minute = Math.floor(from / minuteMs) * minuteMs; minute < to; minute += minuteMs) yield minute;
}
