import type { Audit } from '../support/audit.ts';
import type { Marker } from './chart.ts';
import type { ResourceSample } from './sampler.ts';
import { type Trend, theilSen } from './trend.ts';

/** The data of a run. */
export interface SoakRun {
  readonly minutes: number;
  readonly seed: number;
  readonly rate: number;
  readonly sent: number;
  readonly faults: readonly Marker[];
  readonly samples: readonly ResourceSample[];
  readonly audit: Audit;
  /** Malformed messages sent (all different), and the distinct messages found as dead letters. */
  readonly malformed: readonly string[];
  readonly deadLetters: readonly string[];
}

export interface SoakResult {
  /** Failure messages; empty if the run passed. */
  readonly failures: readonly string[];
  /** Trend of resident memory in MB/h over the longest uptime; undefined if that is too short. */
  readonly memory: Trend | undefined;
  readonly uptimeMinutes: number;
  readonly peakMegabytes: number;
  readonly handles: Trend | undefined;
}

/** Caches and pools grow by about 60 MB in the first five minutes, which is not a leak. */
const warmUpSeconds = 300;
/** Samples are autocorrelated, which would make the interval too narrow; 30-second medians hardly are. */
const blockSeconds = 30;
/** Growth beyond the measurement noise that is not yet considered a leak. */
const maxGrowthPerHour = { megabytes: 60, handles: 20 };

export function evaluateSoak({ samples, audit, malformed, deadLetters }: SoakRun): SoakResult {
  const longest = longestUptime(samples);
  const warmedUp = longest.filter(({ seconds }) => seconds - (longest[0]?.seconds ?? 0) > warmUpSeconds);
  const computeTrend = (value: (sample: ResourceSample) => number | undefined): Trend | undefined => theilSen(medians(warmedUp, value));
  const memory = computeTrend(({ residentMegabytes }) => residentMegabytes);
  const handles = computeTrend((sample) => sample.handles);
  const failures = [
    ...Object.entries(audit).flatMap(([name, count]) => (count > 0 ? [`${name}: ${count}`] : [])),
    ...countMissing('malformed messages without a dead letter', malformed, deadLetters),
    ...countMissing('dead letters without a malformed message', deadLetters, malformed),
    ...(memory && memory.low > maxGrowthPerHour.megabytes ? [`memory grows by ${memory.slope.toFixed(0)} MB/h`] : []),
    ...(handles && handles.low > maxGrowthPerHour.handles ? [`open handles grow by ${handles.slope.toFixed(0)}/h`] : []),
  ];
  const uptimeMinutes = ((longest.at(-1)?.seconds ?? 0) - (longest[0]?.seconds ?? 0)) / 60;
  return {
    failures,
    memory,
    handles,
    uptimeMinutes,
    peakMegabytes: Math.max(0, ...samples.map((sample) => sample.residentMegabytes ?? 0)),
  };
}

function countMissing(failure: string, messages: readonly string[], expectedIn: readonly string[]): string[] {
  const known = new Set(expectedIn);
  const count = messages.filter((message) => !known.has(message)).length;
  return count > 0 ? [`${failure}: ${count}`] : [];
}

/** 30-second medians, with time in hours. */
function medians(
  samples: readonly ResourceSample[],
  value: (sample: ResourceSample) => number | undefined,
): [hours: number, median: number][] {
  const blocks = new Map<number, number[]>();
  for (const sample of samples) {
    const measured = value(sample);
    const block = Math.floor(sample.seconds / blockSeconds);
    if (measured !== undefined) blocks.set(block, [...(blocks.get(block) ?? []), measured]);
  }
  return [...blocks].map(([block, values]) => [(block * blockSeconds) / 3_600, values.sort((a, b) => a - b)[values.length >> 1] ?? 0]);
}

function longestUptime(samples: readonly ResourceSample[]): ResourceSample[] {
  const byProcess = new Map<number, ResourceSample[]>();
  for (const sample of samples) {
    const group = byProcess.get(sample.pid);
    if (group) group.push(sample);
    else byProcess.set(sample.pid, [sample]);
  }
  return [...byProcess.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}
