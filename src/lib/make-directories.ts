import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCodeOf } from './errors.ts';

/**
 * Creates a directory and its missing parents; `mode` is that of the directories it creates. Not with Node's recursive `mkdir`:
 * that never returns where a file system says that the parent is missing although it is there, as /proc does.
 * @throws the errors of the file system
 */
export async function makeDirectories(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (thrown) {
    if (await isDirectory(path)) return; // created before, or by another process at this moment
    const parent = dirname(path);
    if (errorCodeOf(thrown) !== 'ENOENT' || parent === path || (await isDirectory(parent))) throw thrown;
    await makeDirectories(parent, mode);
    await makeDirectories(path, mode);
  }
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
