import { type Audit, cleanAudit, type RunQuery } from '../audit.ts';
import { countWrongGroups } from '../rollup-oracle.ts';
import type { LedgerPost } from './traffic.ts';

/** Events by network index, the end excluded. */
export interface EventRange {
  readonly from: number;
  readonly to: number;
}

interface Row {
  readonly id: string;
  readonly text: string;
  readonly deleted: number;
}

/**
 * Compares a database with what every post must finally be. Posts with an event in one of the ranges of `exempt`, which no
 * server could deliver, may be in any state. Prints some of the lost posts.
 */
export async function auditPosts(
  ledger: ReadonlyMap<string, LedgerPost>,
  query: RunQuery,
  exempt: readonly EventRange[] = [],
  database = 'feedpulse',
): Promise<Audit> {
  const rows = await query<Row>(`SELECT id, text, deleted FROM ${database}.posts FINAL WHERE platform = 'bluesky'`);
  const byId = new Map<string, Row>();
  let duplicated = 0;
  for (const row of rows) {
    if (byId.has(row.id)) duplicated += 1;
    byId.set(row.id, row);
  }
  const isExempt = ({ events }: LedgerPost): boolean => events.some((index) => exempt.some(({ from, to }) => index >= from && index < to));
  const isRight = ({ uri, text, deleted }: LedgerPost): boolean => {
    const row = byId.get(uri);
    if (!row) return deleted;
    return deleted ? Boolean(row.deleted) : !row.deleted && row.text === text;
  };
  const lost = [...ledger.values()].filter((post) => !isExempt(post) && !isRight(post));
  for (const post of lost.slice(0, 10)) process.stdout.write(`lost: ${JSON.stringify({ ...post, stored: byId.get(post.uri) })}\n`);
  return {
    ...cleanAudit,
    lost: lost.length,
    duplicated,
    unexpected: rows.filter(({ id }) => !ledger.has(id)).length,
    wrongBuckets: await countWrongGroups(query, database),
  };
}
