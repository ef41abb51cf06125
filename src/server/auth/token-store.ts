import { timingSafeEqual } from 'node:crypto';
import { asError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { generateToken, hashToken, readTokens, type TokenEntry } from './token-file.ts';

const reloadMs = 1_000;

/** The valid tokens. The file is reloaded every second, so that changes need no restart. */
export interface TokenStore {
  /** Whether callers need a token: true from the first token until the process ends, even if the last one is removed. */
  isRequired(): boolean;
  /** The entry of a token; undefined if it is unknown. */
  find(token: string): TokenEntry | undefined;
  /** The entry with this hash; undefined if it was removed. */
  findByHash(hash: string): TokenEntry | undefined;
  /** Reads the file now, after a change by this process. */
  reload(): Promise<void>;
  close(): void;
}

/**
 * Opens a token file. `localTokens` are valid in addition to the file's, but do not turn on authentication.
 * @throws FILE_INACCESSIBLE
 */
export async function openTokenStore(path: string, log: Log, localTokens: readonly TokenEntry[] = []): Promise<TokenStore> {
  const localEntries = withDigests(localTokens);
  let entries = withDigests(await readTokens(path));
  let required = entries.length > 0;
  let problem: string | undefined;

  const reload = async (): Promise<void> => {
    try {
      entries = withDigests(await readTokens(path));
      problem = undefined;
    } catch (thrown) {
      // A token may have been revoked in a file that cannot be read, so all tokens are invalid until it is fixed.
      entries = [];
      const { message } = asError(thrown);
      if (message !== problem) log.error({ error: message }, 'cannot read the token file; all tokens are rejected');
      problem = message;
    }
    required ||= entries.length > 0 || problem !== undefined;
  };
  let reloading = Promise.resolve();
  const reloadInOrder = (): Promise<void> => {
    reloading = reloading.then(reload);
    return reloading;
  };
  const timer = setInterval(reloadInOrder, reloadMs).unref();

  return {
    isRequired: () => required,
    find: (token) => {
      const tokenDigest = hashToken(token);
      let found: TokenEntry | undefined;
      // All entries are compared in constant time, so that timing reveals nothing about the hashes.
      for (const { digest, entry } of [...localEntries, ...entries]) if (timingSafeEqual(digest, tokenDigest)) found = entry;
      return found;
    },
    findByHash: (hash) => entries.find(({ entry }) => entry.hash === hash)?.entry,
    reload: reloadInOrder,
    close: () => clearInterval(timer),
  };
}

const withDigests = (entries: readonly TokenEntry[]) => entries.map((entry) => ({ entry, digest: Buffer.from(entry.hash, 'hex') }));

/** A token for other commands on this machine, valid until the process ends. */
export interface LocalToken {
  readonly token: string;
  readonly entry: TokenEntry;
}

export function createLocalToken(now: Date): LocalToken {
  const token = generateToken();
  // Names of the token file cannot contain a space, so this one is unique.
  return { token, entry: { name: 'this machine', role: 'admin', hash: hashToken(token).toString('hex'), createdAt: now.toISOString() } };
}
