import { spawn } from 'node:child_process';

/**
 * Runs a command as a step of a larger job. Prints one line with its title and duration; its output only if it fails.
 * @returns {Promise<void>} rejects, after printing the output, if the command fails
 */
export async function step(title, command, args, options = {}) {
  const ticker = startTicker(title);
  const { code, output } = await capture(command, args, options);
  if (isStopping) return new Promise(() => {}); // the process is about to exit
  ticker.stop(code === 0);
  if (code === 0) return;
  process.stderr.write(`${output.trimEnd()}\n`);
  throw new Error(`${title} failed: \`${[command, ...args].join(' ')}\` exited with ${code}.`);
}

/** Commands that run, and a promise of the end of each. */
const running = new Map();
let isStopping = false;

/** Kills the commands that run, and waits until they have ended. Steps in progress neither fail nor continue. */
export async function stopChildren() {
  isStopping = true;
  for (const child of running.keys()) child.kill('SIGKILL');
  await Promise.all(running.values());
}

/** Runs a command and captures its output. The code is 127 if it cannot be started. */
export function capture(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => {
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
  running.set(child, ended);
  return ended.finally(() => running.delete(child));
}

/** Runs a command with inherited input and output. */
export function runInherited(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
}

/** Shows elapsed seconds on a terminal; elsewhere one line at the start and one at the end. */
function startTicker(title) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1_000).toFixed(0)} s`;
  const tty = process.stderr.isTTY;
  const draw = () => process.stderr.write(`\r${title} … ${seconds()}`);
  const timer = tty ? setInterval(draw, 500) : undefined;
  if (!tty) process.stderr.write(`${title} …\n`);
  return {
    stop: (ok) => {
      clearInterval(timer);
      process.stderr.write(`${tty ? '\r' : ''}${title}: ${ok ? 'done' : 'failed'} after ${seconds()}\n`);
    },
  };
}
