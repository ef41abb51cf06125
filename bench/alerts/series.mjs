import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { nabScore } from './nab-score.mjs';

const help = `Scores \`feedpulse alerts backtest --csv\` on series with labelled anomalies, with the score of the Numenta Anomaly Benchmark.

  npm run bench:alert-series -- FOLDER [--json]

FOLDER contains series as \`timestamp,value\` CSV files, and windows.json: { "SERIES.csv": [[first, last], …] } with timestamps
of the series, for example the realTweets series of the benchmark (github.com/numenta/NAB). For comparison, a fixed threshold
on the value and a z-score against the last day are scored, each at its best common threshold.
`;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
});
const [folder] = positionals;
if (options.help || !folder) {
  (options.help ? process.stdout : process.stderr).write(help);
  process.exit(options.help ? 0 : 2);
}

await setup();
const { backtestSeries } = await import('../../dist/alerts/series/backtest-series.js');
const plain = (time) => time.replace('T', ' ').replace(/[.].*|Z$/, '');
const labelled = JSON.parse(readFileSync(join(folder, 'windows.json'), 'utf8'));
const files = readdirSync(folder).filter((name) => name.endsWith('.csv') && labelled[name]);
const series = files.map((name) => {
  const rows = readFileSync(join(folder, name), 'utf8').trim().split(/\r?\n/).slice(1);
  const samples = rows.map((row) => {
    const [timestamp, value] = row.split(',');
    return { timestamp, time: Date.parse(`${plain(timestamp).replace(' ', 'T')}Z`), value: Number(value) };
  });
  const windows = labelled[name].map((window) => window.map(plain));
  return { times: samples.map(({ timestamp }) => plain(timestamp)), windows, samples, evaluated: [...backtestSeries(samples)] };
});

const scored = (name, scoresOf, threshold) => ({
  name,
  ...nabScore(
    series.map((one) => ({ ...one, scores: scoresOf(one) })),
    threshold,
  ),
});
const figures = [
  scored('feedpulse, best threshold', ({ evaluated }) => evaluated.map(({ score }) => score)),
  scored('feedpulse, default threshold', ({ evaluated }) => evaluated.map(({ alert }) => (alert ? 1 : 0)), 1),
  scored('fixed threshold', ({ samples }) => samples.map(({ value }) => value)),
  scored('z-score against the last day', ({ samples }) =>
    zScores(
      samples.map(({ value }) => value),
      288,
    ),
  ),
];
process.stdout.write(options.json ? `${JSON.stringify({ series: files, figures })}\n` : `${table(figures)}\n`);

/** Deviation of each value from the mean of the previous `length` values, in standard deviations. */
function zScores(values, length) {
  return values.map((value, index) => {
    const before = values.slice(Math.max(0, index - length), index);
    const mean = before.reduce((sum, one) => sum + one, 0) / Math.max(1, before.length);
    const variance = before.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, before.length);
    return before.length < 12 ? 0 : (value - mean) / Math.max(1, Math.sqrt(variance));
  });
}

function table(rows) {
  const lines = rows.map(
    ({ name, score, found, windows }) => `${name.padEnd(36)}${score.toFixed(1).padStart(7)}   ${found} of ${windows} windows`,
  );
  return [`${files.length} series, score of the Numenta Anomaly Benchmark (100: perfect, 0: never alerts)`, '', ...lines].join('\n');
}
