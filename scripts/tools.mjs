import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { capture, step } from './step.mjs';

/** What the tests need beside Node. Each is looked for, fetched where this machine lets us, or asked for in one line. */

/** A Kafka broker runs from a running one (KAFKA_BROKERS), a Docker engine, or a JVM with Maven. */
export async function needKafka() {
  if (process.env.KAFKA_BROKERS || (await answers('docker', ['version', '--format', '{{.Server.Version}}']))) return;
  const missing = [
    ...((await answers('java', ['-version'])) ? [] : ['default-jre-headless']),
    ...((await answers('mvn', ['-v'])) ? [] : ['maven']),
  ];
  if (missing.length === 0) return;
  await installWithApt(
    missing,
    'The live tests need a Kafka broker: install Docker, or a JVM (17 or newer) with Maven, or set KAFKA_BROKERS.',
  );
}

/** @returns {Promise<string>} the path of a Chromium, Chrome or Edge */
export async function needChromium() {
  const found = findChromium();
  if (found) return found;
  // The font draws the emoji of posts.
  await installWithApt(
    ['chromium', 'fonts-noto-color-emoji'],
    'The browser tests need Chromium: install it, or set CHROMIUM_PATH to a Chrome, Edge or Chromium.',
  );
  return needFound(findChromium(), 'Chromium was installed and is not on the PATH: set CHROMIUM_PATH.');
}

/** @returns {Promise<string[]>} the command that validates compose files */
export async function needCompose() {
  const candidates = [['docker-compose'], ['docker', 'compose']];
  for (const command of candidates) if (await answers(command[0], [...command.slice(1), 'version'])) return command;
  await installWithApt(['docker-compose'], 'The test of docker-compose.yml needs docker-compose: install it.');
  return needFound(
    (await answers('docker-compose', ['version'])) ? ['docker-compose'] : undefined,
    'docker-compose was installed and does not run.',
  );
}

/** Checks the alert rules for Prometheus, and plays them over series made up for them. */
export async function needPromtool() {
  if (await answers('promtool', ['--version'])) return;
  await installWithApt(['prometheus'], "The test of Prometheus' rules needs promtool, which comes with Prometheus: install it.");
}

/** The text clean-up is written twice, in Python for training; its tests need nothing but the standard library. */
export async function needPython() {
  if (await answers('python3', ['--version'])) return;
  await installWithApt(['python3-minimal', 'python3'], 'The test of training/clean.py needs python3: install it.');
}

function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const onMac = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];
  return [...onPath, ...onMac].find((path) => existsSync(path));
}

async function answers(command, args) {
  return (await capture(command, args)).code === 0;
}

/** Debian and its kin, as root; elsewhere `otherwise` tells what to install. */
async function installWithApt(packages, otherwise) {
  const possible = process.getuid?.() === 0 && (await answers('apt-get', ['--version']));
  if (!possible) throw new Error(otherwise);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  try {
    await refreshAptOnce(env);
    await step(`Installing ${packages.join(', ')}`, 'apt-get', args, { env });
  } catch (error) {
    throw new Error(`${error.message} ${otherwise}`);
  }
}

let refreshed;

function refreshAptOnce(env) {
  refreshed ??= step('Refreshing the package list', 'apt-get', ['update'], { env });
  return refreshed;
}

function needFound(found, otherwise) {
  if (found) return found;
  throw new Error(otherwise);
}
