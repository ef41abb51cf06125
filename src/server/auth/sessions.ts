import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { hashOf } from './token-file.ts';

export const sessionLifeMs = 12 * 3_600_000;
/** Sessions of one token; the oldest gives way. With the bound on tokens, memory is bounded. */
const maxSessionsPerToken = 50;

export interface Session {
  /** Names the session in limits; it is not the secret. */
  readonly key: string;
  /** The token that it was opened with. */
  readonly tokenHash: string;
}

/** Who has signed in on the page. In memory only: after a restart everyone signs in again. */
export interface Sessions {
  /** Opens a session and gives its secret. */
  start(tokenHash: string): string;
  find(secret: string): Session | undefined;
  end(secret: string): void;
}

export function createSessions(clock: Pick<Clock, 'now'>): Sessions {
  /** By the hash of the secret, oldest first: how long a look-up takes tells nothing of the secrets. */
  const sessions = new Map<string, Session & { readonly endsAt: number }>();
  const keyOf = (secret: string): string => hashOf(secret).toString('base64url');

  const makeRoom = (tokenHash: string): void => {
    for (const [key, { endsAt }] of sessions) if (endsAt <= clock.now()) sessions.delete(key);
    const own = [...sessions.values()].filter((session) => session.tokenHash === tokenHash);
    for (const { key } of own.slice(0, Math.max(0, own.length - maxSessionsPerToken + 1))) sessions.delete(key);
  };

  return {
    start: (tokenHash) => {
      makeRoom(tokenHash);
      const secret = randomBytes(32).toString('base64url');
      const key = keyOf(secret);
      sessions.set(key, { key, tokenHash, endsAt: clock.now() + sessionLifeMs });
      return secret;
    },
    find: (secret) => {
      const session = sessions.get(keyOf(secret));
      return session && session.endsAt > clock.now() ? session : undefined;
    },
    end: (secret) => void sessions.delete(keyOf(secret)),
  };
}
