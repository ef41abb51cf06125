import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { asError, FeedpulseError } from '../lib/errors.ts';
import { isProcessAlive } from '../lib/process-alive.ts';

const instanceSchema = z.object({
  pid: z.int().positive(),
  /** Its address on this machine. */
  url: z.url({ protocol: /^http$/ }),
  token: z.string(),
});

/** The process that has a data folder open, and its address and token for other commands. */
export type Instance = z.infer<typeof instanceSchema>;

const pathIn = (folder: string): string => join(folder, 'instance.json');

/**
 * Writes the instance file, readable by its user only. The embedded engine admits one process, so an existing file
 * was left behind by a killed process.
 * @throws FILE_INACCESSIBLE
 */
export async function writeInstance(folder: string, instance: Instance): Promise<void> {
  try {
    await removeInstance(folder);
    await writeFile(pathIn(folder), `${JSON.stringify(instance)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (thrown) {
    throw new FeedpulseError('FILE_INACCESSIBLE', `cannot use the data folder ${folder}: ${asError(thrown).message}.`);
  }
}

export async function removeInstance(folder: string): Promise<void> {
  await rm(pathIn(folder), { force: true });
}

/** Returns the process that has the folder open; undefined if none wrote the file or it has ended. */
export async function readInstance(folder: string): Promise<Instance | undefined> {
  const text = await readFile(pathIn(folder), 'utf8').catch(() => '{}');
  const found = instanceSchema.safeParse(parse(text));
  return found.success && isProcessAlive(found.data.pid) ? found.data : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
