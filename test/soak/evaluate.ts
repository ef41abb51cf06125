import type { Audit } from '../support/audit.ts';
import type { Mark } from './chart.ts';
import type { ResourceSample } from './sampler.ts';
import { type Trend, theilSen } from './trend.ts';

/** What came of a run. */
export interface Outcome {
  readonly minutes: number;
  readonly seed: number;
  readonly rate: number;
  readonly sent: number;
  readonly faults: readonly Mark[];
  readonly readings: readonly ResourceSample[];
  readonly found: Audit;
  /** Malformed messages sent, each another, and the different messages that were found as dead letters. */
  readonly malformed: readonly string[];
  readonly deadLetters: readonly string[];
}

export interface SoakResult {
  /** Sentences that say what is wrong; none when all is well. */
  readonly failures: readonly string[];
  /** Of resident memory in MB an hour, over the longest life of a process; undefined when none was long enough. */
  readonly memory: Trend | undefined;
  readonly lifeMinutes: number;
  readonly highestMegabytes: number;
  readonly handles: Trend | undefined;
}

/** The engine and the runtime fill their caches and pools first, without any fault some 60 MB in five minutes; that is no leak. */
const warmUpSeconds = 300;
/** Neighbouring samples resemble each other, which an interval must not take for certainty; medians of so many hardly do. */
const blockSeconds = 30;
/** What may be added in an hour before it counts as a leak, beyond the noise of the measurement. */
const flatWithin = { megabytes: 60, handles: 20 };

export function evaluateSoak({ readings, found, malformed, deadLetters }: Outcome): SoakResult {
  const life = longestLife(readings);
  const settled = life.filter(({ seconds }) => seconds - (life[0]?.seconds ?? 0) > warmUpSeconds);
  const trendOf = (value: (reading: ResourceSample) => number | undefined): Trend | undefined => theilSen(medians(settled, value));
  const memory = trendOf(({ residentMegabytes }) => residentMegabytes);
  const handles = trendOf((reading) => reading.handles);
  const failures = [
    ...Object.entries(found).flatMap(([what, count]) => (count > 0 ? [`${what}: ${count}`] : [])),
    ...unlike('malformed without a dead letter', malformed, deadLetters),
    ...unlike('dead letters of nothing that was sent malformed', deadLetters, malformed),
    ...(memory && memory.low > flatWithin.megabytes ? [`memory climbs by ${memory.slope.toFixed(0)} MB an hour`] : []),
    ...(handles && handles.low > flatWithin.handles ? [`open handles climb by ${handles.slope.toFixed(0)} an hour`] : []),
  ];
  const lifeMinutes = ((life.at(-1)?.seconds ?? 0) - (life[0]?.seconds ?? 0)) / 60;
  return {
    failures,
    memory,
    handles,
    lifeMinutes,
    highestMegabytes: Math.max(0, ...readings.map((reading) => reading.residentMegabytes ?? 0)),
  };
}

function unlike(what: string, some: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  const count = some.filter((one) => !known.has(one)).length;
  return count > 0 ? [`${what}: ${count}`] : [];
}

/** The median of each half a minute, over hours. */
function medians(
  readings: readonly ResourceSample[],
  value: (reading: ResourceSample) => number | undefined,
): [hours: number, median: number][] {
  const blocks = new Map<number, number[]>();
  for (const reading of readings) {
    const measured = value(reading);
    const block = Math.floor(reading.seconds / blockSeconds);
    if (measured !== undefined) blocks.set(block, [...(blocks.get(block) ?? []), measured]);
  }
  return [...blocks].map(([block, values]) => [(block * blockSeconds) / 3_600, values.sort((a, b) => a - b)[values.length >> 1] ?? 0]);
}

function longestLife(readings: readonly ResourceSample[]): ResourceSample[] {
  const lives = new Map<number, ResourceSample[]>();
  for (const reading of readings) {
    const life = lives.get(reading.pid);
    if (life) life.push(reading);
    else lives.set(reading.pid, [reading]);
  }
  return [...lives.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}
