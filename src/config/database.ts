import { z } from 'zod';
import { dayMs, durationSchema, toMilliseconds } from '../lib/duration.ts';
import { caFile, passwordFields, urlWithoutSecrets } from './fields.ts';

/** Database and retention settings. */

export const clickhouse = z.strictObject({
  url: urlWithoutSecrets
    .optional()
    .describe('URL of a ClickHouse server. If absent, the engine runs embedded and stores its files in dataDir'),
  database: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'expected letters, digits and underscores, not starting with a digit')
    .refine((name) => !/^(system|information_schema)$/i.test(name), 'reserved by ClickHouse for its own tables')
    .default('feedpulse')
    .describe('Database name'),
  username: z.string().default('default').describe('User for writes, and for queries if reader is absent'),
  ...passwordFields('FEEDPULSE_CLICKHOUSE_PASSWORD'),
  caFile,
  allowPlaintext: z.boolean().default(false).describe('Allow unencrypted connections to a server on another machine'),
  reader: z
    .strictObject({ username: z.string().min(1).describe('User for queries'), ...passwordFields('FEEDPULSE_CLICKHOUSE_READER_PASSWORD') })
    .optional()
    .describe('Separate user for queries; may be read-only'),
});

/** Shortest retention of the minute rollup. Short, recent ranges are read from it, so they rely on it. */
export const minRollupMinuteDays = 30;

const days = (min: number) => durationSchema.refine((value) => toMilliseconds(value) >= min * dayMs, `must be at least ${min}d`);

export const retention = z
  .strictObject({
    posts: days(2).optional().describe('Posts, their keys and their corrections, by creation time; kept forever if absent'),
    scores: days(2).optional().describe('Scores of inactive model versions; kept forever if absent'),
    rollupMinute: days(minRollupMinuteDays).default(`${minRollupMinuteDays}d`).describe('Rollups by minute'),
    rollup15m: days(30).optional().describe('15-minute rollups, the source of hours, days and weeks; kept forever if absent'),
  })
  .describe('Retention of each table. Use the same values for all processes that share a database');
