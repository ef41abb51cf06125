import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { version } from '../../lib/version.ts';
import { positionText, type Replay, type ReplayItem } from './dead-letter-store.ts';

export const ledgerName = 'replayed.ndjson';
const postsName = 'posts.ndjson';
const newline = Buffer.from('\n');
/** A draft that nobody has touched for so long was left by a process that died, in milliseconds. */
const abandonedMs = 86_400_000;

export function isReplayFolder(name: string): boolean {
  return /^\d{6}$/.test(name);
}

/**
 * Puts letters back as a file of their own, to be fed with `run --source ndjson --in`. The file and the record
 * of what it holds are written in a draft folder; one rename makes both valid at once. The folder's number is
 * one more than the last that was there at the beginning, so that of two replays only the first can take it.
 * @throws REPLAY_CONFLICT from `finish` when another one has finished meanwhile
 */
export async function beginFileReplay(replays: string, replayed: ReadonlyMap<string, string>): Promise<Replay> {
  await mkdir(replays, { recursive: true });
  await removeAbandoned(replays);
  const last = (await readdir(replays)).filter(isReplayFolder).sort().at(-1) ?? '0';
  const folder = join(replays, String(Number(last) + 1).padStart(6, '0'));
  const draft = join(replays, `draft-${randomUUID()}`);
  await mkdir(draft);
  const posts = await open(join(draft, postsName), 'a', 0o600);
  const ledger = await open(join(draft, ledgerName), 'a', 0o600);
  const put = async (letters: readonly ReplayItem[]): Promise<void> => {
    const at = new Date().toISOString();
    await posts.appendFile(Buffer.concat(letters.flatMap(({ letter }) => [letter.bytes, newline])));
    await ledger.appendFile(letters.map(({ letter }) => recordOf(letter, at)).join(''));
  };
  const finish = async (): Promise<string> => {
    await Promise.all([posts.datasync(), ledger.datasync()]);
    try {
      await rename(draft, folder);
    } catch (thrown) {
      if (/ENOTEMPTY|EEXIST/.test(asError(thrown).message))
        throw new FeedpulseError('REPLAY_CONFLICT', 'Another replay of these dead letters ended first.', { cause: thrown });
      throw new FeedpulseError('FILE_UNREADABLE', `The replay cannot be kept: ${asError(thrown).message}.`, { cause: thrown });
    }
    await syncFolder(replays);
    return join(folder, postsName);
  };
  const close = async (): Promise<void> => {
    await Promise.all([posts.close(), ledger.close()]);
    await rm(draft, { recursive: true, force: true });
  };
  return { replayed, put, finish, close };
}

function recordOf({ id, position }: ReplayItem['letter'], at: string): string {
  return `${JSON.stringify({ id, at, version, position: positionText(position) })}\n`;
}

async function removeAbandoned(replays: string): Promise<void> {
  for (const name of await readdir(replays)) {
    if (!name.startsWith('draft-')) continue;
    const { mtimeMs } = await stat(join(replays, name));
    if (Date.now() - mtimeMs > abandonedMs) await rm(join(replays, name), { recursive: true, force: true });
  }
}

/** A rename is durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
