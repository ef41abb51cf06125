import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { LabelCounts } from '../../domain/label-counts.ts';
import { numeric, query, queryOne } from '../client/query.ts';
import { inRange } from './sql.ts';

/** Counts by the start of their bucket (ms since 1970). */
export type Buckets = Pick<ReadonlyMap<number, LabelCounts>, 'get'>;
export type CountsByBrand = ReadonlyMap<string, Buckets>;

/** Bounds the length of one result: its rows are brands times buckets. */
const maxBrands = 100;

const counted = z.object({
  ...{ brand: z.string(), start: numeric, negative: numeric, neutral: numeric, positive: numeric, unscored: numeric },
  /** By label, negative, neutral, positive, unscored; empty if there are none. */
  copies: z.array(numeric),
});
const minuteRow = z.object({ minute: numeric });

/** The newest minute of a range with posts of any brand; 0 if there is none. */
const selectNewest = `
  SELECT toUnixTimestamp(max(r.minute)) AS minute
  FROM rollup_minute AS r FINAL
  WHERE r.brand = '*' AND r.minute >= toDateTime({from:UInt32}, 'UTC') AND r.minute <= toDateTime({now:UInt32}, 'UTC')
    AND r.negative + r.neutral + r.positive + r.unscored > 0`;

/** The first minute that the minute rollup still holds; 0 if it is empty. */
const selectOldest = "SELECT toUnixTimestamp(min(minute)) AS minute FROM rollup_minute WHERE brand = '*'";

/** Minutes of a range whose minute rollup is stale. */
const countStale = `
  SELECT count() AS minutes FROM (
    SELECT minute FROM rollup_dirty_minutes
    WHERE ${inRange('minute')}
    GROUP BY minute
    HAVING max(marked_at) > max(rollup_minute_done)
  )`;

/** The largest delay in ms of the partitions that were active since a time. More than a day is a backfill, not a delay. */
const selectDelay = `
  SELECT max(p.delay) AS delay FROM feed_progress AS p FINAL WHERE toUnixTimestamp64Milli(p.at) >= {since:Int64} AND p.delay <= 86400000`;

/** The copies by label as an array, which is empty if there are none: few minutes have any. */
function copiesOf(read: (column: string) => string): string {
  const counts = ['negative', 'neutral', 'positive', 'unscored'].map((label) => read(`copies_${label}`));
  return `if(${counts.join(' + ')} = 0, [], [${counts.join(', ')}])`;
}

const selectMinutes = `
  SELECT r.brand AS brand, toUnixTimestamp(r.minute) AS start,
    r.negative AS negative, r.neutral AS neutral, r.positive AS positive, r.unscored AS unscored,
    ${copiesOf((column) => `r.${column}`)} AS copies
  FROM rollup_minute AS r FINAL
  WHERE ${inRange('r.minute')} AND r.brand IN {brands:Array(String)}`;

const selectBucketsWhere = (condition: string): string => `
  SELECT r.brand AS brand, toUnixTimestamp(r.bucket) AS start,
    sum(r.negative) AS negative, sum(r.neutral) AS neutral, sum(r.positive) AS positive, sum(r.unscored) AS unscored,
    ${copiesOf((column) => `sum(r.${column})`)} AS copies
  FROM rollup_15m AS r FINAL
  WHERE r.brand IN {brands:Array(String)} AND ${condition}
  GROUP BY brand, start`;
const selectBuckets = selectBucketsWhere("r.bucket IN (SELECT toDateTime({last:UInt32} - 900 * arrayJoin({before:Array(UInt32)}), 'UTC'))");
const selectBucketsBetween = selectBucketsWhere(inRange('r.bucket'));

/** The first 15-minute bucket of each brand with posts, since a time. */
const selectFirst = `
  SELECT r.brand AS brand, toUnixTimestamp(min(r.bucket)) AS start
  FROM rollup_15m AS r
  WHERE r.brand IN {brands:Array(String)} AND r.bucket >= toDateTime({from:UInt32}, 'UTC')
    AND r.negative + r.neutral + r.positive + r.unscored > 0
  GROUP BY brand`;

const toCopies = ([negative = 0, neutral = 0, positive = 0, unscored = 0]: readonly number[]): LabelCounts => ({
  ...{ negative, neutral, positive, unscored },
});

/** Reads counts from the rollups for the evaluation of alerts. Times are ms since 1970; throws the database's errors. */
export function createAlertCounts(reader: ClickHouseClient) {
  const readByBrand = async (sql: string, brands: readonly string[], params: Record<string, unknown>) => {
    const found = new Map<string, Map<number, LabelCounts>>();
    for (let at = 0; at < brands.length; at += maxBrands)
      for (const { brand, start, copies, ...counts } of await query(reader, counted, sql, {
        ...params,
        brands: brands.slice(at, at + maxBrands),
      })) {
        const buckets = found.get(brand) ?? new Map<number, LabelCounts>();
        found.set(brand, buckets.set(1_000 * start, copies.length > 0 ? { ...counts, copies: toCopies(copies) } : counts));
      }
    return found;
  };
  const seconds = (ms: number): number => Math.max(0, Math.floor(ms / 1_000));
  const readMinute = async (sql: string, params: Record<string, unknown>): Promise<number | undefined> => {
    const minute = (await queryOne(reader, minuteRow, sql, params))?.minute ?? 0;
    return minute > 0 ? 1_000 * minute : undefined;
  };
  return {
    /** The newest minute since `from` with posts of any brand; undefined if there is none. */
    readNewestMinute: (from: number, now: number) => readMinute(selectNewest, { from: seconds(from), now: seconds(now) }),
    /** Whether the minute rollup of a range is stale. */
    isStale: async (from: number, to: number): Promise<boolean> =>
      ((await queryOne(reader, z.object({ minutes: numeric }), countStale, { from: seconds(from), to: seconds(to) }))?.minutes ?? 0) > 0,
    /** The delay of the slowest partition that was active since a time, in ms. */
    readMaxDelay: async (since: number): Promise<number> =>
      (await queryOne(reader, z.object({ delay: numeric }), selectDelay, { since }))?.delay ?? 0,
    readMinutes: (brands: readonly string[], from: number, to: number) =>
      readByBrand(selectMinutes, brands, { from: seconds(from), to: seconds(to) }),
    /** Every 15-minute bucket of a range. */
    readBucketRange: (brands: readonly string[], from: number, to: number) =>
      readByBrand(selectBucketsBetween, brands, { from: seconds(from), to: seconds(to) }),
    /** The first minute that the minute rollup holds; undefined if it is empty. */
    readOldestMinute: () => readMinute(selectOldest, {}),
    /** The 15-minute buckets with these starts. */
    readBuckets: (brands: readonly string[], starts: readonly number[]) => {
      const last = Math.max(...starts);
      return readByBrand(selectBuckets, brands, { last: seconds(last), before: starts.map((start) => (last - start) / 900_000) });
    },
    /** The first 15-minute bucket with posts of each brand, not before `from`. */
    readFirstBuckets: async (brands: readonly string[], from: number): Promise<ReadonlyMap<string, number>> => {
      const rows = await query(reader, z.object({ brand: z.string(), start: numeric }), selectFirst, { brands, from: seconds(from) });
      return new Map(rows.map(({ brand, start }) => [brand, 1_000 * start]));
    },
  };
}

export type StoredAlertCounts = ReturnType<typeof createAlertCounts>;
/** The reads of a live evaluation. */
export type AlertCounts = Pick<StoredAlertCounts, 'readNewestMinute' | 'isStale' | 'readMaxDelay' | 'readFirstBuckets'> & {
  readMinutes(brands: readonly string[], from: number, to: number): Promise<CountsByBrand>;
  readBuckets(brands: readonly string[], starts: readonly number[]): Promise<CountsByBrand>;
};
