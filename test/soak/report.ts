import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chart, drawChart } from './chart.ts';
import type { SoakResult, SoakRun } from './evaluate.ts';
import type { ResourceSample } from './sampler.ts';
import type { Trend } from './trend.ts';

/** Writes report.html, one SVG per chart and report.json to `dir`; resolves to the path of report.html. */
export async function writeReport(dir: string, soakRun: SoakRun, result: SoakResult): Promise<string> {
  await mkdir(dir, { recursive: true });
  const charts = buildCharts(soakRun);
  for (const [name, chart] of Object.entries(charts)) await writeFile(join(dir, `${name}.svg`), drawChart(chart));
  const page = join(dir, 'report.html');
  await writeFile(page, renderPage(soakRun, result, Object.values(charts).map(drawChart)));
  await writeFile(join(dir, 'report.json'), `${JSON.stringify({ ...result, ...soakRun })}\n`);
  return page;
}

function buildCharts({ samples, faults }: SoakRun): Record<string, Chart> {
  const points = (value: (sample: ResourceSample) => number | undefined): Chart['points'] =>
    samples.map((sample) => [sample.seconds, value(sample)] as const);
  return {
    memory: { title: 'Resident memory', unit: 'MB', points: points(({ residentMegabytes }) => residentMegabytes), markers: faults },
    lag: { title: 'Consumer lag', unit: 'messages', points: points(({ lag }) => lag), markers: faults },
    throughput: { title: 'Rows written', unit: 'rows/s, 10 s average', points: throughput(samples), markers: faults },
    delay: {
      title: 'Event-loop delay',
      unit: 'ms, p99 over 10 s',
      points: points(({ delayMs }) => delayMs),
      markers: faults,
    },
    handles: { title: 'Open handles', unit: 'file descriptors', points: points(({ handles }) => handles), markers: faults },
  };
}

const windowSeconds = 10;

function throughput(samples: readonly ResourceSample[]): [number, number | undefined][] {
  return samples.map((sample, index) => {
    const before = samples[index - windowSeconds];
    const isSameProcess = before?.pid === sample.pid && before.rows !== undefined && sample.rows !== undefined;
    return [sample.seconds, isSameProcess ? ((sample.rows ?? 0) - (before.rows ?? 0)) / (sample.seconds - before.seconds) : undefined];
  });
}

/** A slope and its interval as text. */
export function formatTrend(trend: Trend | undefined, unit: string): string {
  if (!trend) return 'not measured: no process ran long enough';
  const [slope, low, high] = [trend.slope, trend.low, trend.high].map((value) => value.toFixed(1));
  return `${slope} ${unit}/h (95% interval ${low} to ${high})`;
}

function successText({ memory }: SoakResult): string {
  return `no losses, no duplicates${memory ? `, memory ${memory.low <= 0 ? 'stable' : 'growth within its limit'}` : ''}`;
}

function renderPage(soakRun: SoakRun, result: SoakResult, charts: readonly string[]): string {
  const { audit, faults, minutes, rate, sent, seed, malformed, deadLetters } = soakRun;
  const counts = new Map<string, number>();
  for (const { symbol, name } of faults) counts.set(`${symbol} ${name}`, (counts.get(`${symbol} ${name}`) ?? 0) + 1);
  const rows: readonly (readonly [string, string])[] = [
    ['Duration, load', `${minutes} min at ${rate} messages/s; ${sent.toLocaleString('en')} sent, seed ${seed}`],
    [
      'Faults',
      [...counts]
        .map(([name, count]) => `${name}: ${count}`)
        .sort()
        .join('<br>') || 'none',
    ],
    ['Lost, duplicated, unexpected', `${audit.lost}, ${audit.duplicated}, ${audit.unexpected}`],
    ['Wrong buckets', String(audit.wrongBuckets)],
    ['Malformed messages, dead letters', `${malformed.length}, ${deadLetters.length}`],
    [
      'Resident memory',
      `${formatTrend(result.memory, 'MB')}; longest uptime ${result.uptimeMinutes.toFixed(1)} min; peak ${result.peakMegabytes.toFixed(0)} MB`,
    ],
    ['Open handles', formatTrend(result.handles, 'handles')],
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
<h1>Soak: ${result.failures.length > 0 ? `<span class="bad">${result.failures.join('; ')}</span>` : successText(result)}</h1>
<table>${rows.map(([name, value]) => `<tr><th>${name}<td>${value}`).join('\n')}</table>
${charts.join('\n')}
</html>
`;
}
