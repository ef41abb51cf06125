import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { root, setup } from '../../scripts/setup.mjs';
import { machine, machineLine } from '../lib/machine.mjs';
import { openBrowser } from './open-browser.mjs';

const help = `Starts the demo as a new user does and waits, in a real browser, until the overview shows an incident:
the brand and start time, the key terms, and a quoted post. Fails if that takes longer than a minute.

  --fresh      in a fresh copy, so that installing and building count
  --rounds N   number of runs (default: 3)
  --json       print the results as one JSON object instead of a table
`;
const { values: options } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

const limitSeconds = 60;
const timeoutMs = 180_000;
const execute = promisify(execFile);

await setup();
const rounds = [];
for (let round = 0; round < Number(options.rounds); round += 1) rounds.push(await firstMinute());

const results = { machine: machine(), start: options.fresh ? 'fresh copy' : 'already set up', limit: limitSeconds, rounds };
process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : `${table(results)}\n`);
if (rounds.some(({ posts }) => posts > limitSeconds)) {
  process.stderr.write(`limit exceeded: longer than ${limitSeconds} s\n`);
  process.exitCode = 1;
}

/** Seconds from `npm start` until each part is shown. */
async function firstMinute() {
  const scratch = await mkdtemp(join(tmpdir(), 'feedpulse-first-minute-'));
  const folder = options.fresh ? await freshCopy(join(scratch, 'copy')) : root;
  const browser = await openBrowser();
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  const program = spawn('npm', ['start', '--silent', '--', '--port', '0', '--data-dir', join(scratch, 'data')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as in a terminal, so that a signal reaches npm and feedpulse.
    detached: true,
  });
  const ended = new Promise((resolve) => program.once('close', resolve));
  try {
    const url = await addressIn(program);
    const address = seconds();
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 1300 } })).newPage();
    await page.goto(url);
    const card = page.locator('.incident').first();
    await card.waitFor({ timeout: timeoutMs });
    const brand = seconds();
    await card.locator('.topics').waitFor({ timeout: timeoutMs });
    const topics = seconds();
    await card.locator('blockquote').waitFor({ timeout: timeoutMs });
    return { address, brand, topics, posts: seconds() };
  } finally {
    await browser.close();
    if (program.exitCode === null) process.kill(-program.pid, 'SIGTERM');
    await ended;
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Copies the working tree without ignored files. */
async function freshCopy(folder) {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await execute('git', listing, { cwd: root, maxBuffer: 2 ** 26 });
  const names = stdout.split('\0').filter((name) => name && existsSync(join(root, name)));
  for (const name of names) await cp(join(root, name), join(folder, name));
  return folder;
}

function addressIn(program) {
  return new Promise((resolve, reject) => {
    let output = '';
    const look = (chunk) => {
      output += chunk;
      const address = /http:\/\/127\S+/.exec(output)?.[0];
      if (address) resolve(address);
    };
    program.stdout.on('data', look);
    program.stderr.on('data', look);
    program.once('close', (code) => reject(new Error(`npm start exited with ${code} before it printed its URL:\n${output}`)));
  });
}

function table({ machine: facts, start, rounds: measured }) {
  const columns = { address: 'address', brand: 'incident', topics: 'key terms', posts: 'quoted post' };
  const width = Math.max(...Object.values(columns).map(({ length }) => length)) + 2;
  const lines = measured.map((round) =>
    Object.keys(columns)
      .map((key) => `${round[key].toFixed(1)} s`.padStart(width))
      .join(''),
  );
  return [
    machineLine(facts),
    `seconds after \`npm start\` (${start}); limit ${limitSeconds} s`,
    Object.values(columns)
      .map((title) => title.padStart(width))
      .join(''),
    ...lines,
  ].join('\n');
}
