import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { backtestSeries } from '../../dist/alerts/backtest-series.js';
import { nabScore, warmUpRows, windowBounds } from './nab-score.mjs';

const hour = 3_600_000;
const week = 168 * hour;
const plain = (time) => time.replace('T', ' ').replace(/[.].*|Z$/, '');

/**
 * Scores the detector, two simple ones and the given others on the series of a folder.
 * @param windowsFile default: windows.json in the folder
 * @param others [[name, folder]] with outputs of other detectors
 */
export async function measureFolder(folder, windowsFile, others) {
  const labelled = JSON.parse(readFileSync(windowsFile ?? join(folder, 'windows.json'), 'utf8'));
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort();
  const series = [];
  for (const name of files)
    series.push(
      await evaluate(
        name,
        readSeries(join(folder, name)),
        (labelled[name] ?? []).map((one) => one.map(plain)),
      ),
    );
  const scored = series.filter(({ windows }) => windows.length > 0);
  const flagged = scored.map((one) => ({ ...one, scores: one.alerts }));
  const delays = scored.flatMap((one) => delaysOf(one)).sort((a, b) => a - b);
  const own = {
    ...summarize('feedpulse', scored, ({ scores }) => scores),
    flagged: scored.length > 0 ? nabScore(flagged, 1).score : null,
    found: scored.length > 0 ? nabScore(flagged, 1).found : 0,
    perWeek: mean(series.map(perWeek)),
    delayHours: delays[Math.floor(delays.length / 2)] ?? null,
  };
  const simple = [
    summarize('fixed threshold', scored, ({ values }) => values),
    summarize('z-score against the last day', scored, ({ values }) => zScores(values, 288)),
  ];
  const published = others.flatMap(([name, outputs]) => {
    const known = scored.flatMap((one) => scoresIn(outputs, one) ?? []);
    return known.length === scored.length ? [summarize(name, known, ({ scores }) => scores)] : [];
  });
  return {
    folder,
    detectors: [own, ...simple, ...published],
    series: series.map((one) => ({
      name: one.name,
      perWeek: perWeek(one),
      windows: one.windows.length,
      found: one.windows.length > 0 ? nabScore([{ ...one, scores: one.alerts }], 1).found : 0,
    })),
  };
}

function readSeries(path) {
  const rows = readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1);
  let last = Number.NEGATIVE_INFINITY;
  return rows.flatMap((row) => {
    const [timestamp, value] = row.split(',');
    const time = Date.parse(`${plain(timestamp).replace(' ', 'T')}Z`);
    // Some series of the benchmark repeat rows, or go back at a change of clocks.
    if (!(time > last)) return [];
    last = time;
    return [{ timestamp: plain(timestamp), time, value: Number(value) }];
  });
}

async function evaluate(name, samples, windows) {
  const scores = [];
  const alerts = [];
  for await (const { score, alert } of backtestSeries(samples)) {
    scores.push(score);
    alerts.push(alert ? 1 : 0);
  }
  const times = samples.map(({ timestamp }) => timestamp);
  return { name, times, at: samples.map(({ time }) => time), values: samples.map(({ value }) => value), windows, scores, alerts };
}

/** The score at the best common threshold, and with the threshold of each series chosen on the others. */
function summarize(name, series, scoresOf) {
  const scored = series.map((one) => ({ ...one, scores: scoresOf(one) }));
  if (scored.length === 0) return { name, best: null, leftOut: null, found: 0, windows: 0 };
  const { score, found, windows } = nabScore(scored);
  const leftOut = scored.map((one) => {
    const others = scored.filter((other) => other !== one);
    return others.length === 0 ? null : nabScore([one], nabScore(others).threshold).score * one.windows.length;
  });
  return {
    name,
    best: score,
    leftOut: leftOut.includes(null) ? null : leftOut.reduce((sum, one) => sum + one, 0) / windows,
    found,
    windows,
  };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const perWeek = ({ at, alerts }) => alerts.reduce((sum, alert) => sum + alert, 0) / ((at.at(-1) - at[0]) / week);

/** Hours from the start of each window that is found to its first alert. */
function delaysOf(series) {
  const warmUp = warmUpRows(series);
  return windowBounds(series).flatMap(([first, last]) => {
    const found = series.alerts.findIndex((alert, index) => alert === 1 && index >= Math.max(first, warmUp) && index <= last);
    return found < 0 ? [] : [(series.at[found] - series.at[first]) / hour];
  });
}

function scoresIn(folder, series) {
  const file = readdirSync(folder).find((name) => name === series.name || name.endsWith(`_${series.name}`));
  if (!file || !existsSync(join(folder, file))) return undefined;
  const [head, ...rows] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/);
  const column = head.split(',').findIndex((name) => name === 'score' || name === 'anomaly_score');
  const byTime = new Map(rows.map((row) => [plain(row.split(',')[0]), Number(row.split(',')[column])]));
  return { ...series, scores: series.times.map((time) => byTime.get(time) ?? 0) };
}

/** Deviation of each value from the mean of the previous `length` values, in standard deviations. */
function zScores(values, length) {
  let [sum, squares] = [0, 0];
  return values.map((value, index) => {
    const count = Math.min(index, length);
    const average = sum / Math.max(1, count);
    const variance = Math.max(0, squares / Math.max(1, count) - average ** 2);
    sum += value - (values[index - length] ?? 0);
    squares += value ** 2 - (values[index - length] ?? 0) ** 2;
    return count < 12 ? 0 : (value - average) / Math.max(1, Math.sqrt(variance));
  });
}
