import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { minuteMs } from '../../lib/duration.ts';
import type { Log } from '../../lib/log.ts';
import { createSerialQueue } from '../../lib/serial-queue.ts';
import type { Database } from '../client/connection.ts';
import { insertRows, numeric, queryOne } from '../client/query.ts';
import { type RetryPolicy, withRetry } from '../client/with-retry.ts';
import { toDateTime } from './post-row.ts';

/** Give up a load or a save after this long (ms) without success. */
const maxRetryMs = 5 * minuteMs;

const storedCursor = z.object({ cursor: z.string(), at: numeric });

/**
 * The cursor of one source, in the table `source_cursors`. `source` is the source's name, unique in this database. Save a
 * cursor only after everything up to it is durable. Calls may overlap; they run one after the other.
 * @throws (load and save) DATABASE_UNAVAILABLE after five minutes of errors, DATABASE_REJECTED for a permanent error
 */
export function createCursorStore({ db, clock, log }: { db: Database; clock: Clock; log: Log }, source: string) {
  const task = `save the cursor of ${source}`;
  const policy: RetryPolicy = { clock, log, maxRetryMs, onRetry: (error) => db.health.recordFailure(task, error) };
  /** When the newest row was stored (ms since 1970); undefined until it is read. */
  let newestAt: number | undefined;
  const enqueue = createSerialQueue();

  const readNewest = async (): Promise<string | undefined> => {
    const sql = `
    SELECT cursor, toUnixTimestamp64Milli(at) AS at
    FROM source_cursors
    WHERE source = {source:String}
    ORDER BY source_cursors.at DESC
    LIMIT 1`;
    const row = await withRetry(`load the cursor of ${source}`, () => queryOne(db.writer, storedCursor, sql, { source }), policy);
    newestAt = row?.at ?? 0;
    return row?.cursor;
  };

  return {
    /** The cursor saved last; undefined if none was. */
    load: (): Promise<string | undefined> => enqueue(readNewest),
    /** Resolves once the cursor is durable. Its row is newer than all earlier ones, even if the clock was set back. */
    save: (cursor: string): Promise<void> =>
      enqueue(async () => {
        if (newestAt === undefined) await readNewest();
        const at = Math.max(clock.now(), (newestAt ?? 0) + 1);
        const rows = [{ source, cursor, at: toDateTime(at) }];
        await withRetry(task, () => insertRows(db.writer, 'source_cursors', rows), policy);
        newestAt = at;
        db.health.recordSuccess(task);
      }),
  };
}
