import { parseArgs } from 'node:util';
import { setup } from '../scripts/setup.mjs';

const help = `Replays a simulated month through the alerts as they ship, minute by minute, and fails where a limit is missed.

  --seed N   another month (default: 1)
  --json     the figures as one JSON object, without the table

Posts come by the demo's rhythm and with the labels that the bundled model would give them; every day has an incident. A
row says how many of its incidents were alerted within ten minutes, and how many the best possible test could find in that
time: one that knows when the incident begins and how large it is, and is wrong as often as once a week. Rows in which
that is nearly every one have a limit.
`;
const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

await setup();
const { simulate, falseAlertsLimit } = await import('./alerts/simulate.mjs');
const figures = await simulate(Number(options.seed));
process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `${table(figures)}\n`);
const missed = figures.rows.filter(({ isLimited, found, incidents }) => isLimited && found < incidents);
const noisy = figures.falseAlerts.filter(({ perWeek }) => perWeek > falseAlertsLimit);
if (missed.length + noisy.length > 0 || !figures.outageTold) {
  process.stderr.write(
    `${missed.length + noisy.length} limits were missed${figures.outageTold ? '' : ', and the outage was not told once'}.\n`,
  );
  process.exitCode = 1;
}

function table({ rows, falseAlerts, lookMs, brands }) {
  const cell = (text, length) => String(text).padStart(length);
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
  const noise = falseAlerts.map(({ brand, perWeek }) => `${brand.padEnd(36)}${cell(perWeek.toFixed(2), 15)} false alerts a week`);
  return [head.join(''), ...body, '', ...noise, '', `one look at ${brands} brands and 2 rules: ${lookMs.toFixed(2)} ms`].join('\n');
}
