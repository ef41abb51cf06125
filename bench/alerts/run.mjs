import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';

const help = `Backtests the alert rules on a simulated month with the production evaluator, and fails if a limit is missed.

  --seed N   seed of the simulation (default: 1)
  --json     print one JSON object instead of the tables

1. A month of the demo source, with its scenarios as incidents. The bundled model labels the first day; labels of the other
   days are drawn from its confusion matrix. A scenario is an incident once net sentiment is 20 points lower or volume is
   three times as high as expected. Incidents with at least 100 expected posts per hour, of which the best possible test
   detects 99%, must be reported within ten minutes.
2. Brands of all sizes with one incident of a given size per day: incidents reported within ten minutes, compared with the
   best possible test, which knows the start and size of the incident and has one false alert a week. Rows in which the
   best possible test detects nearly all incidents have a limit.
3. The time of an evaluation of 500 brands with 3 rules in a real database.
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
/** Evaluations run every 15 seconds and must leave most of the time to other work. */
const maxEvaluationMs = 7_500;
const maxPairMs = 5;

const seed = Number(options.seed);
const demo = await demoMonth(seed, showProgress());
const sizes = await simulate(seed);
const evaluations = await measureEvaluations();
const figures = { demo, sizes, evaluations };
process.stdout.write(
  options.json ? `${JSON.stringify(figures)}\n` : `${[demoTable(demo), table(sizes), evaluationLine(evaluations)].join('\n\n')}\n`,
);

const noisy = [...demo.falseAlerts, ...sizes.falseAlerts].filter(({ perWeek }) => perWeek > falseAlertsLimit);
const missed = [
  ...demo.rows
    .filter(({ found, incident }) => incident.isLimited && !found)
    .map(({ brand, from }) => `${brand}, ${new Date(from).toISOString()}: not reported in time`),
  ...sizes.rows
    .filter(({ isLimited, found, incidents }) => isLimited && found < incidents)
    .map(({ name }) => `${name}: not all reported in time`),
  ...noisy.map(({ brand, perWeek }) => `${brand}: ${perWeek.toFixed(2)} false alerts per week`),
  ...(sizes.outageReported ? [] : ['the outage was not reported exactly once']),
  ...(evaluations.firstMs > maxEvaluationMs || evaluations.firstMs / evaluations.pairs > maxPairMs
    ? [
        `an evaluation of ${evaluations.pairs} pairs took ${evaluations.firstMs.toFixed(0)} ms (limits: ${maxEvaluationMs} ms, ${maxPairMs} ms per pair)`,
      ]
    : []),
];
if (missed.length > 0) {
  process.stderr.write(`${missed.length} limits missed: ${missed.join('; ')}.\n`);
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

function demoTable({ rows, falseAlerts, scenarios }) {
  const line = (kind, isLimited) => {
    const own = rows.filter((row) => row.kind === kind && row.incident.isLimited === isLimited);
    const inTime = own.filter(({ found }) => found).length;
    const slowest = Math.max(...own.map(({ delay }) => delay ?? Number.POSITIVE_INFINITY));
    const name = `${kind}, ${isLimited ? 'detectable, ≥ 100 posts/h' : "below the limit's size"}`;
    const words = Number.isFinite(slowest) ? `${(slowest / 60_000).toFixed(0)} min` : 'undetected';
    return [
      name.padEnd(36),
      cell(`${inTime} of ${own.length}`, 15),
      cell(words, 15),
      cell(isLimited ? (inTime < own.length ? 'missed' : 'met') : '', 15),
    ].join('');
  };
  const head = ['demo source'.padEnd(36), ...['within 10 min', 'max delay', 'limit'].map((title) => cell(title, 15))].join('');
  const lines = ['crisis', 'success'].flatMap((kind) => [line(kind, true), line(kind, false)]);
  return [`${rows.length} incidents in ${scenarios} scenarios over 30 days`, head, ...lines, '', ...falseAlerts.map(noiseLine)].join('\n');
}

function cell(text, length) {
  return String(text).padStart(length);
}

function noiseLine({ brand, perWeek }) {
  return `${brand.padEnd(36)}${cell(perWeek.toFixed(2), 15)} false alerts per week`;
}

function evaluationLine({ pairs, firstMs, nextMs }) {
  const first = `first evaluation of a bucket ${firstMs.toFixed(0)} ms (${(firstMs / pairs).toFixed(2)} ms per pair)`;
  return `Evaluation of ${pairs} rule-brand pairs in a real database: ${first}, later ones ${nextMs.toFixed(0)} ms`;
}

function table({ rows, falseAlerts }) {
  const minutes = (value) => (value === null ? '–' : `${value.toFixed(0)} min`);
  const head = [
    'incident, min. posts/h'.padEnd(36),
    ...['within 10 min', 'best possible', 'median delay', 'limit'].map((title) => cell(title, 15)),
  ];
  const body = rows.map(({ name, found, incidents, best, medianDelay, isLimited }) =>
    [
      name.padEnd(36),
      cell(`${found} of ${incidents}`, 15),
      cell(`${(100 * best).toFixed(0)}%`, 15),
      cell(minutes(medianDelay), 15),
      cell(isLimited ? (found < incidents ? 'missed' : 'met') : '', 15),
    ].join(''),
  );
  return [head.join(''), ...body, '', ...falseAlerts.map(noiseLine)].join('\n');
}
