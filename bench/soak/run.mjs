import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, setup } from '../../scripts/setup.mjs';
import { missingTools } from '../../scripts/tools.mjs';

const help = `Loads a real feedpulse through a real broker, injects random faults, and checks that nothing is lost or counted
twice and that memory stays flat. Writes report.html with SVG plots. Exits with 1 if anything is lost, duplicated or
in a wrong bucket, if dead letters differ from the malformed messages, or if memory grows by more than 60 MB or open
handles by more than 20 per hour, beyond the noise.

  --minutes N   duration (default: 20). The process is killed and restarted only in the first quarter, so that one
                process lives long enough to measure memory; its first five minutes are ignored
  --rate N      messages per second (default: 100): new posts, edits, duplicates, deletions, and invalid messages
  --seed N      repeat the same messages and faults (default: random)
  --no-faults   load only
  --out DIR     output directory of the report (default: .cache/soak)
`;
const { values } = parseArgs({
  allowNegative: true,
  options: {
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    faults: { type: 'boolean', default: true },
    out: { type: 'string', default: '.cache/soak' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit();
}
const [minutes, rate, seed] = [values.minutes, values.rate, values.seed].map(Number);
if (!(minutes > 0 && rate > 0 && seed >= 0)) {
  process.stderr.write('--minutes and --rate are numbers above 0, --seed is one of at least 0.\n');
  process.exit(2);
}
try {
  await setup();
  const missing = await missingTools(['kafka']);
  if (missing.length > 0) throw new Error(missing.join('\n'));
  const { runnerImport } = await import('vite');
  const { soak } = (await runnerImport(resolve(root, 'test/soak/soak.ts'))).module;
  process.exitCode = (await soak({ minutes, rate, seed, faults: values.faults, out: resolve(values.out) })) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
