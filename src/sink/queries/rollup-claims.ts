import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { queryOne } from '../client/query.ts';

/** A process that could recompute rollups, and since when, by the clock of the server. */
interface Claim {
  readonly claimant: string;
  readonly since: string;
}

/** The server's clock, in UTC with microseconds. */
export async function readServerTime(client: ClickHouseClient): Promise<string> {
  const row = await queryOne(client, z.object({ at: z.string() }), "SELECT toString(now64(6, 'UTC')) AS at");
  if (!row) throw new TypeError('a SELECT without FROM returned no row');
  return row.at;
}

/** Later than that of the claim to replace, also after the server's clock was set back. */
const version = `greatest(now64(6, 'UTC'),
    (SELECT max(c.at) FROM rollup_claims AS c WHERE c.claimant = {claimant:UUID}) + toIntervalMicrosecond(1))`;

/** Claims the rollups, or renews the claim, for a number of seconds. */
export async function claimRollups(client: ClickHouseClient, claim: Claim & { readonly seconds: number }): Promise<void> {
  const sql = `INSERT INTO rollup_claims (claimant, since, until, at)
  SELECT {claimant:UUID}, {since:DateTime64(6, 'UTC')}, now64(6, 'UTC') + toIntervalSecond({seconds:UInt32}), ${version}
  SETTINGS async_insert = 0`;
  await client.command({ query: sql, query_params: { ...claim } });
}

/** Ends a claim before it expires. */
export async function releaseRollups(client: ClickHouseClient, claim: Claim): Promise<void> {
  const sql = `INSERT INTO rollup_claims (claimant, since, until, at)
  SELECT {claimant:UUID}, {since:DateTime64(6, 'UTC')}, toDateTime64(0, 6, 'UTC'), ${version}
  SETTINGS async_insert = 0`;
  await client.command({ query: sql, query_params: { ...claim } });
}

/**
 * The process whose claim is the earliest of those that have not expired; undefined if there is none. A claim that lasts longer
 * than `seconds` from now was made before the server's clock was set back, perhaps by a process that has died since.
 */
export async function readClaimant(client: ClickHouseClient, seconds: number): Promise<string | undefined> {
  const sql = `SELECT toString(claimant) AS claimant FROM rollup_claims FINAL
  WHERE until > now64(6, 'UTC') AND until <= now64(6, 'UTC') + toIntervalSecond({seconds:UInt32})
  ORDER BY since, claimant
  LIMIT 1`;
  return (await queryOne(client, z.object({ claimant: z.string() }), sql, { seconds }))?.claimant;
}
