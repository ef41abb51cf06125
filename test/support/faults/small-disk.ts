import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A file system with room for little. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
  remove(): Promise<void>;
}

/** A file system in memory of so many mebibytes; undefined where this machine does not let us mount one. */
export async function mountSmallDisk(folder: string, mebibytes: number): Promise<SmallDisk | undefined> {
  await mkdir(folder, { recursive: true });
  const mounted = await execute('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]).then(
    () => true,
    () => false,
  );
  if (!mounted) return undefined;
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: async () => {
      // Cut off where the room ends.
      await writeFile(ballast, Buffer.alloc(mebibytes * 1_048_576)).catch(() => {});
    },
    free: () => rm(ballast, { force: true }),
    remove: async () => void (await execute('umount', ['--lazy', folder])),
  };
}
