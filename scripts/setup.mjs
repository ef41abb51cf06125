import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { step } from './step.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Installs exactly what the lock file says and builds, each only where it is not done yet. Who wants to run the program
 * and no more waits a third shorter without what tests and benchmarks need (`toRun`).
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
 * npm leaves what it installed in node_modules/.package-lock.json, as its last act. Packages for other
 * platforms are not in there; all others must be, in the version and with the checksum of the lock file.
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

/** No install script of a dependency runs: what they would do is not needed. */
async function install(toRun) {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...(toRun ? ['--omit=dev'] : [])];
  await step('Installing what package-lock.json says', 'npm', ['ci', ...options], { cwd: root });
}

const stamp = join(root, 'dist', '.built-from');

function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash();
}

export async function build() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const builtFrom = sourceHash();
  // Types are for `npm run types`: who only starts the program doesn't wait for them.
  await step('Compiling', process.execPath, [tool('typescript/bin/tsc'), '--noCheck'], { cwd: root });
  await step('Building the page', process.execPath, [tool('vite/bin/vite.js'), 'build', 'src/web', '--logLevel', 'warn'], { cwd: root });
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, builtFrom);
}

/** The path of an installed tool's entry script: run with this very Node, whatever PATH says. */
export function tool(path) {
  return join(root, 'node_modules', path);
}

/** Of everything that the build reads. */
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

/** Runs a job and, when it fails, says why in one line. */
export async function orExplain(job) {
  try {
    await job();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await orExplain(setup);
