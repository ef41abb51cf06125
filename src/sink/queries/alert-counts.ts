import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { LabelCounts } from '../../domain/label-counts.ts';
import type { StoredLabel } from '../../domain/post.ts';
import { bucketMs } from '../../lib/duration.ts';
import { numeric, query, queryOne } from '../client/query.ts';
import { inRange } from './sql.ts';

/** Counts by the start of their bucket (ms since 1970). */
export type Buckets = Pick<ReadonlyMap<number, LabelCounts>, 'get'>;
export type CountsByBrand = ReadonlyMap<string, Buckets>;

/** Posts of consecutive 15-minute buckets by label; 0 in buckets without any. */
export type LabelSeries = Readonly<Record<StoredLabel, Float64Array>>;

export interface BucketSeries {
  /** Start of the first bucket (ms since 1970). */
  readonly from: number;
  readonly posts: LabelSeries;
  /** The posts that are no copies. */
  readonly organic: LabelSeries;
}

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

/**
 * The largest delay in ms of the partitions that were active since a time; negative while the clock has been set back behind the
 * feed. More than a day is a backfill, not a delay.
 */
const selectDelay = `
  SELECT max(p.delay) AS delay FROM feed_progress AS p FINAL WHERE toUnixTimestamp64Milli(p.at) >= {since:Int64} AND p.delay <= 86400000`;

/** Grows whenever a partition stores posts. */
const selectActivity = 'SELECT sum(toUnixTimestamp64Milli(p.at)) AS activity FROM feed_progress AS p FINAL';

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

/**
 * The 15-minute buckets of a range, one row per brand: lists in the same order. Indexes count from the first bucket of the
 * range. A row per bucket would take ten times as long to parse. A list without posts is empty.
 */
const labels = ['negative', 'neutral', 'positive', 'unscored'] as const satisfies readonly StoredLabel[];
const listOf = (column: string): string =>
  `if(${column === 'index' ? 'false' : `sum(h.${column}) = 0`}, [], groupArray(toUInt32(h.${column}))) AS ${column}`;
const selectHistory = `
  SELECT h.brand AS brand, ${['index', ...labels, ...labels.map((label) => `copies_${label}`)].map(listOf).join(', ')}
  FROM (
    SELECT r.brand AS brand, intDiv(toUnixTimestamp(r.bucket) - {from:UInt32}, 900) AS index,
      ${labels.map((label) => `sum(r.${label}) AS ${label}, sum(r.copies_${label}) AS copies_${label}`).join(', ')}
    FROM rollup_15m AS r FINAL
    WHERE r.brand IN {brands:Array(String)} AND ${inRange('r.bucket')}
    GROUP BY brand, index
  ) AS h
  GROUP BY brand`;
/** Not checked number by number: there are thousands, and the query converts them. */
const counts = z.custom<readonly number[]>(Array.isArray);
const historyRow = z.object({
  ...{ brand: z.string(), index: counts, negative: counts, neutral: counts, positive: counts, unscored: counts },
  ...{ copies_negative: counts, copies_neutral: counts, copies_positive: counts, copies_unscored: counts },
});

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
    /** A number that changes whenever any process has stored posts. */
    readActivity: async (): Promise<number> => (await queryOne(reader, z.object({ activity: numeric }), selectActivity))?.activity ?? 0,
    readMinutes: (brands: readonly string[], from: number, to: number) =>
      readByBrand(selectMinutes, brands, { from: seconds(from), to: seconds(to) }),
    /** The first minute that the minute rollup holds; undefined if it is empty. */
    readOldestMinute: () => readMinute(selectOldest, {}),
    /** The 15-minute buckets of a range of whole buckets, of the brands that have any. */
    readHistory: async (brands: readonly string[], from: number, to: number): Promise<ReadonlyMap<string, BucketSeries>> => {
      const found = new Map<string, BucketSeries>();
      const read = async (names: readonly string[]): Promise<void> => {
        const rows = await query(reader, historyRow, selectHistory, { from: seconds(from), to: seconds(to), brands: names });
        for (const row of rows) found.set(row.brand, toSeries(row, from, (to - from) / bucketMs));
      };
      const groups = Array.from({ length: Math.ceil(brands.length / maxBrands) }, (_, group) =>
        brands.slice(group * maxBrands, (group + 1) * maxBrands),
      );
      // The engine works on one group while the rows of the one before are being parsed.
      await Promise.all(groups.map(read));
      return found;
    },
  };
}

export type StoredAlertCounts = ReturnType<typeof createAlertCounts>;
/** The reads of a live evaluation. */
export type AlertCounts = Pick<StoredAlertCounts, 'readNewestMinute' | 'isStale' | 'readMaxDelay' | 'readActivity' | 'readHistory'> & {
  readMinutes(brands: readonly string[], from: number, to: number): Promise<CountsByBrand>;
};

function toSeries({ index, ...lists }: z.output<typeof historyRow>, from: number, length: number): BucketSeries {
  const spread = (list: readonly number[]): Float64Array => {
    const values = new Float64Array(length);
    for (let order = 0; order < list.length; order += 1) values[index[order] ?? length] = list[order] ?? 0;
    return values;
  };
  const seriesOf = (valuesOf: (label: StoredLabel) => Float64Array): LabelSeries => ({
    negative: valuesOf('negative'),
    neutral: valuesOf('neutral'),
    positive: valuesOf('positive'),
    unscored: valuesOf('unscored'),
  });
  const posts = seriesOf((label) => spread(lists[label]));
  const organic = seriesOf((label) => {
    const list = lists[`copies_${label}`];
    if (list.length === 0) return posts[label];
    const copies = spread(list);
    return posts[label].map((count, at) => count - (copies[at] ?? 0));
  });
  return { from, posts, organic };
}
