import { countWrongGroups } from './rollup-oracle.ts';

/** One delivery of a post; several may share an ID: edits, deletions, duplicates. */
export interface Delivery {
  readonly platform: string;
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601; the highest wins, and a deletion wins a tie. */
  readonly updatedAt: string;
  readonly deleted: boolean;
}

/** Runs a query on the database under test and returns its rows. */
export type RunQuery = <T>(query: string) => Promise<T[]>;

/** Differences between produced and stored posts; all zero if every post counts once. */
export interface Audit {
  /** Produced posts without a row, or whose row is not their latest version. */
  readonly lost: number;
  /** Posts with more than one row. */
  readonly duplicated: number;
  /** Rows of posts that were not produced. */
  readonly unexpected: number;
  /** Minutes and 15-minute buckets whose volume differs from the deliveries, and rollup groups that differ from the rows. */
  readonly wrongBuckets: number;
}

export const cleanAudit: Audit = { lost: 0, duplicated: 0, unexpected: 0, wrongBuckets: 0 };

interface Row {
  readonly key: string;
  readonly minute: number;
  readonly version: number;
}

const minute = 60;
const grains = [
  { table: 'rollup_minute', column: 'minute', seconds: minute },
  { table: 'rollup_15m', column: 'bucket', seconds: 15 * minute },
] as const;

/**
 * Compares a database with the deliveries in order: the first one fixes the minute of a post, the highest version wins.
 */
export async function audit(deliveries: readonly Delivery[], query: RunQuery, database = 'feedpulse'): Promise<Audit> {
  const expected = expectedRows(deliveries);
  const stored = await query<Row>(
    `SELECT concat(platform, ':', id) AS key, toUnixTimestamp(minute) AS minute, toFloat64(version) AS version FROM ${database}.posts FINAL`,
  );
  const rowsByKey = new Map<string, Row[]>();
  for (const row of stored) rowsByKey.set(row.key, [...(rowsByKey.get(row.key) ?? []), row]);
  let lost = 0;
  for (const [key, row] of expected)
    if (!rowsByKey.get(key)?.some(({ minute, version }) => minute === row.minute && version === row.version)) lost += 1;
  let wrong = 0;
  // Sequentially: an embedded database belongs to one process at a time.
  for (const grain of grains) wrong += await countWrongBuckets([...expected.values()], query, database, grain);
  wrong += await countWrongGroups(query, database);
  return {
    lost,
    duplicated: [...rowsByKey.values()].filter(({ length }) => length > 1).length,
    unexpected: [...rowsByKey.keys()].filter((key) => !expected.has(key)).length,
    wrongBuckets: wrong,
  };
}

/** The expected row of each post. */
function expectedRows(deliveries: readonly Delivery[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const { platform, id, createdAt, updatedAt, deleted } of deliveries) {
    const key = `${platform}:${id}`;
    const seconds = Math.floor(Date.parse(createdAt) / 1_000);
    const first = rows.get(key);
    const version = Math.max(first?.version ?? 0, Date.parse(updatedAt) * 2 + (deleted ? 1 : 0));
    rows.set(key, { key, minute: first?.minute ?? seconds - (seconds % minute), version });
  }
  return rows;
}

async function countWrongBuckets(rows: readonly Row[], query: RunQuery, database: string, grain: (typeof grains)[number]): Promise<number> {
  const expected = new Map<number, number>();
  for (const { minute, version } of rows) {
    if (version % 2 === 1) continue; // deleted
    const bucket = minute - (minute % grain.seconds);
    expected.set(bucket, (expected.get(bucket) ?? 0) + 1);
  }
  const volumes = await query<{ bucket: number; volume: number }>(
    `SELECT toUnixTimestamp(${grain.column}) AS bucket, toUInt32(sum(negative + neutral + positive + unscored)) AS volume
     FROM ${database}.${grain.table} FINAL WHERE brand = '*' GROUP BY bucket HAVING volume > 0`,
  );
  const found = new Map(volumes.map(({ bucket, volume }) => [bucket, volume]));
  return [...new Set([...expected.keys(), ...found.keys()])].filter((bucket) => expected.get(bucket) !== found.get(bucket)).length;
}
