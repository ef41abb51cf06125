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
  /** The log so far. */
  log(): string;
  /** Sends SIGTERM; resolves to the exit code once posts in flight are finished. */
  stop(): Promise<number | null>;
  /** Resolves to the exit code once the process has exited on its own. */
  waitForExit(): Promise<number | null>;
  /** Kills the process with SIGKILL. */
  kill(): Promise<void>;
  /** The JSON response of a GET request. */
  get<T>(path: string): Promise<T>;
  /** The value of a metric, summed over its labels. */
  metric(name: string): Promise<number>;
}

/** Lets the processes of a test file use the bundled model instead of the tiny one of shared-model.ts. */
export function useBundledModel(): void {
  process.env['FEEDPULSE_MODEL_PATH'] = bundledModelPath;
}

/**
 * The environment of a process that a test starts. Test files share a broker, so each topic gets its own consumer group and
 * alert topic; otherwise processes of two files would share a group.
 */
function childEnvironment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const topic = env['FEEDPULSE_KAFKA_TOPIC'];
  const kafkaDefaults = topic && { FEEDPULSE_KAFKA_GROUP_ID: `feedpulse-${topic}`, FEEDPULSE_ALERTS_TOPIC: `${topic}.alerts` };
  return { FEEDPULSE_MODEL_PATH: process.env['TINY_MODEL_PATH'], ...process.env, ...kafkaDefaults, ...env };
}

/** Starts `feedpulse run` on a free port and waits until it prints its URL. */
export async function startFeedpulse(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunningFeedpulse> {
  const child = spawn(process.execPath, [bin, 'run', '--port', '0', ...args], {
    env: childEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const url = await waitForUrl(child, () => log);
  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${url}${path}`)).json()) as T; // the caller knows the response
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
    child.once('exit', (code) => reject(new Error(`feedpulse exited with ${code} before it printed its URL:\n${log()}`)));
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

/** Runs a feedpulse command. Rejects if it fails. */
export async function feedpulse(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return execute(process.execPath, [bin, ...args], { env: childEnvironment({}), maxBuffer: 64 * 1_048_576 });
}

/** Exit code and output of a command. */
export interface CommandResult {
  readonly code: number;
  /** Standard output and error together. */
  readonly output: string;
}

/** Runs a feedpulse command with these environment variables; resolves for any exit code. Killed after a minute. */
export async function runCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { env: childEnvironment(env), maxBuffer: 64 * 1_048_576, timeout: 60_000, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? Number.NaN) : 0, output: stdout + stderr });
    });
  });
}

/** Runs a query on the embedded database of a data directory that no process has open. */
export async function queryDataDir<T>(dataDir: string, query: string): Promise<T[]> {
  const { stdout } = await execute(process.execPath, [queryScript, dataDir, query], { maxBuffer: 1_024 * 1_048_576 });
  return JSON.parse(stdout) as T[]; // the caller wrote the query
}

/** Executes a statement on the embedded database of a data directory that no process has open. */
export async function executeInDataDir(dataDir: string, statement: string): Promise<void> {
  await execute(process.execPath, [queryScript, dataDir, statement, '--write']);
}

/** Resolves once `condition` is true. Rejects with `description` after `timeoutSeconds`. */
export async function eventually(description: string, timeoutSeconds: number, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`timed out after ${timeoutSeconds} s: ${description}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
