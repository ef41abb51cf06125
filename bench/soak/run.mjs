import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, setup } from '../../scripts/setup.mjs';
import { missingTools } from '../../scripts/tools.mjs';

const help = `Loads a real feedpulse through a real broker for a while, breaks things at random, and checks that nothing
was lost or counted twice and that memory stays flat. Writes report.html, with its plots as SVG. Ends with 1 when
anything is lost, counted twice or in a wrong bucket, when dead letters are not the malformed messages, or when
memory climbs by more than 60 MB or open handles by more than 20 an hour, beyond the noise.

  --minutes N   how long (default: 20). The process is killed and restarted in the first quarter alone, so that one
                life is long enough to judge memory by; its first five minutes do not count
  --rate N      messages a second (default: 100): new posts, edits, copies, deletions, and some that are no posts
  --seed N      brings the same messages and faults back (default: by chance)
  --no-faults   load alone
  --out FOLDER  where the report goes (default: .cache/soak)
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
