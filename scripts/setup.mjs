import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { step, stopChildren } from './step.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Installs exactly what the lock file lists and builds, skipping what is already done. `runtimeOnly` skips dev
 * dependencies, which takes a third less time.
 */
export async function setup({ runtimeOnly = false } = {}) {
  checkNode();
  if (isInstalled(runtimeOnly) && isBuilt()) return;
  await withLock(async () => {
    if (!isInstalled(runtimeOnly)) await install(runtimeOnly);
    if (!isBuilt()) await build();
  });
}

const lockFile = join(root, '.cache', 'setup.lock');
const pollMs = 500;

/** Runs `work` while no other process sets up this directory: two installations would delete each other's files. */
async function withLock(work) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (let waits = 0; !acquireLock(); waits += 1) {
    if (waits === 0) process.stderr.write('Waiting for another process that is setting up feedpulse …\n');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, interrupt);
  try {
    await work();
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    rmSync(lockFile, { force: true });
  }
}

/** Keeps the lock until the running step has ended: npm goes on for a while after Ctrl-C, and would clash with the next setup. */
async function interrupt(_signal, number) {
  await stopChildren();
  rmSync(lockFile, { force: true });
  process.stderr.write('\nInterrupted. Run the same command again to continue.\n');
  process.exit(128 + number);
}

/** True if this process now has the lock; the lock of a process that has ended is removed. */
function acquireLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'));
    // In a container, every first process has the same PID.
    if (!(holder > 0) || holder === process.pid || !isRunning(holder)) rmSync(lockFile, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // released in the meantime
  }
  return false;
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`feedpulse needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
}

/**
 * npm writes node_modules/.package-lock.json last. Packages for other platforms are missing there; all others must be
 * present with the version and checksum of the lock file.
 */
function isInstalled(runtimeOnly) {
  const expected = packagesOf('package-lock.json');
  const installed = packagesOf(join('node_modules', '.package-lock.json'));
  if (!expected || !installed) return false;
  return Object.entries(expected).every(([path, { version, integrity, dev, optional, devOptional }]) => {
    if (path === '' || (runtimeOnly && dev)) return true;
    const found = installed[path];
    if (!found) return Boolean(optional || devOptional);
    return found.version === version && found.integrity === integrity;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(join(root, lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Install scripts are disabled. */
async function install(runtimeOnly) {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...(runtimeOnly ? ['--omit=dev'] : [])];
  await step('Installing dependencies', 'npm', ['ci', ...options], { cwd: root });
}

const stamp = join(root, 'dist', '.built-from');

function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash();
}

export async function build() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const builtFrom = sourceHash();
  // Types are checked by `npm run types`; a start does not wait for that.
  await step('Compiling', process.execPath, [tool('typescript/bin/tsc'), '--noCheck'], { cwd: root });
  await step('Building the web UI', process.execPath, [tool('vite/bin/vite.js'), 'build', 'src/web', '--logLevel', 'warn'], { cwd: root });
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, builtFrom);
}

/** The entry script of an installed tool, to run with the current Node executable. */
export function tool(path) {
  return join(root, 'node_modules', path);
}

/** A hash of everything that the build reads. */
function sourceHash() {
  const hash = createHash('sha256');
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  for (const file of [...files, join(root, 'tsconfig.json'), join(root, 'package-lock.json')]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Runs a task; on failure prints the message and exits with 1. */
export async function runMain(task) {
  try {
    await task();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await runMain(setup);
