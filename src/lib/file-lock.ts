import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedpulseError } from './errors.ts';
import { isProcessAlive } from './process-alive.ts';
import { jitter } from './retry.ts';

const pollMs = 40;

/**
 * Locks of this process. A lock file with our PID that is not in this set was left by an earlier process: in a container
 * every process has PID 1.
 */
const held = new Set<string>();

/** Another process, or another call of this one, that has the lock. */
interface Holder {
  readonly pid: number;
  readonly lockFile: string;
}

/**
 * Runs `work` while no other call in any process on this machine has the lock `name` of the directory. Locks of
 * processes that have ended are ignored and removed.
 * @param waitMs how long to wait for the lock; 0, the default, fails immediately
 * @throws DATA_DIR_LOCKED if the lock is not free in time; file-system errors; errors of `work`
 */
export async function withFileLock<T>(dir: string, name: string, work: () => Promise<T>, { waitMs = 0 } = {}): Promise<T> {
  const prefix = `.${name}.lock-`;
  const lockFile = join(dir, `${prefix}${process.pid}`);
  const deadline = performance.now() + waitMs;
  for (let holder = await acquire(dir, prefix, lockFile); holder; holder = await acquire(dir, prefix, lockFile)) {
    if (performance.now() >= deadline) throw lockedError(name, holder);
    // At random, so that two processes do not keep finding each other's lock file.
    await sleep(jitter.full(pollMs));
  }
  try {
    return await work();
  } finally {
    await release(lockFile);
  }
}

/**
 * Acquires the lock, or returns its holder. Every process first creates its own lock file and then looks for others, so at most
 * one of several succeeds.
 */
async function acquire(dir: string, prefix: string, lockFile: string): Promise<Holder | undefined> {
  if (held.has(lockFile)) return { pid: process.pid, lockFile };
  held.add(lockFile);
  try {
    await writeFile(lockFile, '');
    const holder = await findHolder(dir, prefix);
    if (holder) await release(lockFile);
    return holder;
  } catch (thrown) {
    await release(lockFile);
    throw thrown;
  }
}

async function findHolder(dir: string, prefix: string): Promise<Holder | undefined> {
  for (const entry of await readdir(dir)) {
    const pid = entry.startsWith(prefix) ? Number(/^[1-9]\d*$/.exec(entry.slice(prefix.length))?.[0]) : Number.NaN;
    if (!(pid > 0) || pid === process.pid) continue;
    const lockFile = join(dir, entry);
    if (isProcessAlive(pid)) return { pid, lockFile };
    await rm(lockFile, { force: true });
  }
  return undefined;
}

async function release(lockFile: string): Promise<void> {
  await rm(lockFile, { force: true });
  held.delete(lockFile);
}

function lockedError(name: string, { pid, lockFile }: Holder): FeedpulseError {
  return new FeedpulseError(
    'DATA_DIR_LOCKED',
    `Process ${pid} has locked ${name}. Wait for it; if it is not feedpulse, delete ${lockFile}.`,
  );
}
