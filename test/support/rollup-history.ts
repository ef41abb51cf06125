import type { Database } from '../../src/sink/client/connection.ts';

const minute = 60_000;
/** End of the stored counts, in ms since 1970. */
export const to = Math.floor(Date.now() / (15 * minute)) * 15 * minute;
/** Four times the usual posts. */
export const incident = { from: to - 20 * 60 * minute, to: to - 18 * 60 * minute };

/** Counts of 16 days, of two days by the minute, for `Kestrel` and for all posts. */
export async function fillRollups(db: Database): Promise<void> {
  const posts = (time: string, each: number) =>
    `toUInt64(${each} * if(toUnixTimestamp(${time}) >= ${incident.from / 1_000} AND toUnixTimestamp(${time}) < ${incident.to / 1_000}, 4, 1) + rand() % 3)`;
  const fill = (table: string, column: string, seconds: number, count: number, each: number, more = '') =>
    db.maintenance.command({
      query: `INSERT INTO ${table} (${column}, brand, negative, neutral, positive, unscored, version${more && ', platform, lang'})
        SELECT toDateTime(${to / 1_000} - ${seconds} * (1 + number), 'UTC') AS time, arrayJoin(['*', 'Kestrel']),
          ${posts('time', each)}, ${posts('time', 2 * each)}, ${posts('time', 2 * each)}, 0, now64(6, 'UTC')${more}
        FROM numbers(${count})`,
    });
  await fill('rollup_15m', 'bucket', 900, 16 * 96, 60, ", 'chirper', 'en'");
  await fill('rollup_minute', 'minute', 60, 2 * 1_440, 4);
}
