import { hashOf, newToken, type TokenEntry } from './token-file.ts';

/** A token for other commands on this machine, which ends with the process. */
export interface LocalToken {
  readonly token: string;
  readonly entry: TokenEntry;
}

export function createLocalToken(now: Date): LocalToken {
  const token = newToken();
  // A blank stands in no name that a person can give.
  return { token, entry: { name: 'this machine', role: 'admin', hash: hashOf(token).toString('hex'), createdAt: now.toISOString() } };
}
