import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { capture, step } from './step.mjs';

/**
 * System packages that the tests need. `npm test` checks for them and reports missing ones;
 * `npm run setup:ci` installs them with apt.
 *
 * @typedef {object} Tool
 * @property {string} name display name
 * @property {string} reason why it is needed, and alternatives
 * @property {string[]} packages Debian packages
 * @property {() => Promise<boolean> | boolean} isPresent
 */

/** @type {Record<string, Tool>} */
const tools = {
  kafka: {
    name: 'a JVM with Maven, or Docker',
    reason: 'The live and fault tests need a Kafka broker. KAFKA_BROKERS may name a running one.',
    packages: ['default-jre-headless', 'maven'],
    isPresent: async () =>
      Boolean(process.env.KAFKA_BROKERS) ||
      (await succeeds('docker', ['version', '--format', '{{.Server.Version}}'])) ||
      ((await succeeds('java', ['-version'])) && (await succeeds('mvn', ['-v']))),
  },
  chromium: {
    name: 'Chromium',
    reason: 'The browser tests need it. CHROMIUM_PATH may name a Chrome, Edge or Chromium.',
    packages: ['chromium', 'fonts-noto-color-emoji'], // the font draws the emoji in posts
    isPresent: () => findChromium() !== undefined,
  },
  compose: {
    name: 'docker-compose',
    reason: 'The test of docker-compose.yml needs it.',
    packages: ['docker-compose'],
    isPresent: async () => (await findCompose()) !== undefined,
  },
  promtool: {
    name: 'promtool',
    reason: 'The test of the Prometheus alerting rules needs it; it is part of Prometheus.',
    packages: ['prometheus'],
    isPresent: () => succeeds('promtool', ['--version']),
  },
  alertmanager: {
    name: 'prometheus-alertmanager',
    reason: 'The live test of that channel needs it.',
    packages: ['prometheus-alertmanager'],
    isPresent: () => succeeds('prometheus-alertmanager', ['--version']),
  },
  python: {
    name: 'python3',
    reason: 'The tests of training/ need it.',
    packages: ['python3-minimal', 'python3'],
    isPresent: () => succeeds('python3', ['--version']),
  },
};

/** @returns {string | undefined} the path of a Chromium, Chrome or Edge */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const onMac = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];
  return [...onPath, ...onMac].find((path) => existsSync(path));
}

/** @returns {Promise<string[] | undefined>} the command that validates compose files */
export async function findCompose() {
  for (const command of [['docker-compose'], ['docker', 'compose']])
    if (await succeeds(command[0], [...command.slice(1), 'version'])) return command;
  return undefined;
}

/** @returns {Promise<string[]>} for each missing tool one line that says how to get it */
export async function missingTools(names) {
  const missing = [];
  for (const name of names) {
    const tool = tools[name];
    if (!(await tool.isPresent()))
      missing.push(`${tool.name} is missing. ${tool.reason} Install it, or run \`npm run setup:ci\` (Debian, as root).`);
  }
  return missing;
}

/** Installs every missing tool with apt. */
export async function installTools() {
  const packages = [];
  for (const tool of Object.values(tools)) if (!(await tool.isPresent())) packages.push(...tool.packages);
  if (packages.length > 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await step('Refreshing the package list', 'apt-get', ['update'], { env });
    await step(`Installing ${packages.join(', ')}`, 'apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env });
  }
  const missing = await missingTools(Object.keys(tools));
  if (missing.length > 0) throw new Error(missing.join('\n'));
}

async function succeeds(command, args) {
  return (await capture(command, args)).code === 0;
}
