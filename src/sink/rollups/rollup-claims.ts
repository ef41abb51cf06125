import { randomUUID } from 'node:crypto';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import type { Database } from '../client/connection.ts';
import { claimRollups, readClaimant, readServerTime, releaseRollups } from '../queries/rollup-claims.ts';

/** How long a claim holds if its process dies. It is renewed three times meanwhile. */
const defaultSeconds = 15;

/** Whether this process, of all that share a database, recomputes the rollups. */
export interface RollupClaims {
  /** Renews the claim if it is due. @throws the database's error */
  isOurs(): Promise<boolean>;
  /** Lets another process take over at once. */
  release(): Promise<void>;
}

/**
 * Claims for the processes that share a ClickHouse server; on an embedded database the only process always recomputes.
 * The process that has been there longest recomputes for all. If it dies, another one takes over once its claim has expired. Two
 * may believe to be first for a moment, which is harmless: recomputations are idempotent.
 */
export function createRollupClaims(options: { db: Database; clock: Pick<Clock, 'now' | 'monotonic'>; seconds?: number }): RollupClaims {
  const { db, clock, seconds = defaultSeconds } = options;
  if (db.kind === 'embedded') return { isOurs: async () => true, release: async () => {} };
  const claimant = randomUUID();
  let since: string | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let isOurs = false;
  return {
    isOurs: async () => {
      if (monotonicNow(clock) - checkedAt < (seconds * 1_000) / 3) return isOurs;
      since ??= await readServerTime(db.maintenance);
      await claimRollups(db.maintenance, { claimant, since, seconds });
      isOurs = (await readClaimant(db.maintenance, seconds)) === claimant;
      checkedAt = monotonicNow(clock);
      return isOurs;
    },
    release: async () => {
      checkedAt = Number.NEGATIVE_INFINITY;
      if (since !== undefined) await releaseRollups(db.maintenance, { claimant, since });
    },
  };
}
