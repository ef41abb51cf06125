import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Audit } from '../support/ledger.ts';
import { type Chart, drawChart, type Mark } from './chart.ts';
import type { Reading } from './sampler.ts';
import { type Trend, theilSen } from './trend.ts';

/** What came of a run. */
export interface Outcome {
  readonly minutes: number;
  readonly seed: number;
  readonly rate: number;
  readonly sent: number;
  readonly faults: readonly Mark[];
  readonly readings: readonly Reading[];
  readonly found: Audit;
  /** Malformed messages sent, and dead letters found, each counted once by its position. */
  readonly malformed: number;
  readonly deadLetters: number;
}

export interface Verdict {
  /** Sentences that say what is wrong; none when all is well. */
  readonly failures: readonly string[];
  /** Of resident memory in MB an hour, over the longest life of a process; undefined when none was long enough. */
  readonly memory: Trend | undefined;
  readonly lifeMinutes: number;
  readonly highestMegabytes: number;
  readonly handles: Trend | undefined;
}

/** The engine and the runtime fill their caches and pools first; that is no leak. */
const warmUpSeconds = 150;
/** What memory may grow by in an hour before it counts as a leak, beyond the noise of the measurement. */
const flatWithin = { megabytes: 60, handles: 20 };

export function judge({ readings, found, malformed, deadLetters }: Outcome): Verdict {
  const life = longestLife(readings);
  const settled = life.filter(({ seconds }) => seconds - (life[0]?.seconds ?? 0) > warmUpSeconds);
  const trendOf = (value: (reading: Reading) => number | undefined): Trend | undefined =>
    theilSen(settled.flatMap((reading) => pointOf(reading.seconds / 3_600, value(reading))));
  const memory = trendOf(({ residentMegabytes }) => residentMegabytes);
  const handles = trendOf((reading) => reading.handles);
  const failures = [
    ...Object.entries(found).flatMap(([what, count]) => (count > 0 ? [`${what}: ${count}`] : [])),
    ...(malformed === deadLetters ? [] : [`${malformed} malformed messages, ${deadLetters} dead letters`]),
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

function pointOf(x: number, y: number | undefined): [number, number][] {
  return y === undefined ? [] : [[x, y]];
}

function longestLife(readings: readonly Reading[]): Reading[] {
  const lives = new Map<number, Reading[]>();
  for (const reading of readings) lives.set(reading.pid, [...(lives.get(reading.pid) ?? []), reading]);
  return [...lives.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Writes report.html, a plot each as SVG, and the figures as JSON into a folder; resolves to the page's path. */
export async function writeReport(folder: string, outcome: Outcome, verdict: Verdict): Promise<string> {
  await mkdir(folder, { recursive: true });
  const charts = chartsOf(outcome);
  for (const [name, chart] of Object.entries(charts)) await writeFile(join(folder, `${name}.svg`), drawChart(chart));
  const page = join(folder, 'report.html');
  await writeFile(page, pageOf(outcome, verdict, Object.values(charts).map(drawChart)));
  await writeFile(join(folder, 'report.json'), `${JSON.stringify({ ...verdict, ...outcome })}\n`);
  return page;
}

function chartsOf({ readings, faults }: Outcome): Record<string, Chart> {
  const points = (value: (reading: Reading) => number | undefined): Chart['points'] =>
    readings.map((reading) => [reading.seconds, value(reading)] as const);
  return {
    memory: { title: 'Resident memory', unit: 'MB', points: points(({ residentMegabytes }) => residentMegabytes), marks: faults },
    lag: { title: 'Messages not yet committed', unit: 'messages', points: points(({ lag }) => lag), marks: faults },
    throughput: { title: 'Rows written', unit: 'rows a second, over ten seconds', points: throughput(readings), marks: faults },
    handles: { title: 'Open handles', unit: 'file descriptors', points: points(({ handles }) => handles), marks: faults },
  };
}

const span = 10;

function throughput(readings: readonly Reading[]): [number, number | undefined][] {
  return readings.map((reading, index) => {
    const before = readings[index - span];
    const isSameLife = before?.pid === reading.pid && before.rows !== undefined && reading.rows !== undefined;
    return [reading.seconds, isSameLife ? ((reading.rows ?? 0) - (before.rows ?? 0)) / (reading.seconds - before.seconds) : undefined];
  });
}

/** A slope and its interval, in words. */
export function trendText(trend: Trend | undefined, unit: string): string {
  if (!trend) return 'no life of a process was long enough to tell';
  const [slope, low, high] = [trend.slope, trend.low, trend.high].map((value) => value.toFixed(1));
  return `${slope} ${unit} an hour (95 %: ${low} to ${high})`;
}

function praise({ memory }: Verdict): string {
  return `nothing lost, nothing counted twice${memory ? ', memory flat' : ''}`;
}

function pageOf(outcome: Outcome, verdict: Verdict, charts: readonly string[]): string {
  const { found, faults, minutes, rate, sent, seed, malformed, deadLetters } = outcome;
  const counts = new Map<string, number>();
  for (const { name } of faults) counts.set(name, (counts.get(name) ?? 0) + 1);
  const rows: readonly (readonly [string, string])[] = [
    ['Length, load', `${minutes} min at ${rate} messages/s; ${sent.toLocaleString('en')} sent, seed ${seed}`],
    ['Faults', [...counts].map(([name, count]) => `${name}: ${count}`).join('; ') || 'none'],
    ['Lost, counted twice, strange', `${found.lost}, ${found.twice}, ${found.strange}`],
    ['Wrong buckets', String(found.wrongBuckets)],
    ['Malformed messages, dead letters', `${malformed}, ${deadLetters}`],
    [
      'Resident memory',
      `${trendText(verdict.memory, 'MB')}, over ${verdict.lifeMinutes.toFixed(0)} min; at most ${verdict.highestMegabytes.toFixed(0)} MB`,
    ],
    ['Open handles', trendText(verdict.handles, 'handles')],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Soak</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.3rem; } .bad { color: #c2410c; }
  table { border-collapse: collapse; margin-bottom: 1.5rem; } th { text-align: left; font-weight: 500; padding-right: 2rem; vertical-align: top; }
  td { font-variant-numeric: tabular-nums; } svg { width: 100%; height: auto; margin-bottom: 1rem; border-radius: 6px; }
</style>
<h1>Soak: ${verdict.failures.length > 0 ? `<span class="bad">${verdict.failures.join('; ')}</span>` : praise(verdict)}</h1>
<table>${rows.map(([name, value]) => `<tr><th>${name}<td>${value}`).join('\n')}</table>
${charts.join('\n')}
<p>A dashed line is a fault; rest the pointer on it for its name.</p>
</html>
`;
}
