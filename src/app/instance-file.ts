import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { asError, FeedpulseError } from '../lib/errors.ts';
import { isProcessAlive } from '../lib/process-alive.ts';

const owner = z.object({
  pid: z.int().positive(),
  /** Where it answers on this machine. */
  url: z.url({ protocol: /^http$/ }),
  token: z.string(),
});

/** The process that has a data folder open, and how other commands reach it. */
export type Instance = z.infer<typeof owner>;

const pathIn = (folder: string): string => join(folder, 'instance.json');

/**
 * Leaves in the data folder how other commands reach this process; only its user can read it. The embedded
 * engine lets one process in, so a file that is there already was left by one that was killed.
 * @throws FILE_UNREADABLE
 */
export async function writeInstance(folder: string, given: Instance): Promise<void> {
  try {
    await removeInstance(folder);
    await writeFile(pathIn(folder), `${JSON.stringify(given)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (thrown) {
    throw new FeedpulseError('FILE_UNREADABLE', `cannot use the data folder ${folder}: ${asError(thrown).message}.`);
  }
}

export async function removeInstance(folder: string): Promise<void> {
  await rm(pathIn(folder), { force: true });
}

/** The process that has the folder open, as far as it said so and still lives. */
export async function readInstance(folder: string): Promise<Instance | undefined> {
  const text = await readFile(pathIn(folder), 'utf8').catch(() => '{}');
  const found = owner.safeParse(parse(text));
  return found.success && isProcessAlive(found.data.pid) ? found.data : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
