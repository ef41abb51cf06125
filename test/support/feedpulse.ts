import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundledModelPath } from '../../src/infer/model/model.ts';

const bin = fileURLToPath(new URL('../../bin/feedpulse.cjs', import.meta.url));
const queryScript = fileURLToPath(new URL('./query-data-dir.mjs', import.meta.url));
const execute = promisify(execFile);

/** A running `feedpulse run`, as a user starts it. */
export interface RunningFeedpulse {
  readonly url: string;
  readonly pid: number;
  /** What it has logged so far. */
  log(): string;
  /** SIGTERM; resolves to the exit code when it has finished what was in flight. */
  stop(): Promise<number | null>;
  /** Resolves to the exit code when it has ended by itself. */
  waitForExit(): Promise<number | null>;
  /** SIGKILL: no last word. */
  kill(): Promise<void>;
  /** JSON of an address of its HTTP interface. */
  get<T>(path: string): Promise<T>;
  /** The value of a metric, summed over its labels. */
  metric(name: string): Promise<number>;
}

/** Lets the processes of a test file use the bundled model instead of the tiny one of shared-model.ts. */
export function useBundledModel(): void {
  process.env['FEEDPULSE_MODEL_PATH'] = bundledModelPath;
}

/**
 * The environment of a process of a test. Test files share a broker, so a topic has a consumer group and an alert topic of
 * its own: with the defaults the processes of two files would take partitions from each other.
 */
function childEnvironment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const topic = env['FEEDPULSE_KAFKA_TOPIC'];
  const own = topic && { FEEDPULSE_KAFKA_GROUP_ID: `feedpulse-${topic}`, FEEDPULSE_ALERTS_TOPIC: `${topic}.alerts` };
  return { FEEDPULSE_MODEL_PATH: process.env['TINY_MODEL_PATH'], ...process.env, ...own, ...env };
}

/** Starts `feedpulse run` on a free port and waits until it says where it is. */
export async function startFeedpulse(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunningFeedpulse> {
  const child = spawn(process.execPath, [bin, 'run', '--port', '0', ...args], {
    env: childEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const url = await waitForUrl(child, () => log);
  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${url}${path}`)).json()) as T; // the caller knows the address
  return {
    url,
    pid: child.pid ?? 0,
    log: () => log,
    stop: () => end(child, 'SIGTERM'),
    waitForExit: async () => {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode;
    },
    kill: async () => void (await end(child, 'SIGKILL')),
    get,
    metric: async (name) => sumSamples(await (await fetch(`${url}/metrics`)).text(), name),
  };
}

async function waitForUrl(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /http:\/\/\S+/.exec(output)?.[0];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`feedpulse ended with ${code} before it was live:\n${log()}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}

function sumSamples(exposition: string, name: string): number {
  const samples = exposition.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Runs a command of feedpulse to its end. Rejects when it fails. */
export async function feedpulse(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return execute(process.execPath, [bin, ...args], { env: childEnvironment({}), maxBuffer: 64 * 1_048_576 });
}

/** What a command left behind, however it ended. */
export interface CommandResult {
  readonly code: number;
  /** Standard output and error together. */
  readonly output: string;
}

/** Runs a command of feedpulse to its end, good or bad, with further environment variables; killed after a minute. */
export async function runCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { env: childEnvironment(env), maxBuffer: 64 * 1_048_576, timeout: 60_000, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [bin, ...args], options, (fault, stdout, stderr) => {
      resolve({ code: fault ? Number(fault.code ?? Number.NaN) : 0, output: stdout + stderr });
    });
  });
}

/** Rows of a statement on the embedded database of a data folder that no process owns. */
export async function queryDataDir<T>(folder: string, query: string): Promise<T[]> {
  const { stdout } = await execute(process.execPath, [queryScript, folder, query], { maxBuffer: 1_024 * 1_048_576 });
  return JSON.parse(stdout) as T[]; // the caller wrote the query
}

/** Carries out a statement on the embedded database of a data folder that no process owns. */
export async function executeInDataDir(folder: string, statement: string): Promise<void> {
  await execute(process.execPath, [queryScript, folder, statement, 'changes']);
}

/** Resolves when `look` says true; rejects with `what` after `seconds`. */
export async function eventually(what: string, seconds: number, look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
