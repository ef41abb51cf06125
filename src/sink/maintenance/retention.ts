import { milliseconds } from '../../config/schema.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../client/connection.ts';
import { selectEngines } from '../queries/writing.ts';
import type { Retention } from '../rollups/retention-window.ts';

/** Which setting bounds a table, and by which of its columns. */
const bounded = [
  { table: 'posts', column: 'minute', setting: 'posts' },
  { table: 'post_first_seen', column: 'toDateTime(created_at)', setting: 'posts' },
  { table: 'corrections', column: 'minute', setting: 'posts' },
  { table: 'scores', column: 'minute', setting: 'scores' },
  { table: 'rollup_minute', column: 'minute', setting: 'rollupMinute' },
  { table: 'rollup_15m', column: 'bucket', setting: 'rollup15m' },
] as const;

/**
 * Gives each table the time to live that the config says, where it has another. Rows beyond it leave in the
 * background. Two processes that do so at once do the same.
 * @throws the database's fault
 */
export async function applyRetention(db: Database, retention: Retention, log: Log): Promise<void> {
  const result = await db.writer.query({
    query: selectEngines,
    query_params: { tables: bounded.map(({ table }) => table) },
    format: 'JSONEachRow',
  });
  const engines = new Map((await result.json<{ name: string; engine: string }>()).map(({ name, engine }) => [name, engine]));
  for (const { table, column, setting } of bounded) {
    const kept = retention[setting];
    const wanted = kept === undefined ? undefined : lifeOf(column, kept);
    const present = / TTL (.*?)(?: SETTINGS |$)/.exec(engines.get(table) ?? '')?.[1];
    if (present === wanted) continue;
    await db.writer.command({ query: `ALTER TABLE ${table} ${wanted === undefined ? 'REMOVE TTL' : `MODIFY TTL ${wanted}`}` });
    log.info({ table, kept: kept ?? 'for ever' }, 'retention changed');
  }
}

/** As the engine writes it back, so that it can be compared. The minutes' own migration says days. */
function lifeOf(column: string, kept: string): string {
  const seconds = Math.ceil(milliseconds(kept) / 1_000);
  return seconds % 86_400 === 0 ? `${column} + toIntervalDay(${seconds / 86_400})` : `${column} + toIntervalSecond(${seconds})`;
}
