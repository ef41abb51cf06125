import { timingSafeEqual } from 'node:crypto';
import { asError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { hashOf, readTokens, type TokenEntry } from './token-file.ts';

const lookEveryMs = 1_000;

/** The tokens that count now. The file is looked at every second, so that a change needs no restart. */
export interface TokenStore {
  /** Whether callers need a token: from the first one on, until the process ends, even when the last one is removed. */
  required(): boolean;
  /** The entry of a token. */
  find(token: string): TokenEntry | undefined;
  /** The entry with a hash that was found before, unless it has been removed since. */
  byHash(hash: string): TokenEntry | undefined;
  close(): void;
}

/**
 * Opens the tokens of a file. `own` is found like one of them, and is none of them: it makes no token required.
 * @throws FILE_UNREADABLE
 */
export async function openTokenStore(path: string, log: Log, own: readonly TokenEntry[] = []): Promise<TokenStore> {
  const always = digested(own);
  let entries = digested(await readTokens(path));
  let required = entries.length > 0;
  let trouble: string | undefined;

  const look = async (): Promise<void> => {
    try {
      entries = digested(await readTokens(path));
      trouble = undefined;
    } catch (thrown) {
      // A file that cannot be read may be one from which a token was taken out: nobody gets in until it is mended.
      entries = [];
      const { message } = asError(thrown);
      if (message !== trouble) log.error({ error: message }, 'the tokens cannot be read; none counts');
      trouble = message;
    }
    required ||= entries.length > 0 || trouble !== undefined;
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, lookEveryMs).unref();

  return {
    required: () => required,
    find: (token) => {
      const given = hashOf(token);
      let found: TokenEntry | undefined;
      // Every entry is compared, and each in constant time: the time taken tells nothing of the hashes.
      for (const { digest, entry } of [...always, ...entries]) if (timingSafeEqual(digest, given)) found = entry;
      return found;
    },
    byHash: (hash) => entries.find(({ entry }) => entry.hash === hash)?.entry,
    close: () => clearInterval(timer),
  };
}

const digested = (entries: readonly TokenEntry[]) => entries.map((entry) => ({ entry, digest: Buffer.from(entry.hash, 'hex') }));
