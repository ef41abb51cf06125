import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FeedpulseError } from './errors.ts';
import { isProcessAlive } from './process-alive.ts';

/** Claims of this process. A file with its number that is none of them was left by an earlier one: in a container all are 1. */
const held = new Set<string>();

/**
 * Does `work` while no other call, of whatever process on this machine, does any for the same model of a folder. Each leaves
 * a claim with its process number and only then looks for others, so that of two at once no more than one goes on; a claim
 * whose process is gone counts for nothing. Rejects with DATA_DIR_LOCKED, the fault of the file system, or as `work` does.
 */
export async function withFileLock<T>(folder: string, name: string, work: () => Promise<T>): Promise<T> {
  const prefix = `.${name}.lock-`; // no model's name begins with a dot
  const mine = join(folder, `${prefix}${process.pid}`);
  if (held.has(mine)) throw busy(name, process.pid, mine);
  held.add(mine);
  try {
    await writeFile(mine, '');
    for (const entry of await readdir(folder)) {
      const pid = entry.startsWith(prefix) ? Number(/^[1-9]\d*$/.exec(entry.slice(prefix.length))?.[0]) : Number.NaN;
      if (!(pid > 0) || pid === process.pid) continue;
      const other = join(folder, entry);
      if (isProcessAlive(pid)) throw busy(name, pid, other);
      await rm(other, { force: true });
    }
    return await work();
  } finally {
    await rm(mine, { force: true });
    held.delete(mine);
  }
}

function busy(name: string, pid: number, claim: string): FeedpulseError {
  return new FeedpulseError(
    'DATA_DIR_LOCKED',
    `Process ${pid} fetches ${name} into this folder. Wait for it; if it is no feedpulse, remove ${claim}.`,
  );
}
