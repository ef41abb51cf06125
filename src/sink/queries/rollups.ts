import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { bucketMs, dayMs } from '../../lib/duration.ts';
import { insertRows, numeric, query, queryOne } from '../client/query.ts';
import { boundedStatement, inRange, labelForBrand, scoreForBrand } from './sql.ts';

/** A table of sums over posts, by bucket and brand. */
export interface Rollup {
  readonly name: 'minute' | '15m';
  readonly table: 'rollup_minute' | 'rollup_15m';
  /** The column with the start of a bucket. */
  readonly column: 'minute' | 'bucket';
  readonly seconds: number;
  /** The columns of a group, how a post's minute becomes its bucket, and the other columns taken from the post. */
  readonly keys: string;
  readonly bucketOf: string;
  readonly postColumns: string;
  /** SQL condition for posts within the table's retention. */
  readonly retentionCondition: string;
}

/** By minute and brand; kept for `retention.rollupMinute` (30 days by default). */
export const minuteRollup: Rollup = {
  name: 'minute',
  table: 'rollup_minute',
  column: 'minute',
  seconds: 60,
  keys: 'minute, brand',
  bucketOf: 'minute',
  postColumns: '',
  retentionCondition: "minute >= now('UTC') - toIntervalSecond({minuteRetention:UInt32})",
};

/** By 15 minutes, brand, platform and language; hours, days, weeks and months are sums of these. */
export const rollup15m: Rollup = {
  name: '15m',
  table: 'rollup_15m',
  column: 'bucket',
  seconds: bucketMs / 1_000,
  keys: 'bucket, brand, platform, lang',
  bucketOf: 'toStartOfFifteenMinutes(minute)',
  postColumns: ', platform, lang',
  retentionCondition: 'true',
};

const sums = [
  ...['negative', 'neutral', 'positive', 'unscored', 'score_sum', 'score_squares', 'weight_negative', 'weight_neutral'],
  ...['weight_positive', 'weight_unscored', 'weight_squares', 'weighted_score', 'authors'],
  ...['copies_negative', 'copies_neutral', 'copies_positive', 'copies_unscored'],
].join(', ');

/**
 * Recomputes whole buckets from the posts. Groups that exist only in the rollup are added with `present` = 0, so they
 * become zeros. The version is the server's clock before the posts are read, or a microsecond
 * more than the version to replace if that clock was set back.
 */
const recompute = (rollup: Rollup) => `
  INSERT INTO ${rollup.table} (${rollup.keys}, ${sums}, version)
  SELECT ${rollup.keys},
    countIf(present AND label = 'negative'), countIf(present AND label = 'neutral'),
    countIf(present AND label = 'positive'), countIf(present AND label = 'unscored'),
    sum(score), sum(score * score),
    sumIf(weight, label = 'negative'), sumIf(weight, label = 'neutral'),
    sumIf(weight, label = 'positive'), sumIf(weight, label = 'unscored'),
    sumIf(weight * weight, label != 'unscored'),
    sum(weight * score),
    uniqCombined64StateIf(14)(author, author != ''),
    countIf(copy AND label = 'negative'), countIf(copy AND label = 'neutral'),
    countIf(copy AND label = 'positive'), countIf(copy AND label = 'unscored'),
    (
      SELECT greatest(now64(6, 'UTC'), max(version) + toIntervalMicrosecond(1))
      FROM ${rollup.table}
      WHERE ${rollup.column} IN {buckets:Array(DateTime('UTC'))}
    )
  FROM (
    SELECT ${rollup.bucketOf} AS ${rollup.column}, arrayJoin(arrayDistinct(arrayPushFront(CAST(brands, 'Array(String)'), '*'))) AS brand${rollup.postColumns},
      ${labelForBrand('brand')} AS label,
      ${scoreForBrand('brand')} AS score,
      1 + log(1 + likes + reposts + replies) AS weight,
      if(author_id = '', '', concat(platform, ':', author_id)) AS author,
      is_copy AS copy,
      true AS present
    FROM effective_posts AS p
    WHERE minute IN {minutes:Array(DateTime('UTC'))} AND NOT deleted AND ${rollup.retentionCondition}
    UNION ALL
    SELECT DISTINCT ${rollup.keys}, '', 0., 0., '', false, false
    FROM ${rollup.table}
    WHERE ${rollup.column} IN {buckets:Array(DateTime('UTC'))}
  )
  GROUP BY ${rollup.keys}
  SETTINGS async_insert = 0, ${boundedStatement}`;

/** Recomputes buckets; `minutes` are all minutes of these buckets. All times in seconds since 1970. */
export async function recomputeBuckets(
  client: ClickHouseClient,
  rollup: Rollup,
  params: { readonly buckets: readonly number[]; readonly minutes: readonly number[]; readonly minuteRetention: number },
): Promise<void> {
  await client.command({ query: recompute(rollup), query_params: params });
}

/** Buckets whose rows come from different recomputations, because another process recomputed them at the same time. */
export async function readInconsistent(client: ClickHouseClient, rollup: Rollup, buckets: readonly number[]): Promise<number[]> {
  const sql = `
  SELECT toUnixTimestamp(${rollup.column}) AS start
  FROM ${rollup.table} FINAL
  WHERE ${rollup.column} IN {buckets:Array(DateTime('UTC'))}
  GROUP BY ${rollup.column}
  HAVING min(version) != max(version)
  SETTINGS max_threads = 1, do_not_merge_across_partitions_select_final = 1`;
  return (await query(client, z.object({ start: numeric }), sql, { buckets })).map(({ start }) => start);
}

const never = '1970-01-01 00:00:00';
const endOfTime = '2200-01-01 00:00:00';

/** A minute (seconds since 1970) whose rows changed, and its latest mark. */
export interface DirtyMinute {
  readonly minute: number;
  readonly mark: string;
}

/**
 * Marks minutes (seconds since 1970) as dirty. Call it only after their rows are acknowledged, so that a reader of the
 * mark also sees the rows. A mark is later than all previous marks of its minute: it is the server's clock, or the
 * previous mark plus a microsecond if that clock was set back.
 */
export async function markDirty(client: ClickHouseClient, minutes: readonly number[], signal?: AbortSignal): Promise<void> {
  if (minutes.length === 0) return;
  const sql = `INSERT INTO rollup_dirty_minutes (minute, marked_at)
  SELECT marked.minute, greatest(now64(6, 'UTC'), known.latest + toIntervalMicrosecond(1))
  FROM (SELECT toDateTime(arrayJoin({minutes:Array(UInt32)}), 'UTC') AS minute) AS marked
  LEFT JOIN (
    SELECT minute, max(greatest(marked_at, rollup_minute_done, rollup_15m_done)) AS latest
    FROM rollup_dirty_minutes
    WHERE minute IN {minutes:Array(UInt32)}
    GROUP BY minute
  ) AS known ON known.minute = marked.minute
  SETTINGS async_insert = 0, max_threads = 1`;
  await client.command({ query: sql, query_params: { minutes }, ...(signal ? { abort_signal: signal } : {}) });
}

/**
 * Dirty minutes that were last recomputed before `until`; newest first, so that current data never waits for history.
 * Posts that are read after this call include all changes up to the marks.
 */
export function readDirty(client: ClickHouseClient, rollup: Rollup, limit: number, until = endOfTime): Promise<DirtyMinute[]> {
  const sql = `
  SELECT toUnixTimestamp(minute) AS minute, toString(max(marked_at)) AS mark
  FROM rollup_dirty_minutes
  GROUP BY minute
  HAVING max(marked_at) > max(${rollup.table}_done) AND max(${rollup.table}_done) < {until:DateTime64(6, 'UTC')}
  ORDER BY minute DESC
  LIMIT {limit:UInt32}
  SETTINGS max_threads = 1`;
  return query(client, z.object({ minute: numeric, mark: z.string() }), sql, { until, limit });
}

/** Records that these minutes are up to date in the rollup up to their marks. */
export async function recordDone(client: ClickHouseClient, rollup: Rollup, covered: readonly DirtyMinute[]): Promise<void> {
  const rows = covered.map(({ minute, mark }) => ({ minute, marked_at: never, [`${rollup.table}_done`]: mark }));
  await insertRows(client, 'rollup_dirty_minutes', rows);
}

/** The server's clock, or the latest mark if the clock was set back; in UTC with microseconds. */
export async function readLatestMark(client: ClickHouseClient): Promise<string> {
  const sql = "SELECT toString(greatest(now64(6, 'UTC'), max(marked_at))) AS at FROM rollup_dirty_minutes";
  const row = await queryOne(client, z.object({ at: z.string() }), sql);
  if (!row) throw new TypeError('an aggregation without GROUP BY returned no row');
  return row.at;
}

/** Seconds since 1970; `from` is included, `to` is not. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Number of minutes in a range with changes up to `until` that are not yet in every rollup. */
export async function countPending(client: ClickHouseClient, range: TimeRange, until: string): Promise<number> {
  const sql = `
  SELECT count() AS minutes FROM (
    SELECT minute FROM rollup_dirty_minutes
    WHERE ${inRange('minute')}
    GROUP BY minute
    HAVING least(max(rollup_minute_done), max(rollup_15m_done)) < least(max(marked_at), {until:DateTime64(6, 'UTC')})
  )
  SETTINGS max_threads = 1`;
  return (await queryOne(client, z.object({ minutes: numeric }), sql, { ...range, until }))?.minutes ?? 0;
}

/** Number of minutes whose changes a rollup does not contain yet: those of a range, or all. */
export async function countDirty(reader: ClickHouseClient, rollup: Rollup, range?: TimeRange): Promise<number> {
  const sql = `
  SELECT count() AS minutes FROM (
    SELECT minute FROM rollup_dirty_minutes
    WHERE ${range ? inRange('minute') : 'true'}
    GROUP BY minute
    HAVING max(marked_at) > max(${rollup.table}_done)
  )`;
  return (await queryOne(reader, z.object({ minutes: numeric }), sql, { ...range }))?.minutes ?? 0;
}

/** Age in seconds, by the server's clock, of the oldest mark of a minute whose changes a rollup does not contain yet; 0 if there is none. */
export async function readStaleness(reader: ClickHouseClient, rollup: Rollup): Promise<number> {
  const sql = `
  SELECT if(count() = 0, 0, dateDiff('second', min(mark), now64(6, 'UTC'))) AS seconds FROM (
    SELECT max(marked_at) AS mark FROM rollup_dirty_minutes
    GROUP BY minute
    HAVING max(marked_at) > max(${rollup.table}_done)
  )`;
  return Math.max(0, (await queryOne(reader, z.object({ seconds: numeric }), sql))?.seconds ?? 0);
}

const daySeconds = dayMs / 1_000;

/** Marks every minute in a range that has posts or rollup rows; a 15-minute bucket is marked by its first minute. */
export async function markRange(client: ClickHouseClient, range: TimeRange, signal?: AbortSignal): Promise<void> {
  const sql = `
  SELECT toUnixTimestamp(minute) AS minute FROM (
    SELECT minute FROM posts WHERE ${inRange('minute')}
    UNION DISTINCT SELECT minute FROM rollup_minute WHERE ${inRange('minute')}
    UNION DISTINCT SELECT bucket FROM rollup_15m WHERE ${inRange('bucket')}
  )
  SETTINGS max_threads = 1`;
  for (let from = range.from; from < range.to; from += daySeconds) {
    signal?.throwIfAborted();
    const day = { from, to: Math.min(range.to, from + daySeconds) };
    const rows = await query(client, z.object({ minute: numeric }), sql, day);
    await markDirty(
      client,
      rows.map(({ minute }) => minute),
      signal,
    );
  }
}

/** Clamps a range to the first and last stored post; undefined if they do not overlap. */
export async function clampToPosts(client: ClickHouseClient, range: TimeRange): Promise<TimeRange | undefined> {
  const sql = 'SELECT toUnixTimestamp(min(minute)) AS first, toUnixTimestamp(max(minute)) AS last FROM posts';
  const extent = await queryOne(client, z.object({ first: numeric, last: numeric }), sql);
  const from = Math.max(range.from, extent?.first ?? 0);
  const to = Math.min(range.to, (extent?.last ?? 0) + 60);
  return from < to ? { from, to } : undefined;
}
