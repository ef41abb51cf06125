import { type Config, toMilliseconds } from '../../config/schema.ts';
import { dayMs, hourMs } from '../../lib/duration.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../client/connection.ts';
import { readEngines } from '../queries/storage.ts';

export type Retention = Config['retention'];

export const defaultRetention: Retention = { rollupMinute: '30d' };

/** The earliest time from which rollups can be recomputed from posts, and the retention of the minute rollup, in seconds. */
export interface RetentionWindow {
  readonly since: number;
  readonly minuteSeconds: number;
}

/** The window at a time (ms since 1970): an hour less than the retention, so that no bucket is recomputed while posts expire. */
export function retentionWindow({ posts, rollupMinute }: Retention, now: number): RetentionWindow {
  const since = posts === undefined ? 0 : Math.ceil((now - toMilliseconds(posts) + hourMs) / 1_000);
  return { since, minuteSeconds: toMilliseconds(rollupMinute) / 1_000 };
}

export const unlimitedWindow: RetentionWindow = retentionWindow(defaultRetention, 0);

/**
 * The earliest creation time (ms since 1970) of posts to store: two hours less than the retention, so that every stored
 * post is counted before its bucket leaves the window.
 */
export function minCreatedAt({ posts }: Retention, now: number): number {
  return posts === undefined ? 0 : now - toMilliseconds(posts) + 2 * hourMs;
}

/** The setting with the retention of each table, and the column that it applies to. */
const retainedTables = [
  { table: 'posts', column: 'minute', setting: 'posts' },
  { table: 'post_first_seen', column: 'toDateTime(created_at)', setting: 'posts' },
  { table: 'post_aliases', column: 'toDateTime(created_at)', setting: 'posts' },
  { table: 'corrections', column: 'minute', setting: 'posts' },
  { table: 'calibration_labels', column: 'minute', setting: 'posts' },
  { table: 'scores', column: 'minute', setting: 'scores' },
  { table: 'rollup_minute', column: 'minute', setting: 'rollupMinute' },
  { table: 'rollup_15m', column: 'bucket', setting: 'rollup15m' },
] as const;

/**
 * Sets the TTL of each table to the configured retention, if it differs. ClickHouse removes expired rows in the background.
 * Concurrent calls are harmless.
 * @throws the database's error
 */
export async function applyRetention(db: Database, retention: Retention, log: Log): Promise<void> {
  const engines = await readEngines(
    db.writer,
    retainedTables.map(({ table }) => table),
  );
  for (const { table, column, setting } of retainedTables) {
    const duration = retention[setting];
    const desiredTtl = duration === undefined ? undefined : formatTtl(column, duration);
    const currentTtl = / TTL (.*?)(?: SETTINGS |$)/.exec(engines.get(table) ?? '')?.[1];
    if (currentTtl === desiredTtl) continue;
    await db.writer.command({ query: `ALTER TABLE ${table} ${desiredTtl === undefined ? 'REMOVE TTL' : `MODIFY TTL ${desiredTtl}`}` });
    log.info({ table, retention: duration ?? 'unlimited' }, 'retention changed');
  }
}

/** The TTL expression as ClickHouse prints it, for comparison: in days if possible, as in the migrations. */
function formatTtl(column: string, duration: string): string {
  const seconds = Math.ceil(toMilliseconds(duration) / 1_000);
  const days = (seconds * 1_000) / dayMs;
  return Number.isInteger(days) ? `${column} + toIntervalDay(${days})` : `${column} + toIntervalSecond(${seconds})`;
}
