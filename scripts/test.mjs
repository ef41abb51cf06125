import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root, setup, tool } from './setup.mjs';
import { runInherited } from './step.mjs';
import { findChromium, findCompose, missingTools } from './tools.mjs';

/**
 * Every check of the project, cheapest first. `node scripts/test.mjs unit live` runs those parts alone. A part whose tools
 * are missing fails; none is skipped.
 */
const parts = {
  lint: { run: () => node('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings']) },
  types: { run: checkTypes },
  unused: { run: () => node('knip/bin/knip.js', []) },
  training: {
    tools: ['python'],
    run: () => command('python3', ['-m', 'unittest', 'discover', '--start-directory', 'training', '--top-level-directory', '.']),
  },
  unit: {
    tools: ['compose', 'promtool'],
    run: async () => vitest(['unit', 'isolated'], { COMPOSE_COMMAND: (await findCompose()).join(' ') }),
  },
  live: { tools: ['kafka', 'alertmanager'], run: () => vitest(['live']) },
  faults: { tools: ['kafka'], run: () => vitest(['faults']) },
  browser: { tools: ['chromium'], run: () => vitest(['browser'], { CHROMIUM_PATH: findChromium() }) },
};

const shownFiles = 12;

const selected = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
const unknown = selected.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`Unknown part: ${unknown.join(', ')}. The parts are ${Object.keys(parts).join(', ')}.\n`);
  process.exit(2);
}

try {
  await setup();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.stdout.write('\n0 passed, 1 failed\n');
  process.exit(1);
}

// Missing tools are reported before the first test runs.
const missing = new Map();
for (const name of selected) missing.set(name, await missingTools(parts[name].tools ?? []));
for (const line of new Set([...missing.values()].flat())) process.stderr.write(`${line}\n`);

const results = [];
for (const name of selected) results.push({ name, ...(await runPart(name)) });
summarize(results);

async function runPart(name) {
  process.stdout.write(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}\n`);
  const startedAt = Date.now();
  const [problem] = missing.get(name);
  const counts = problem ? { passed: 0, failed: 1, note: problem } : await parts[name].run();
  return { ...counts, seconds: (Date.now() - startedAt) / 1_000 };
}

/** Runs a tool from node_modules as one check. */
function node(path, args) {
  return command(process.execPath, [tool(path), ...args]);
}

/** One check: passes if the command exits with 0. */
async function command(name, args) {
  const code = await runInherited(name, args, { cwd: root });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, note: `${name} exited with ${code}` };
}

async function checkTypes() {
  const projects = ['.', 'src/web', 'test'];
  const results = await Promise.all(projects.map((project) => node('typescript/bin/tsc', ['--noEmit', '-p', project])));
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  return { passed: projects.length - failed, failed };
}

/** Runs projects of vitest and reads the counts from the report. A skipped test counts as failed. */
async function vitest(projects, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'feedpulse-report-'));
  const report = join(folder, 'report.json');
  const selection = projects.flatMap((project) => ['--project', project]);
  const args = ['run', ...selection, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runInherited(process.execPath, [tool('vitest/vitest.mjs'), ...args], { cwd: root, env: { ...process.env, ...env } });
  const counts = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  if (!counts || counts.passed + counts.failed === 0) return { passed: 0, failed: 1, note: 'no test ran' };
  if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1, note: `vitest exited with ${code}` };
  return counts;
}

function readReport(file) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
    const skipped = numPendingTests + numTodoTests;
    // A file that could not be loaded fails without a failed test.
    const loadFailures = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
    const failures = [
      ...testResults.flatMap(failuresOf),
      ...loadFailures.map(({ name, message }) => toFailure(name, 'could not be loaded', message)),
    ];
    return {
      passed: numPassedTests,
      failed: numFailedTests + loadFailures.length + skipped,
      failures,
      files: testResults.map(({ name, startTime, endTime }) => ({ file: relative(root, name), seconds: (endTime - startTime) / 1_000 })),
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

function summarize(rows) {
  // Repeated at the end, because a CI log may show only its end.
  const failures = rows.flatMap((row) => row.failures ?? []);
  if (failures.length > 0) process.stdout.write(`\nfailed:\n${failures.map((failure) => `  ${failure}\n`).join('')}`);
  const slowest = rows.flatMap((row) => row.files ?? []).sort((a, b) => b.seconds - a.seconds);
  if (slowest.length > 0) {
    const lines = slowest.slice(0, shownFiles).map(({ file, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${file}\n`);
    process.stdout.write(`\nslowest files:\n${lines.join('')}`);
  }
  process.stdout.write(`\n${'part'.padEnd(10)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'time'.padStart(10)}\n`);
  for (const { name, passed, failed, seconds, note } of rows) {
    const line = `${name.padEnd(10)}${String(passed).padStart(8)}${String(failed).padStart(8)}${`${seconds.toFixed(1)} s`.padStart(10)}`;
    process.stdout.write(`${line}${note ? `  ${note}` : ''}\n`);
  }
  const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
  process.stdout.write(
    `${'total'.padEnd(10)}${String(total('passed')).padStart(8)}${String(total('failed')).padStart(8)}${`${total('seconds').toFixed(1)} s`.padStart(10)}\n`,
  );
  process.stdout.write(`\n${total('passed')} passed, ${total('failed')} failed\n`);
  process.exitCode = total('failed') === 0 ? 0 : 1;
}
