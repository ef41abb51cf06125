import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root, setup, tool } from './setup.mjs';
import { show } from './step.mjs';
import { needChromium, needCompose, needKafka, needPromtool, needPython } from './tools.mjs';

/**
 * Every check of the project, in the order in which it is cheapest to fail. `node scripts/test.mjs unit live`
 * runs those parts alone. A part that can't run fails; none is skipped.
 */
const parts = {
  lint: { run: () => node('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings']) },
  types: { run: checkTypes },
  unused: { run: () => node('knip/bin/knip.js', []) },
  training: { needs: needPython, run: () => command('python3', ['-m', 'unittest', 'discover', '--start-directory', 'training']) },
  unit: { needs: needForUnit, run: (env) => vitest('unit', env) },
  live: { needs: needKafka, run: (env) => vitest('live', env) },
  faults: { needs: needKafka, run: (env) => vitest('faults', env) },
  browser: { needs: async () => ({ CHROMIUM_PATH: await needChromium() }), run: (env) => vitest('browser', env) },
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.\n`);
  process.exit(2);
}

try {
  await setup();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.stdout.write('\n0 passed, 1 failed\n');
  process.exit(1);
}

// What is missing on this machine shows before the first test runs, not half an hour in.
const prepared = new Map();
for (const name of wanted) prepared.set(name, await prepare(name));

const results = [];
for (const name of wanted) results.push({ name, ...(await runPart(name)) });
summarise(results);

async function needForUnit() {
  await needPromtool();
  return { COMPOSE_COMMAND: (await needCompose()).join(' ') };
}

async function prepare(name) {
  try {
    return { env: (await parts[name].needs?.()) ?? {} };
  } catch (error) {
    process.stderr.write(`${name}: ${error.message}\n`);
    return { trouble: error.message };
  }
}

async function runPart(name) {
  const { env, trouble } = prepared.get(name);
  process.stdout.write(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}\n`);
  const startedAt = Date.now();
  const counts = trouble ? { passed: 0, failed: 1, note: trouble } : await parts[name].run(env);
  return { ...counts, seconds: (Date.now() - startedAt) / 1_000 };
}

/** A tool of node_modules as one check. */
function node(path, args) {
  return command(process.execPath, [tool(path), ...args]);
}

/** A command as one check: it passes when it ends with 0. */
async function command(name, args) {
  const code = await show(name, args, { cwd: root });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, note: `${name} ended with ${code}` };
}

async function checkTypes() {
  const projects = ['.', 'src/web', 'test'];
  let failed = 0;
  for (const project of projects) failed += (await node('typescript/bin/tsc', ['--noEmit', '-p', project])).failed;
  return { passed: projects.length - failed, failed };
}

/** One of vitest's projects; its own report says how many tests passed. A skipped test is a failed one. */
async function vitest(project, env) {
  const folder = mkdtempSync(join(tmpdir(), 'feedpulse-report-'));
  const report = join(folder, 'report.json');
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await show(process.execPath, [tool('vitest/vitest.mjs'), ...args], { cwd: root, env: { ...process.env, ...env } });
  const counts = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  if (!counts || counts.passed + counts.failed === 0) return { passed: 0, failed: 1, note: 'no test ran' };
  if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1, note: `vitest ended with ${code}` };
  return counts;
}

function readReport(file) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
    const skipped = numPendingTests + numTodoTests;
    // A file that could not be loaded has failed without a failed test.
    const broken = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
    const failures = [
      ...testResults.flatMap(failuresOf),
      ...broken.map(({ name, message }) => toFailure(name, 'could not be loaded', message)),
    ];
    return {
      passed: numPassedTests,
      failed: numFailedTests + broken.length + skipped,
      failures,
      ...(skipped > 0 ? { note: `${skipped} skipped` } : {}),
    };
  } catch {
    return undefined;
  }
}

function failuresOf({ name, assertionResults }) {
  return assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => toFailure(name, fullName, failureMessages[0] ?? ''));
}

function toFailure(file, title, message) {
  return `${relative(root, file)}: ${title}\n    ${stripVTControlCharacters(message).split('\n')[0]}`;
}

function summarise(rows) {
  // Whoever sees the end of a long log alone sees what failed.
  const failures = rows.flatMap((row) => row.failures ?? []);
  if (failures.length > 0) process.stdout.write(`\nfailed:\n${failures.map((failure) => `  ${failure}\n`).join('')}`);
  process.stdout.write(`\n${'part'.padEnd(10)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'time'.padStart(10)}\n`);
  for (const { name, passed, failed, seconds, note } of rows) {
    const line = `${name.padEnd(10)}${String(passed).padStart(8)}${String(failed).padStart(8)}${`${seconds.toFixed(1)} s`.padStart(10)}`;
    process.stdout.write(`${line}${note ? `  ${note}` : ''}\n`);
  }
  const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
  process.stdout.write(`\n${total('passed')} passed, ${total('failed')} failed\n`);
  process.exitCode = total('failed') === 0 ? 0 : 1;
}
