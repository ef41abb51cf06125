import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { minRollupMinuteDays } from '../../config/database.ts';
import type { Grain } from '../../domain/brand-metrics.ts';
import { dayMs, hourMs } from '../../lib/duration.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { numeric, query, queryOne } from '../client/query.ts';
import { type CorrectedPosts, readCorrectedPosts, sumCorrected } from './corrected-posts.ts';
import { countDirty, minuteRollup, type Rollup, rollup15m } from './rollups.ts';
import { inRange } from './sql.ts';

/** Half-open: `from` is included, `to` is not. */
export interface Range {
  readonly from: Date;
  readonly to: Date;
}

/** A day less than the minute rollup is kept at least, so that nothing expires between two queries of a page. */
const minuteRollupMs = (minRollupMinuteDays - 1) * dayMs;
/** The minute rollup is sorted by minute. Over longer ranges one brand is read faster from the 15-minute rollup. */
const maxMinuteRangeMs = 12 * hourMs;

/** The minute rollup for a short, recent range; the 15-minute rollup for any other. */
function chooseRollup({ from, to }: Range, now: number): Rollup {
  const isShort = to.getTime() - from.getTime() <= maxMinuteRangeMs;
  return isShort && from.getTime() >= now - minuteRollupMs ? minuteRollup : rollup15m;
}

/**
 * A range in seconds since 1970, widened to whole buckets of a rollup.
 * @throws USAGE if the range is empty or not within 1970 to 2105
 */
export function toSeconds({ from, to }: Range, { seconds }: Rollup): { from: number; to: number } {
  const start = from.getTime() / 1_000;
  const end = to.getTime() / 1_000;
  if (!(start >= 0 && start < end && end < 2 ** 32))
    throw new FeedpulseError('USAGE', 'The range must start before it ends, and lie within 1970 to 2105.');
  return { from: Math.floor(start / seconds) * seconds, to: Math.ceil(end / seconds) * seconds };
}

const countColumns = { negative: numeric, neutral: numeric, positive: numeric, unscored: numeric };
const sumColumns = {
  ...countColumns,
  scores: numeric,
  weightNegative: numeric,
  weightNeutral: numeric,
  weightPositive: numeric,
};
const squareColumns = { scoreSquares: numeric, weightSquares: numeric };

/** Counts, and sums over the scored posts of scores and of engagement weights. */
export type SumsRow = z.output<z.ZodObject<typeof sumColumns>>;

/** Sums and sums of squares, as intervals need them; distinct authors if requested. */
export type PeriodRow = SumsRow & z.output<z.ZodObject<typeof squareColumns>> & WithCorrected & { readonly authors?: number | undefined };

const counts = 'sum(r.negative) AS negative, sum(r.neutral) AS neutral, sum(r.positive) AS positive, sum(r.unscored) AS unscored';
const sums = `sum(r.score_sum) AS scores, sum(r.weight_negative) AS weightNegative, sum(r.weight_neutral) AS weightNeutral,
    sum(r.weight_positive) AS weightPositive`;
const volume = 'r.negative + r.neutral + r.positive + r.unscored';
const hasPosts = 'HAVING negative + neutral + positive + unscored > 0';

/** The corrected posts among those that a row counts. */
interface WithCorrected {
  readonly corrected?: CorrectedPosts | undefined;
}

/** Counts of every brand with posts in a range, largest first. @throws USAGE for an empty range */
export async function readBrandCounts(reader: ClickHouseClient, range: Range, now: number) {
  const rollup = chooseRollup(range, now);
  const sql = `
  SELECT r.brand AS brand, ${counts}
  FROM ${rollup.table} AS r FINAL
  WHERE ${inRange(`r.${rollup.column}`)}
  GROUP BY brand
  ${hasPosts}
  ORDER BY negative + neutral + positive + unscored DESC, brand`;
  const seconds = toSeconds(range, rollup);
  const [rows, corrected] = await Promise.all([
    query(reader, z.object({ brand: z.string(), ...countColumns }), sql, seconds),
    readCorrectedPosts(reader, { brands: [], ...seconds }),
  ]);
  return rows.map((row) => ({ ...row, corrected: sumCorrected(corrected.filter(({ brand }) => brand === row.brand)) }));
}

/** Counts of a brand by platform and language, from the 15-minute buckets that a range overlaps. @throws USAGE for an empty range */
export async function readSegmentCounts(reader: ClickHouseClient, { brand, ...range }: Range & { readonly brand: string }) {
  const sql = `
  SELECT r.platform AS platform, r.lang AS lang, ${counts}
  FROM rollup_15m AS r FINAL
  WHERE r.brand = {brand:String} AND ${inRange('r.bucket')}
  GROUP BY platform, lang
  ${hasPosts}`;
  const row = z.object({ platform: z.string(), lang: z.string(), ...countColumns });
  const seconds = toSeconds(range, rollup15m);
  const [rows, corrected] = await Promise.all([
    query(reader, row, sql, { brand, ...seconds }),
    readCorrectedPosts(reader, { brands: [brand], ...seconds }),
  ]);
  return rows.map((row) => ({
    ...row,
    corrected: sumCorrected(corrected.filter(({ platform, lang }) => platform === row.platform && lang === row.lang)),
  }));
}

/** Distinct authors are not counted over longer ranges, because that is slow. */
const maxAuthorsRangeMs = 8 * dayMs;

/** Sums of a brand in a range and in the period of equal length before it. */
export interface PeriodSums {
  readonly current: PeriodRow;
  /** Null if the history does not cover all of it: part of a period would look like a change. */
  readonly previous: PeriodRow | null;
}

/** The rollup of sums for a range and the period before it. */
const choosePeriodRollup = ({ from, to }: Range, now: number): Rollup =>
  chooseRollup({ from: new Date(2 * from.getTime() - to.getTime()), to }, now);

/**
 * Number of minutes in a range whose posts are not all in the rollup that `readPeriodSums` reads. Call it before, so that
 * sums are never older than this says. @throws USAGE for an empty range
 */
export function countPendingInPeriod(reader: ClickHouseClient, range: Range, now: number): Promise<number> {
  const rollup = choosePeriodRollup(range, now);
  return countDirty(reader, rollup, toSeconds(range, rollup));
}

/** Sums of each brand (`*`: all posts), in the order given. @throws USAGE for an empty range */
export async function readPeriodSums(
  reader: ClickHouseClient,
  { brands, from, to }: Range & { readonly brands: readonly string[] },
  now: number,
): Promise<PeriodSums[]> {
  const rollup = choosePeriodRollup({ from, to }, now);
  const seconds = toSeconds({ from, to }, rollup);
  const withAuthors = to.getTime() - from.getTime() <= maxAuthorsRangeMs;
  const previousFrom = Math.max(0, 2 * seconds.from - seconds.to);
  const sql = `
  SELECT r.brand AS brand, r.${rollup.column} >= toDateTime({from:UInt32}, 'UTC') AS current,
    ${counts}, ${sums}, sum(r.score_squares) AS scoreSquares, sum(r.weight_squares) AS weightSquares${
      withAuthors ? ', uniqCombined64Merge(14)(r.authors) AS authors' : ''
    }
  FROM ${rollup.table} AS r FINAL
  WHERE r.brand IN {brands:Array(String)}
    AND r.${rollup.column} >= toDateTime({previousFrom:UInt32}, 'UTC') AND r.${rollup.column} < toDateTime({to:UInt32}, 'UTC')
  GROUP BY brand, current`;
  const row = z.object({ brand: z.string(), current: numeric, ...sumColumns, ...squareColumns, authors: numeric.optional() });
  const [rows, hasHistory, corrected] = await Promise.all([
    query(reader, row, sql, { brands, previousFrom, ...seconds }),
    hasPostsUntil(reader, previousFrom),
    readCorrectedPosts(reader, { brands, from: previousFrom, to: seconds.to }),
  ]);
  const empty: PeriodRow = { ...emptySums, ...(withAuthors && { authors: 0 }) };
  return brands.map((brand) => {
    const sumsOf = (current: number): PeriodRow => {
      const isPart = (minute: number): boolean => (minute >= seconds.from ? 1 : 0) === current;
      return {
        ...(rows.find((row) => row.brand === brand && row.current === current) ?? empty),
        corrected: sumCorrected(corrected.filter((row) => row.brand === brand && isPart(row.minute))),
      };
    };
    return { current: sumsOf(1), previous: hasHistory ? sumsOf(0) : null };
  });
}

const emptySums: PeriodRow = {
  ...{ negative: 0, neutral: 0, positive: 0, unscored: 0, scores: 0, scoreSquares: 0 },
  ...{ weightNegative: 0, weightNeutral: 0, weightPositive: 0, weightSquares: 0 },
};

/** True if there are posts of any brand up to an instant (seconds since 1970). */
async function hasPostsUntil(reader: ClickHouseClient, instant: number): Promise<boolean> {
  const sql = `
  SELECT 1 AS found
  FROM rollup_15m AS r FINAL
  WHERE r.brand = '*' AND r.bucket <= toDateTime({instant:UInt32}, 'UTC') AND ${volume} > 0
  LIMIT 1`;
  return (await queryOne(reader, z.object({ found: numeric }), sql, { instant })) !== undefined;
}

/** SQL for the start of an instant's bucket, in seconds; from hours on, in the bound time zone. */
const bucketStarts: Readonly<Record<Grain, (instant: string) => string>> = {
  minute: (instant) => `toUnixTimestamp(toStartOfMinute(${instant}))`,
  '15m': (instant) => `toUnixTimestamp(toStartOfFifteenMinutes(${instant}))`,
  hour: (instant) => `toUnixTimestamp(toStartOfHour(${instant}, {timeZone:String}))`,
  day: (instant) => `toUnixTimestamp(toStartOfDay(${instant}, {timeZone:String}))`,
  week: (instant) =>
    `toUnixTimestamp(toStartOfDay(${instant}, {timeZone:String}) - toIntervalDay(toDayOfWeek(${instant}, 0, {timeZone:String}) - 1))`,
  month: (instant) => `toUnixTimestamp(toDateTime(toStartOfMonth(${instant}, {timeZone:String}), {timeZone:String}))`,
};

const timelineRow = z.object({ start: numeric, arrived: numeric.transform((arrived) => arrived > 0), ...sumColumns });
export type TimelineRow = z.output<typeof timelineRow> & WithCorrected;

const timelineRollup = (grain: Grain): Rollup => (grain === 'minute' ? minuteRollup : rollup15m);

/** Like `countPendingInPeriod`, for `readTimelineSums`. @throws USAGE for an empty range */
export function countPendingInTimeline(reader: ClickHouseClient, { grain, ...range }: Range & { readonly grain: Grain }): Promise<number> {
  const rollup = timelineRollup(grain);
  return countDirty(reader, rollup, toSeconds(range, rollup));
}

/**
 * Every bucket of a range with a brand's sums, and whether any brand has posts in it. The latter is read without
 * FINAL, because any version of a row suffices.
 * @throws USAGE for an empty range
 */
export async function readTimelineSums(
  reader: ClickHouseClient,
  { brand, grain, timeZone, ...range }: Range & { readonly brand: string; readonly grain: Grain; readonly timeZone: string },
): Promise<TimelineRow[]> {
  const rollup = timelineRollup(grain);
  const column = `r.${rollup.column}`;
  const start = bucketStarts[grain](column);
  const sql = `
  SELECT grid.start AS start, any_brand.arrived AS arrived, brand_sums.* EXCEPT (start)
  FROM (
    SELECT DISTINCT ${bucketStarts[grain]('instant')} AS start
    FROM (SELECT toDateTime(arrayJoin(range({from:UInt32}, {to:UInt32}, ${rollup.seconds})), 'UTC') AS instant)
  ) AS grid
  LEFT JOIN (
    SELECT ${start} AS start, ${counts}, ${sums}
    FROM ${rollup.table} AS r FINAL
    WHERE r.brand = {brand:String} AND ${inRange(column)}
    GROUP BY start
  ) AS brand_sums ON brand_sums.start = grid.start
  LEFT JOIN (
    SELECT DISTINCT ${start} AS start, 1 AS arrived
    FROM ${rollup.table} AS r
    WHERE r.brand = '*' AND ${inRange(column)} AND ${volume} > 0
  ) AS any_brand ON any_brand.start = grid.start
  ORDER BY start`;
  const seconds = toSeconds(range, rollup);
  const [rows, corrected] = await Promise.all([
    query(reader, timelineRow, sql, { brand, timeZone, ...seconds }),
    readCorrectedPosts(reader, { brands: [brand], ...seconds }),
  ]);
  if (corrected.length === 0) return rows;
  const nextStart = (index: number): number => rows[index + 1]?.start ?? Number.POSITIVE_INFINITY;
  return rows.map((row, index) => ({
    ...row,
    corrected: sumCorrected(corrected.filter(({ minute }) => minute >= row.start && minute < nextStart(index))),
  }));
}
