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

/** A broker as a child process, with its data and log in a temporary directory. */
export async function brokerOnJvm(settings: Readonly<Record<string, string>>): Promise<Broker> {
  const jars = await fetchJars();
  const dir = await mkdtemp(join(tmpdir(), 'feedpulse-kafka-'));
  const properties = join(dir, 'server.properties');
  const logFile = join(dir, 'broker.log');
  const loopback = Object.entries({
    ...settings,
    listeners: settings['listeners']?.replaceAll('://:', '://127.0.0.1:'),
    'log.dirs': join(dir, 'data'),
  });
  await writeFile(properties, loopback.map(([name, value]) => `${name}=${value}\n`).join(''));
  // One ID in 64 begins with a hyphen, which `-t` would parse as an option.
  const clusterId = randomBytes(16).toString('base64url');
  await run('java', [...jvm(jars), 'kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', properties]);
  return jvmBroker(dir, logFile, jvm(jars), properties);
}

function jvmBroker(dir: string, logFile: string, java: readonly string[], properties: string): Broker {
  let child: ChildProcess | undefined;
  const hasExited = (): boolean => !child || child.exitCode !== null || child.signalCode !== null;
  const kill = (): void => {
    if (!hasExited()) child?.kill('SIGKILL');
  };
  // Kills the broker if the test run is interrupted.
  process.once('exit', kill);
  return {
    start: async () => {
      if (child && !hasExited()) await waitForExit(child);
      const log = openSync(logFile, 'a');
      child = spawn('java', [...java, 'kafka.Kafka', properties], { stdio: ['ignore', log, log] });
      closeSync(log);
    },
    kill,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    stop: async () => {
      process.off('exit', kill);
      if (child && !hasExited()) {
        child.kill('SIGTERM');
        const timer = setTimeout(kill, 10_000);
        await waitForExit(child);
        clearTimeout(timer);
      }
      await rm(dir, { recursive: true, force: true });
    },
    tool: async (name, args) => void (await run('java', [...java, name, ...args])),
    exitReason: () => (hasExited() ? `The Kafka broker exited on its own:\n${tail(logFile)}` : undefined),
  };
}

function waitForExit(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

/** 512 MB is enough for one node; warnings go to the log file. */
function jvm(jars: string): string[] {
  const logging = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];
  return ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...logging, '-cp', join(jars, '*')];
}

/** Downloads the jars with Maven once, into a directory named after the Kafka version in pom.xml. */
async function fetchJars(): Promise<string> {
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([\d.]+)</.exec(readFileSync(pom, 'utf8'))?.[1];
  if (!version) throw new Error('pom.xml has no version of kafka_2.13.');
  const dir = join(cache, version);
  if (existsSync(dir)) return dir;
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, 'partial-'));
  await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`]);
  await rename(partial, dir).catch((thrown: unknown) => {
    // Another test file was faster; its jars are the same.
    if (!existsSync(dir)) throw thrown;
  });
  return dir;
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-30).join('\n');
}
