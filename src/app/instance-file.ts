import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { asError, FeedpulseError } from '../lib/errors.ts';
import { parseJson } from '../lib/json.ts';
import { isProcessAlive } from '../lib/process-alive.ts';

const instanceSchema = z.object({
  pid: z.int().positive(),
  /** Its address on this machine. */
  url: z.url({ protocol: /^http$/ }),
  token: z.string(),
});

/** The process that uses a data directory, with its URL and token for other commands. */
export type Instance = z.infer<typeof instanceSchema>;

const instancePath = (dataDir: string): string => join(dataDir, 'instance.json');

/**
 * Writes the instance file, readable by its user only. The embedded engine admits one process, so an existing file
 * was left behind by a killed process.
 * @throws FILE_INACCESSIBLE
 */
export async function writeInstance(dataDir: string, instance: Instance): Promise<void> {
  try {
    await removeInstance(dataDir);
    await writeFile(instancePath(dataDir), `${JSON.stringify(instance)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (thrown) {
    throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot write instance.json in ${dataDir}: ${asError(thrown).message}.`);
  }
}

/** Removes the instance file, if it exists. */
export async function removeInstance(dataDir: string): Promise<void> {
  await rm(instancePath(dataDir), { force: true });
}

/** Returns the process that uses the directory; undefined if none wrote the file or it has ended. */
export async function readInstance(dataDir: string): Promise<Instance | undefined> {
  const text = await readFile(instancePath(dataDir), 'utf8').catch(() => '{}');
  const found = instanceSchema.safeParse(parseJson(text));
  return found.success && isProcessAlive(found.data.pid) ? found.data : undefined;
}
