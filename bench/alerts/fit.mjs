import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createRandom } from '../../dist/lib/random.js';
import { createFeed, day, hour, minute, normal } from './feed-model.mjs';

const step = 5;
const stepMs = step * minute;
const perHour = 60 / step;
const perDay = 24 * perHour;
/** Search steps for each series, and simulated series a step. */
const steps = 800;
const replicates = 3;

/** Start and bounds of the parameters that are searched; `rate` is relative to the mean of the series. */
const searched = {
  rate: [0.6, 0.05, 1.2],
  fastSpread: [0.3, 0.05, 1],
  fastMinutes: [10, 3, 30],
  slowSpread: [0.25, 0.05, 0.8],
  slowMinutes: [240, 60, 720],
  daySpread: [0.2, 0.02, 0.6],
  storiesPerDay: [3, 0.2, 40],
  storyStrength: [5, 0.5, 30],
  storySpread: [0.8, 0.1, 1.4],
  storyMinutes: [3, 0.5, 40],
  storyDecay: [3, 0.5, 20],
  campaignsPerDay: [0.5, 0.02, 3],
  campaignStrength: [40, 5, 120],
  campaignSpread: [0.3, 0.1, 0.8],
  campaignMinutes: [20, 3, 40],
};

/**
 * Fits the parameters of a feed to series of posts per five minutes by simulated moments: dispersion at three time scales, tail
 * quantiles, autocorrelation, and episodes a week. Labelled incidents are left out.
 * @param folder series as `timestamp,value`, and optionally windows.json with their incidents
 * @param report called with { what, done, total }
 * @returns for each series: its parameters, and each statistic of the series beside its range in simulated series; also fitted to
 *   the first half and compared with the second
 */
export function fitFolder(folder, report) {
  const windows = readWindows(folder);
  const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  return files.map((name) => {
    const rows = readSeries(join(folder, name), windows[name] ?? []);
    const half = Math.floor(rows.length / 2);
    const onward = (what) => (done) => report({ what: `${name}, ${what}`, done, total: steps });
    const trained = fitSeries(rows.slice(0, half), onward('first half'));
    const profile = fitSeries(rows, onward('whole'));
    return {
      name: basename(name, '.csv'),
      profile,
      comparison: compare(rows, profile),
      leftOut: compare(rows.slice(half), trained),
    };
  });
}

function readWindows(folder) {
  const name = join(folder, 'windows.json');
  return readdirSync(folder).includes('windows.json') ? JSON.parse(readFileSync(name, 'utf8')) : {};
}

const toTime = (timestamp) => Date.parse(`${timestamp.replace(' ', 'T').replace(/[.].*|Z$/, '')}Z`);

/** Values by step from the first row on; undefined where missing or in an incident. */
function readSeries(path, windows) {
  const incidents = windows.map((window) => window.map(toTime));
  const rows = readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1);
  const samples = rows.map((row) => [toTime(row.split(',')[0]), Number(row.split(',')[1])]);
  const start = Math.floor(samples[0][0] / stepMs) * stepMs;
  const values = [];
  for (const [time, value] of samples) {
    const isIncident = incidents.some(([from, to]) => time >= from && time <= to);
    values[Math.round((Math.floor(time / stepMs) * stepMs - start) / stepMs)] = isIncident ? undefined : value;
  }
  return Array.from(values, (value, index) => ({ time: start + index * stepMs, value }));
}

function fitSeries(rows, onProgress) {
  const known = rows.filter(({ value }) => value !== undefined);
  const mean = known.reduce((sum, { value }) => sum + value, 0) / known.length;
  const cycles = fitCycles(known);
  const target = statistics(rows);
  const random = createRandom(1);
  const lossOf = (values) => {
    const profile = profileOf(values, mean, cycles);
    const all = simulateSeries(rows, profile, replicates).map(statistics);
    return Object.entries(target).reduce((sum, [name, { value, unit }]) => {
      const middle = all.reduce((total, one) => total + one[name].value, 0) / all.length;
      return sum + ((middle - value) / unit) ** 2;
    }, 0);
  };
  let best = Object.fromEntries(Object.entries(searched).map(([name, [first]]) => [name, first]));
  let loss = lossOf(best);
  for (let done = 1; done <= steps; done += 1) {
    const size = done < steps / 2 ? 0.5 : 0.2;
    const tried = Object.fromEntries(
      Object.entries(searched).map(([name, [, low, high]]) => {
        const moved = random() < 0.4 ? best[name] * Math.exp(size * normal(random)) : best[name];
        return [name, Math.min(high, Math.max(low, moved))];
      }),
    );
    const found = lossOf(tried);
    if (found < loss) [best, loss] = [tried, found];
    onProgress(done);
  }
  return profileOf(best, mean, cycles);
}

const profileOf = (values, mean, cycles) => {
  const { rate, storyStrength, storySpread, storyMinutes, storyDecay, campaignStrength, campaignSpread, campaignMinutes, ...rest } = values;
  return {
    rate: rate * mean * perHour,
    ...cycles,
    ...rest,
    story: { strength: storyStrength, spread: storySpread, minutes: storyMinutes, decayMinutes: storyDecay },
    campaign: { strength: campaignStrength, spread: campaignSpread, minutes: campaignMinutes, decayMinutes: 0.5 },
  };
};

/** The daily cycle and the weekend, from means without the highest tenth. */
function fitCycles(known) {
  const usual = (group) => {
    const sorted = group.map(({ value }) => value).sort((a, b) => a - b);
    const kept = sorted.slice(0, Math.ceil(0.9 * sorted.length));
    return kept.reduce((sum, value) => sum + value, 0) / Math.max(1, kept.length);
  };
  const hours = Array.from({ length: 24 }, (_, index) =>
    Math.log(0.05 + usual(known.filter(({ time }) => Math.floor((time % day) / hour) === index))),
  );
  const harmonic = (of, times) => hours.reduce((sum, value, index) => sum + value * of((2 * Math.PI * times * (index + 0.5)) / 24), 0) / 12;
  const isWeekend = ({ time }) => (Math.floor(time / day) + 3) % 7 >= 5;
  return {
    cycle: [harmonic(Math.cos, 1), harmonic(Math.sin, 1), harmonic(Math.cos, 2), harmonic(Math.sin, 2)],
    weekend: usual(known.filter(isWeekend)) / usual(known.filter((row) => !isWeekend(row))),
  };
}

/** Simulated series at the times of a real one, with the same gaps. */
function simulateSeries(rows, profile, count, firstSeed = 1) {
  const moods = { daySpread: 0, replyShare: 0 };
  return Array.from({ length: count }, (_, index) => {
    const feed = createFeed({ profile, moods, rate: profile.rate, seed: firstSeed + index, stepMinutes: step });
    return rows.map(({ time, value }) => {
      const drawn = feed.drawVolume(time);
      return { time, value: value === undefined ? undefined : drawn };
    });
  });
}

/** Statistics of a series, on a scale where a difference of `unit` weighs 1 in the fit. */
function statistics(rows) {
  const values = rows.map(({ value }) => value);
  const fine = values.filter((value) => value !== undefined);
  const hourly = sums(values, perHour);
  const daily = sums(values, perDay);
  const logs = values.map((value) => (value === undefined ? undefined : Math.log(value + 1)));
  const log = (value) => ({ value: Math.log(Math.max(1e-3, value)), unit: 0.15 });
  const quantiles = (name, sorted, shares) =>
    shares.map((share) => [
      `${name}, quantile ${share} / mean`,
      log((quantile(sorted, share) + 0.1) / (mean(fine) * (name === '5 min' ? 1 : perHour))),
    ]);
  const correlations = [1, 3, 12, 36].map((lag) => [`correlation, ${lag * step} min`, { value: correlation(logs, lag), unit: 0.05 }]);
  return Object.fromEntries([
    ['mean', log(mean(fine))],
    [
      'median / mean',
      log(
        (quantile(
          fine.toSorted((a, b) => a - b),
          0.5,
        ) +
          0.1) /
          mean(fine),
      ),
    ],
    ['dispersion, 5 min', { ...log(dispersion(fine)), unit: 0.3 }],
    ['dispersion, 1 h', { ...log(dispersion(hourly)), unit: 0.3 }],
    ['dispersion, 1 day', { ...log(dispersion(daily)), unit: 0.5 }],
    ...quantiles(
      '5 min',
      fine.toSorted((a, b) => a - b),
      [0.1, 0.9, 0.97, 0.99, 0.999],
    ),
    ...quantiles(
      '1 h',
      hourly.toSorted((a, b) => a - b),
      [0.1, 0.9, 0.97, 0.99],
    ),
    ...correlations,
    ...[5, 20].map((factor) => [`episodes a week, × ${factor}`, { value: Math.log(0.3 + episodes(values, factor)), unit: 0.2 }]),
  ]);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/** Variance / mean: 1 for Poisson counts. */
function dispersion(values) {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length / middle;
}

/** Sums of complete groups of values. */
function sums(values, length) {
  const all = [];
  for (let at = 0; at + length <= values.length; at += length) {
    const group = values.slice(at, at + length);
    if (!group.includes(undefined)) all.push(group.reduce((sum, value) => sum + value, 0));
  }
  return all;
}

function correlation(values, lag) {
  const middle = mean(values.filter((value) => value !== undefined));
  let [products, pairs, squares, count] = [0, 0, 0, 0];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    squares += (value - middle) ** 2;
    count += 1;
    const later = values[index + lag];
    if (later === undefined) continue;
    products += (value - middle) * (later - middle);
    pairs += 1;
  }
  return products / pairs / (squares / count);
}

/** Episodes a week in which a value is `factor` times the median of the day around it, at least three hours apart. */
function episodes(values, factor) {
  let found = 0;
  let last = Number.NEGATIVE_INFINITY;
  let known = 0;
  for (let start = 0; start < values.length; start += perDay) {
    const today = values.slice(start, start + perDay).filter((value) => value !== undefined);
    const usual = Math.max(
      0.5,
      quantile(
        today.toSorted((a, b) => a - b),
        0.5,
      ),
    );
    known += today.length;
    for (let index = start; index < Math.min(values.length, start + perDay); index += 1) {
      if (!(values[index] >= factor * usual)) continue;
      if (index - last > 3 * perHour) found += 1;
      last = index;
    }
  }
  return found / (known / (7 * perDay));
}

/** Each statistic of a series beside the 5% and 95% quantiles and the median of simulated series. */
function compare(rows, profile) {
  const known = rows.filter(({ value }) => value !== undefined);
  const real = statistics(rows);
  const all = simulateSeries(rows, profile, 40, 1_000).map(statistics);
  return {
    posts: mean(known.map(({ value }) => value)) * perHour,
    rows: Object.entries(real).map(([name, { value }]) => {
      const sorted = all.map((one) => one[name].value).sort((a, b) => a - b);
      const plain = (one) => (name.startsWith('correlation') ? one : name.startsWith('episodes') ? Math.exp(one) - 0.3 : Math.exp(one));
      return {
        name,
        real: plain(value),
        low: plain(quantile(sorted, 0.05)),
        middle: plain(quantile(sorted, 0.5)),
        high: plain(quantile(sorted, 0.95)),
      };
    }),
  };
}
