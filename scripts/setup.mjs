import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { step } from './step.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Installs exactly what the lock file lists and builds, skipping what is already done. With `toRun` it omits what only
 * tests and benchmarks need, which saves a third of the time.
 */
export async function setup({ toRun = false } = {}) {
  checkNode();
  if (!isInstalled(toRun)) await install(toRun);
  if (!isBuilt()) await build();
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
function isInstalled(toRun) {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf(join('node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, { version, integrity, dev, optional, devOptional }]) => {
    if (path === '' || (toRun && dev)) return true;
    const found = present[path];
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

/** Runs no install scripts: they are not needed. */
async function install(toRun) {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...(toRun ? ['--omit=dev'] : [])];
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

/** The entry script of an installed tool, to be run with this Node whatever PATH says. */
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

/** Runs a job and prints one line if it fails. */
export async function orExplain(job) {
  try {
    await job();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await orExplain(setup);
