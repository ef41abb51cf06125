import { type Config, milliseconds } from '../../config/schema.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../client/connection.ts';
import { readEngines } from '../queries/maintenance.ts';

export type Retention = Config['retention'];

export const keepsEverything: Retention = { rollupMinute: '30d' };

const hourMs = 3_600_000;

/** From when on rollups can be computed from posts, and for how long the minute rollup is kept (both in seconds). */
export interface RetentionWindow {
  readonly since: number;
  readonly minuteSeconds: number;
}

/** The window at a time (ms since 1970): an hour shorter than the retention, so that no bucket is computed while its posts expire. */
export function retentionWindow({ posts, rollupMinute }: Retention, now: number): RetentionWindow {
  const since = posts === undefined ? 0 : Math.ceil((now - milliseconds(posts) + hourMs) / 1_000);
  return { since, minuteSeconds: milliseconds(rollupMinute) / 1_000 };
}

export const keepsAll: RetentionWindow = retentionWindow(keepsEverything, 0);

/**
 * The oldest creation (ms since 1970) of posts that are stored: two hours less than the retention, so that every stored
 * post is counted before its bucket leaves the window.
 */
export function acceptedSince({ posts }: Retention, now: number): number {
  return posts === undefined ? 0 : now - milliseconds(posts) + 2 * hourMs;
}

/** Which setting bounds a table, and by which column. */
const bounded = [
  { table: 'posts', column: 'minute', setting: 'posts' },
  { table: 'post_first_seen', column: 'toDateTime(created_at)', setting: 'posts' },
  { table: 'corrections', column: 'minute', setting: 'posts' },
  { table: 'scores', column: 'minute', setting: 'scores' },
  { table: 'rollup_minute', column: 'minute', setting: 'rollupMinute' },
  { table: 'rollup_15m', column: 'bucket', setting: 'rollup15m' },
] as const;

/**
 * Sets the time to live of each table to that of the config, if it differs. Expired rows are removed in the background.
 * Two processes that do so at once do the same.
 * @throws the database's error
 */
export async function applyRetention(db: Database, retention: Retention, log: Log): Promise<void> {
  const engines = await readEngines(
    db.writer,
    bounded.map(({ table }) => table),
  );
  for (const { table, column, setting } of bounded) {
    const kept = retention[setting];
    const wanted = kept === undefined ? undefined : ttlOf(column, kept);
    const present = / TTL (.*?)(?: SETTINGS |$)/.exec(engines.get(table) ?? '')?.[1];
    if (present === wanted) continue;
    await db.writer.command({ query: `ALTER TABLE ${table} ${wanted === undefined ? 'REMOVE TTL' : `MODIFY TTL ${wanted}`}` });
    log.info({ table, retention: kept ?? 'unlimited' }, 'retention changed');
  }
}

/** As the engine prints it, so that it can be compared: in days where possible, as in the migrations. */
function ttlOf(column: string, kept: string): string {
  const seconds = Math.ceil(milliseconds(kept) / 1_000);
  return seconds % 86_400 === 0 ? `${column} + toIntervalDay(${seconds / 86_400})` : `${column} + toIntervalSecond(${seconds})`;
}
