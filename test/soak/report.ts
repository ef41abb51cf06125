import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chart, drawChart } from './chart.ts';
import type { Outcome, SoakResult } from './evaluate.ts';
import type { ResourceSample } from './sampler.ts';
import type { Trend } from './trend.ts';

/** Writes report.html, a plot each as SVG, and the figures as JSON into a folder; resolves to the page's path. */
export async function writeReport(folder: string, outcome: Outcome, result: SoakResult): Promise<string> {
  await mkdir(folder, { recursive: true });
  const charts = chartsOf(outcome);
  for (const [name, chart] of Object.entries(charts)) await writeFile(join(folder, `${name}.svg`), drawChart(chart));
  const page = join(folder, 'report.html');
  await writeFile(page, pageOf(outcome, result, Object.values(charts).map(drawChart)));
  await writeFile(join(folder, 'report.json'), `${JSON.stringify({ ...result, ...outcome })}\n`);
  return page;
}

function chartsOf({ readings, faults }: Outcome): Record<string, Chart> {
  const points = (value: (reading: ResourceSample) => number | undefined): Chart['points'] =>
    readings.map((reading) => [reading.seconds, value(reading)] as const);
  return {
    memory: { title: 'Resident memory', unit: 'MB', points: points(({ residentMegabytes }) => residentMegabytes), marks: faults },
    lag: { title: 'Messages not yet committed', unit: 'messages', points: points(({ lag }) => lag), marks: faults },
    throughput: { title: 'Rows written', unit: 'rows a second, over ten seconds', points: throughput(readings), marks: faults },
    delay: {
      title: 'Event-loop delay',
      unit: 'ms, 99th percentile of ten seconds',
      points: points(({ delayMs }) => delayMs),
      marks: faults,
    },
    handles: { title: 'Open handles', unit: 'file descriptors', points: points(({ handles }) => handles), marks: faults },
  };
}

const span = 10;

function throughput(readings: readonly ResourceSample[]): [number, number | undefined][] {
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

function praise({ memory }: SoakResult): string {
  return `nothing lost, nothing counted twice${memory ? `, memory ${memory.low <= 0 ? 'flat within noise' : 'within its bound'}` : ''}`;
}

function pageOf(outcome: Outcome, result: SoakResult, charts: readonly string[]): string {
  const { found, faults, minutes, rate, sent, seed, malformed, deadLetters } = outcome;
  const counts = new Map<string, number>();
  for (const { sign, name } of faults) counts.set(`${sign} ${name}`, (counts.get(`${sign} ${name}`) ?? 0) + 1);
  const rows: readonly (readonly [string, string])[] = [
    ['Length, load', `${minutes} min at ${rate} messages/s; ${sent.toLocaleString('en')} sent, seed ${seed}`],
    [
      'Faults',
      [...counts]
        .map(([name, count]) => `${name}: ${count}`)
        .sort()
        .join('<br>') || 'none',
    ],
    ['Lost, duplicated, unexpected', `${found.lost}, ${found.duplicated}, ${found.unexpected}`],
    ['Wrong buckets', String(found.wrongBuckets)],
    ['Malformed messages, dead letters', `${malformed.length}, ${deadLetters.length}`],
    [
      'Resident memory',
      `${trendText(result.memory, 'MB')}; the longest life ${result.lifeMinutes.toFixed(1)} min; at most ${result.highestMegabytes.toFixed(0)} MB`,
    ],
    ['Open handles', trendText(result.handles, 'handles')],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Soak</title>
<style>
  :root { color-scheme: light dark; }
  body { background: light-dark(#fff, #11161d); color: light-dark(#1c2430, #e6eaf0); font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.3rem; } .bad { color: light-dark(#c2410c, #fb923c); }
  table { border-collapse: collapse; margin-bottom: 1.5rem; } th { text-align: left; font-weight: 500; padding-right: 2rem; vertical-align: top; }
  td { font-variant-numeric: tabular-nums; } svg { width: 100%; height: auto; margin-bottom: 1rem; border-radius: 6px; }
</style>
<h1>Soak: ${result.failures.length > 0 ? `<span class="bad">${result.failures.join('; ')}</span>` : praise(result)}</h1>
<table>${rows.map(([name, value]) => `<tr><th>${name}<td>${value}`).join('\n')}</table>
${charts.join('\n')}
</html>
`;
}
