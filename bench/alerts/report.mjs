import { kinds } from './simulate.mjs';

const minute = 60_000;
const maxDelay = 10 * minute;
/** False alerts per brand and week, for each size. */
const maxFalseAlerts = 1;
/** Incidents that the best possible test finds in this share of cases … */
const minBest = 0.99;
/** … must be found in this share. */
const minFound = 0.9;
/** The limit of a drop by 40 points at 300 posts an hour. */
const largeDrop = { kind: 'net sentiment −40', rate: 300, minFound: 0.8 };
/** Evaluations run every 15 seconds and must leave most of the time to other work. */
const maxEvaluationMs = 3_000;

/** Brands by size, with false alerts, and incidents by kind. */
function summarize({ brands }) {
  return [...new Set(brands.map(({ rate }) => rate))].map((rate) => {
    const own = brands.filter((brand) => brand.rate === rate);
    const falseAlerts = own.flatMap((brand) => brand.falseAlerts);
    const weeks = own.reduce((sum, brand) => sum + brand.weeks, 0);
    const incidents = own.flatMap((brand) => brand.incidents).filter(({ delay }) => delay !== undefined);
    return {
      rate,
      weeks,
      falseAlerts,
      perWeek: falseAlerts.length / weeks,
      incidents,
      kinds: kinds.map(({ name }) => ({ name, ...found(incidents.filter(({ kind }) => kind === name)) })),
    };
  });
}

function found(incidents) {
  const delays = incidents.map(({ delay }) => delay).sort((a, b) => a - b);
  return {
    incidents: incidents.length,
    share: delays.filter((delay) => delay <= maxDelay).length / incidents.length,
    best: incidents.reduce((sum, { best }) => sum + best, 0) / incidents.length,
    medianDelay: delays[delays.length >> 1] ?? Number.POSITIVE_INFINITY,
  };
}

/** @returns a sentence for each limit that is missed */
export function checkLimits(simulated, evaluations) {
  const all = summarize(simulated);
  const missed = all
    .filter(({ perWeek }) => perWeek > maxFalseAlerts)
    .map(({ rate, perWeek }) => `${perWeek.toFixed(2)} false alerts per brand and week at ${rate} posts an hour`);
  for (const { rate, incidents } of all) {
    const clear = incidents.filter(({ best }) => best >= minBest);
    const { share } = found(clear);
    if (clear.length > 0 && share < minFound)
      missed.push(`${percent(share)} of ${clear.length} incidents found that the best possible test finds, at ${rate} posts an hour`);
  }
  const drop = all.find(({ rate }) => rate === largeDrop.rate)?.kinds.find(({ name }) => name === largeDrop.kind);
  const limit = Math.min(largeDrop.minFound, minFound * (drop?.best ?? 0));
  if (drop && drop.share < limit)
    missed.push(`${percent(drop.share)} of drops by 40 points found at ${largeDrop.rate} posts an hour (limit ${percent(limit)})`);
  if (simulated.outageAlerts !== 1) missed.push(`${simulated.outageAlerts} alerts of rule feed for one outage`);
  if (evaluations && evaluations.firstMs > maxEvaluationMs)
    missed.push(`an evaluation of ${evaluations.pairs} pairs took ${evaluations.firstMs.toFixed(0)} ms (limit ${maxEvaluationMs} ms)`);
  return missed;
}

export function table(simulated) {
  const all = summarize(simulated);
  const head = ['posts per hour'.padEnd(26), ...all.map(({ rate }) => cell(rate.toLocaleString('en-US')))].join('');
  const line = (name, of) => [name.padEnd(26), ...all.map((size) => cell(of(size)))].join('');
  const rules = [...new Set(all.flatMap(({ falseAlerts }) => falseAlerts.map(({ rule }) => rule)))].sort();
  const profiles = [...new Set(simulated.brands.map(({ profile }) => profile))];
  const ofProfile = ({ rate }, profile) => {
    const own = simulated.brands.filter((brand) => brand.rate === rate && brand.profile === profile);
    return own.reduce((sum, brand) => sum + brand.falseAlerts.length, 0) / own.reduce((sum, { weeks }) => sum + weeks, 0);
  };
  const clear = ({ incidents }) => found(incidents.filter(({ best }) => best >= minBest));
  const kindLine = (name, index) => line(name, (size) => `${percent(size.kinds[index].share)} / ${percent(size.kinds[index].best)}`);
  return [
    head,
    '',
    `false alerts per week (${all[0].weeks.toFixed(0)} brand-weeks each)`,
    line('all', ({ perWeek }) => perWeek.toFixed(2)),
    line('  95% interval', ({ falseAlerts, weeks }) =>
      poissonInterval(falseAlerts.length)
        .map((count) => (count / weeks).toFixed(1))
        .join('–'),
    ),
    ...rules.map((rule) =>
      line(`  ${rule}`, ({ falseAlerts, weeks }) => (falseAlerts.filter((one) => one.rule === rule).length / weeks).toFixed(2)),
    ),
    ...profiles.map((profile) => line(`  ${profile}`, (size) => ofProfile(size, profile).toFixed(2))),
    '',
    'found within 10 minutes / by the best possible test',
    ...kinds.map(({ name }, index) => kindLine(name, index)),
    line('best ≥ 99%, all kinds', (size) =>
      clear(size).incidents > 0 ? `${percent(clear(size).share)} of ${clear(size).incidents}` : '–',
    ),
    '',
    'median delay in minutes',
    ...kinds.map(({ name }, index) => line(name, (size) => minutes(size.kinds[index].medianDelay))),
  ].join('\n');
}

export function evaluationLine({ pairs, firstMs, firstCpuMs, nextMs }) {
  const first = `the first ${firstMs.toFixed(0)} ms (${firstCpuMs.toFixed(0)} ms of CPU time)`;
  return `Evaluation of ${pairs} rule-brand pairs in a real database: ${first}, later ones ${nextMs.toFixed(0)} ms`;
}

/** The 95% interval of a Poisson mean by the Wilson–Hilferty approximation of chi-squared quantiles. */
function poissonInterval(count) {
  const quantile = (degrees, z) => degrees * (1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees))) ** 3;
  return [count === 0 ? 0 : quantile(2 * count, -1.96) / 2, quantile(2 * (count + 1), 1.96) / 2];
}

const cell = (text) => String(text).padStart(13);
const percent = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(0)}%` : '–');
const minutes = (ms) => (Number.isFinite(ms) ? (ms / minute).toFixed(0) : '–');
