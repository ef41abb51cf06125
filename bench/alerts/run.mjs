import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';

const help = `Replays a simulated month through the production alert evaluator, minute by minute, and fails if a limit is missed.

  --seed N   another month (default: 1)
  --json     the figures as one JSON object, without the tables

1. The demo feed over a month, its stories the incidents: labels by the bundled model on one day, by what it made of each
   tone on that day on the others. A story is an incident from when on net sentiment is 20 points lower, or there are three
   times the posts that were expected; where those were 100 an hour or more, and the best possible test would find 99 of
   100 such, it has to be told within ten minutes.
2. Brands of all sizes, with an incident of a given size every day: how many are told within ten minutes, and how many the
   best possible test would find in that time, one that knows when the incident begins and how large it is, and is wrong as
   often as once a week. Rows in which that is nearly every one have a limit.
3. What a look takes over the figures of 500 brands with 3 rules, in a real database.
`;
const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

await setup();
const { simulate, falseAlertsLimit } = await import('./simulate.mjs');
const { demoMonth } = await import('./demo-month.mjs');
const { measureEvaluations } = await import('./cost.mjs');
const { createProgress } = await import('../../dist/cli/output/progress.js');
/** A look at 500 brands comes every 15 seconds, and must leave most of that to others. */
const lookLimitMs = 7_500;
const pairLimitMs = 5;

const seed = Number(options.seed);
const demo = await demoMonth(seed, showProgress());
const sizes = await simulate(seed);
const looks = await measureEvaluations();
const figures = { demo, sizes, looks };
process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `${[demoTable(demo), table(sizes), lookLine(looks)].join('\n\n')}\n`);

const noisy = [...demo.falseAlerts, ...sizes.falseAlerts].filter(({ perWeek }) => perWeek > falseAlertsLimit);
const missed = [
  ...demo.rows
    .filter(({ found, incident }) => incident.isLimited && !found)
    .map(({ brand, from }) => `${brand}, ${new Date(from).toISOString()}: not reported in time`),
  ...sizes.rows
    .filter(({ isLimited, found, incidents }) => isLimited && found < incidents)
    .map(({ name }) => `${name}: not all reported in time`),
  ...noisy.map(({ brand, perWeek }) => `${brand}: ${perWeek.toFixed(2)} false alerts a week`),
  ...(sizes.outageTold ? [] : ['the outage was not reported exactly once']),
  ...(looks.firstMs > lookLimitMs || looks.firstMs / looks.pairs > pairLimitMs ? ['a look takes too long'] : []),
];
if (missed.length > 0) {
  process.stderr.write(`${missed.length} limits were missed: ${missed.join('; ')}.\n`);
  process.exitCode = 1;
}

function showProgress() {
  let bar;
  let title = '';
  return ({ what, done, total }) => {
    if (what !== title) {
      bar?.stop();
      bar = createProgress(what);
      title = what;
    }
    bar?.update(done, total);
    if (done >= total) bar?.stop();
  };
}

function demoTable({ rows, falseAlerts, stories }) {
  const line = (kind, isLimited) => {
    const own = rows.filter((row) => row.kind === kind && row.incident.isLimited === isLimited);
    const told = own.filter(({ found }) => found).length;
    const slowest = Math.max(...own.map(({ delay }) => delay ?? Number.POSITIVE_INFINITY));
    const name = `${kind}, ${isLimited ? '100 an hour or more' : 'fewer, or harder to see'}`;
    const words = Number.isFinite(slowest) ? `${(slowest / 60_000).toFixed(0)} min` : 'one never';
    return [
      name.padEnd(36),
      cell(`${told} of ${own.length}`, 15),
      cell(words, 15),
      cell(isLimited ? (told < own.length ? 'missed' : 'held') : '', 15),
    ].join('');
  };
  const head = [
    'the demo feed, posts expected'.padEnd(36),
    ...['within 10 min', 'the slowest', 'limit'].map((title) => cell(title, 15)),
  ].join('');
  const lines = ['crisis', 'success'].flatMap((kind) => [line(kind, true), line(kind, false)]);
  return [`${rows.length} incidents in ${stories} stories of 30 days`, head, ...lines, '', ...falseAlerts.map(noiseLine)].join('\n');
}

function cell(text, length) {
  return String(text).padStart(length);
}

function noiseLine({ brand, perWeek }) {
  return `${brand.padEnd(36)}${cell(perWeek.toFixed(2), 15)} false alerts a week`;
}

function lookLine({ pairs, firstMs, nextMs }) {
  const first = `${firstMs.toFixed(0)} ms with the past read anew (${(firstMs / pairs).toFixed(2)} ms a pair)`;
  return `One look at ${pairs} pairs of rule and brand in a real database: ${first}, ${nextMs.toFixed(0)} ms within the same quarter-hour`;
}

function table({ rows, falseAlerts }) {
  const minutes = (value) => (value === null ? '–' : `${value.toFixed(0)} min`);
  const head = [
    'incident, posts an hour from'.padEnd(36),
    ...['within 10 min', 'best possible', 'median delay', 'limit'].map((title) => cell(title, 15)),
  ];
  const body = rows.map(({ name, found, incidents, best, medianDelay, isLimited }) =>
    [
      name.padEnd(36),
      cell(`${found} of ${incidents}`, 15),
      cell(`${(100 * best).toFixed(0)} %`, 15),
      cell(minutes(medianDelay), 15),
      cell(isLimited ? (found < incidents ? 'missed' : 'held') : '', 15),
    ].join(''),
  );
  return [head.join(''), ...body, '', ...falseAlerts.map(noiseLine)].join('\n');
}
