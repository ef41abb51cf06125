import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A small tmpfs. */
export interface SmallDisk {
  readonly dir: string;
  /** Fills the remaining space. */
  fill(): Promise<void>;
  /** Frees the space. */
  free(): Promise<void>;
  remove(): Promise<void>;
}

/** Mounts a tmpfs of this many mebibytes; undefined if mounting is not permitted. */
export async function mountSmallDisk(dir: string, mebibytes: number): Promise<SmallDisk | undefined> {
  await mkdir(dir, { recursive: true });
  const mounted = await execute('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', dir]).then(
    () => true,
    () => false,
  );
  if (!mounted) return undefined;
  const ballast = join(dir, 'ballast');
  return {
    dir,
    fill: async () => {
      // Fails with ENOSPC, as intended.
      await writeFile(ballast, Buffer.alloc(mebibytes * 1_048_576)).catch(() => {});
    },
    free: () => rm(ballast, { force: true }),
    remove: async () => void (await execute('umount', ['--lazy', dir])),
  };
}
