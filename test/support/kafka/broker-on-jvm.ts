import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Broker } from '../kafka.ts';

const run = promisify(execFile);
const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const cache = fileURLToPath(new URL('../../../.cache/kafka/', import.meta.url));

/** A broker as a child process, its data and its log in a temporary folder. */
export async function brokerOnJvm(settings: Readonly<Record<string, string>>): Promise<Broker> {
  const jars = await fetchJars();
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-kafka-'));
  const properties = join(folder, 'server.properties');
  const logFile = join(folder, 'broker.log');
  const loopback = Object.entries({
    ...settings,
    listeners: settings['listeners']?.replaceAll('://:', '://127.0.0.1:'),
    'log.dirs': join(folder, 'data'),
  });
  await writeFile(properties, loopback.map(([name, value]) => `${name}=${value}\n`).join(''));
  // One in 64 begins with a hyphen, which `-t` would take for an option.
  const clusterId = randomBytes(16).toString('base64url');
  await run('java', [...jvm(jars), 'kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', properties]);
  return jvmBroker(folder, logFile, jvm(jars), properties);
}

function jvmBroker(folder: string, logFile: string, java: readonly string[], properties: string): Broker {
  let child: ChildProcess | undefined;
  const ended = (): boolean => !child || child.exitCode !== null || child.signalCode !== null;
  const kill = (): void => {
    if (!ended()) child?.kill('SIGKILL');
  };
  // A test run that is broken off leaves no broker behind.
  process.once('exit', kill);
  return {
    start: async () => {
      if (child && !ended()) await endOf(child);
      const log = openSync(logFile, 'a');
      child = spawn('java', [...java, 'kafka.Kafka', properties], { stdio: ['ignore', log, log] });
      closeSync(log);
    },
    kill,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    stop: async () => {
      process.off('exit', kill);
      if (child && !ended()) {
        child.kill('SIGTERM');
        const timer = setTimeout(kill, 10_000);
        await endOf(child);
        clearTimeout(timer);
      }
      await rm(folder, { recursive: true, force: true });
    },
    tool: async (name, args) => void (await run('java', [...java, name, ...args])),
    exitReason: () => (ended() ? `The Kafka broker ended by itself:\n${tail(logFile)}` : undefined),
  };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

/** Half a gigabyte is plenty for one node; the warnings go to the log file. */
function jvm(jars: string): string[] {
  const logging = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];
  return ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...logging, '-cp', join(jars, '*')];
}

/** Downloads the jars with Maven once; a folder named for the pom's version of Kafka keeps them. */
async function fetchJars(): Promise<string> {
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([\d.]+)</.exec(readFileSync(pom, 'utf8'))?.[1];
  if (!version) throw new Error('pom.xml names no version of kafka_2.13.');
  const folder = join(cache, version);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, 'partial-'));
  await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`]);
  await rename(partial, folder).catch((thrown: unknown) => {
    // Another test file was faster; its jars are the same.
    if (!existsSync(folder)) throw thrown;
  });
  return folder;
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-30).join('\n');
}
