import { wrongGroups } from './rollup-oracle.ts';

/** One delivery of a post, as a feed hands it over; several may share an id: edits, deletions, second copies. */
export interface Delivery {
  readonly platform: string;
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601; the highest wins, and a deletion wins a tie. */
  readonly updatedAt: string;
  readonly deleted: boolean;
}

/** Rows of a statement on the database under test. */
export type Ask = <T>(query: string) => Promise<T[]>;

/** What differs between what was produced and what came out. All zero is the promise. */
export interface Audit {
  /** Posts produced that have no row, or not the version that should have won. */
  readonly lost: number;
  /** Posts with more than one row. */
  readonly duplicated: number;
  /** Rows that nobody produced. */
  readonly unexpected: number;
  /** Minutes and quarter-hours whose volume differs from what was produced, and groups whose figures differ from the rows. */
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
 * Compares a database with what was produced, in the order in which it was: the first delivery of a post fixes
 * its minute, the highest version is the one that counts.
 */
export async function audit(deliveries: readonly Delivery[], ask: Ask, database = 'feedpulse'): Promise<Audit> {
  const expected = winners(deliveries);
  const stored = await ask<Row>(
    `SELECT concat(platform, ':', id) AS key, toUnixTimestamp(minute) AS minute, toFloat64(version) AS version FROM ${database}.posts FINAL`,
  );
  const rowsOf = new Map<string, Row[]>();
  for (const row of stored) rowsOf.set(row.key, [...(rowsOf.get(row.key) ?? []), row]);
  let lost = 0;
  for (const [key, row] of expected)
    if (!rowsOf.get(key)?.some(({ minute, version }) => minute === row.minute && version === row.version)) lost += 1;
  let wrong = 0;
  // One after the other: an embedded database belongs to one process at a time.
  for (const grain of grains) wrong += await wrongBuckets([...expected.values()], ask, database, grain);
  wrong += await wrongGroups(ask, database);
  return {
    lost,
    duplicated: [...rowsOf.values()].filter(({ length }) => length > 1).length,
    unexpected: [...rowsOf.keys()].filter((key) => !expected.has(key)).length,
    wrongBuckets: wrong,
  };
}

/** What each post should be in the end. */
function winners(deliveries: readonly Delivery[]): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const { platform, id, createdAt, updatedAt, deleted } of deliveries) {
    const key = `${platform}:${id}`;
    const seconds = Math.floor(Date.parse(createdAt) / 1_000);
    const first = found.get(key);
    const version = Math.max(first?.version ?? 0, Date.parse(updatedAt) * 2 + (deleted ? 1 : 0));
    found.set(key, { key, minute: first?.minute ?? seconds - (seconds % minute), version });
  }
  return found;
}

async function wrongBuckets(rows: readonly Row[], ask: Ask, database: string, grain: (typeof grains)[number]): Promise<number> {
  const expected = new Map<number, number>();
  for (const { minute, version } of rows) {
    if (version % 2 === 1) continue; // deleted
    const bucket = minute - (minute % grain.seconds);
    expected.set(bucket, (expected.get(bucket) ?? 0) + 1);
  }
  const figures = await ask<{ bucket: number; volume: number }>(
    `SELECT toUnixTimestamp(${grain.column}) AS bucket, toUInt32(sum(negative + neutral + positive + unscored)) AS volume
     FROM ${database}.${grain.table} FINAL WHERE brand = '*' GROUP BY bucket HAVING volume > 0`,
  );
  const found = new Map(figures.map(({ bucket, volume }) => [bucket, volume]));
  return [...new Set([...expected.keys(), ...found.keys()])].filter((bucket) => expected.get(bucket) !== found.get(bucket)).length;
}
