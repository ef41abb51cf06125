import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { setup } from '../../scripts/setup.mjs';

const help = `Backtests the default alert rules on simulated months with the production evaluator, and fails if a limit is missed.

  npm run bench:alerts -- [--quick] [--seed N] [--sizes 100,300] [--json]
  npm run bench:alerts -- --fit FOLDER
  npm run bench:alerts -- --fit-moods FILE

  --quick        shorter months and fewer incidents (a minute)
  --seed N       seed of the simulation (default: 1)
  --sizes LIST   posts per hour (default: 1 to 10,000)
  --json         print one JSON object instead of the tables
  --fit FOLDER   fit the simulation to series of posts per five minutes, as \`timestamp,value\`, with the labelled incidents in
                 windows.json, and print the parameters for profiles.mjs and a comparison of simulated and real series
  --fit-moods FILE   the same for the correlation of opinions, from \`timestamp,brand,negative,neutral,positive\` per 15 minutes

1. Quiet months of brands with 1 to 10,000 posts an hour, which are as bursty as the real series that the simulation was fitted
   to: every alert is false. Limit: one a week for each size.
2. Incidents, each in a quiet month of its own: the share found within ten minutes, compared with the best possible test, which
   knows the process, the start and the size of the incident, and has one false alert a week. Of the incidents that it finds
   in 99% of cases, 90% must be found; of drops of net sentiment by 40 points at 300 posts an hour, 80%, or 90% of what the best
   possible test finds.
3. The time of an evaluation of 500 brands with 3 rules in a real database (not with --quick).
`;
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    json: { type: 'boolean', default: false },
    fit: { type: 'string' },
    'fit-moods': { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

await setup();
const { createProgress } = await import('../../dist/cli/output/progress.js');
if (options.fit || options['fit-moods']) {
  const { reportFit } = await import('./fit-report.mjs');
  process.stdout.write(reportFit({ folder: options.fit, moodsFile: options['fit-moods'] }, showProgress()));
} else await simulateAndMeasure();

async function simulateAndMeasure() {
  const { checkLimits, evaluationLine, table } = await import('./report.mjs');
  const scale = options.quick
    ? { days: 7, incidents: 13, draws: { usual: 8_000, changed: 800 }, rates: [1, 10, 100, 1_000, 10_000] }
    : { days: 28, incidents: 104, draws: { usual: 24_000, changed: 2_400 } };
  const rates = options.sizes && { rates: options.sizes.split(',').map(Number) };
  const simulated = await simulateInThreads({ seed: Number(options.seed), ...scale, ...rates });
  const evaluations = options.quick ? undefined : await (await import('./cost.mjs')).measureEvaluations();
  const lines = [table(simulated), ...(evaluations ? [evaluationLine(evaluations)] : [])];
  process.stdout.write(options.json ? `${JSON.stringify({ ...simulated, evaluations })}\n` : `${lines.join('\n\n')}\n`);
  const missed = checkLimits(simulated, evaluations);
  if (missed.length === 0) return;
  process.stderr.write(`${missed.length} limits missed:\n${missed.map((one) => `- ${one}\n`).join('')}`);
  process.exitCode = 1;
}

/** Simulates every other brand in each of two threads. */
async function simulateInThreads(options) {
  const progress = createProgress('simulating');
  const shares = [0, 0];
  const parts = await Promise.all(
    shares.map(
      (_, index) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(new URL('./simulate-worker.mjs', import.meta.url), {
            workerData: { options, part: { index, count: shares.length } },
          });
          worker.on('error', reject);
          worker.on('message', ({ share, simulated }) => {
            if (simulated) return resolve(simulated);
            shares[index] = share;
            progress.update(50 * (shares[0] + shares[1]), 100);
          });
        }),
    ),
  );
  progress.stop();
  const brands = parts.flatMap((part) => part.brands);
  return {
    brands: brands.sort((a, b) => a.rate - b.rate || a.profile.localeCompare(b.profile)),
    outageAlerts: Math.max(...parts.map(({ outageAlerts }) => outageAlerts)),
  };
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
