/** The SQL of this room beside its migrations. Values are always bound parameters. */

/** created_at of posts seen before. The two lists are independent: the answer may hold more keys than asked for. */
export const selectFirstSights = `
  SELECT platform, id, toUnixTimestamp64Milli(argMin(created_at, _block_number)) AS createdAt
  FROM post_keys
  WHERE id IN {ids:Array(String)} AND platform IN {platforms:Array(String)}
  GROUP BY platform, id
  SETTINGS max_threads = 1`;

/** Later than every mark there is: the server's clock, unless that has been set back since. */
export const selectLatestMark = "SELECT toString(greatest(now64(6, 'UTC'), max(marked_at))) AS at FROM rollup_marks";

/**
 * Marks minutes, each later than all that is noted of it: by the server's clock, or by a microsecond where that
 * has been set back.
 */
export const insertMarks = `INSERT INTO rollup_marks (minute, marked_at)
  SELECT asked.minute, greatest(now64(6, 'UTC'), noted.latest + toIntervalMicrosecond(1))
  FROM (SELECT toDateTime(arrayJoin({minutes:Array(UInt32)}), 'UTC') AS minute) AS asked
  LEFT JOIN (
    SELECT minute, max(greatest(marked_at, minute_done, quarter_done)) AS latest
    FROM rollup_marks
    WHERE minute IN {minutes:Array(UInt32)}
    GROUP BY minute
  ) AS noted ON noted.minute = asked.minute
  SETTINGS async_insert = 0, max_threads = 1`;

/** Minutes marked since a grain last saw them, newest first, so that the live end never waits for history. */
export const selectPending = (grain: Grain) => `
  SELECT toUnixTimestamp(minute) AS minute, toString(max(marked_at)) AS mark
  FROM rollup_marks
  GROUP BY minute
  HAVING max(marked_at) > max(${grain.name}_done) AND max(${grain.name}_done) < {until:DateTime64(6, 'UTC')}
  ORDER BY minute DESC
  LIMIT {limit:UInt32}
  SETTINGS max_threads = 1`;

/** Buckets whose rows do not all come from one recomputation: another process was at work meanwhile. */
export const selectTorn = (grain: Grain) => `
  SELECT toUnixTimestamp(${grain.name}) AS bucket
  FROM ${grain.table} FINAL
  WHERE ${grain.name} IN {buckets:Array(DateTime('UTC'))}
  GROUP BY ${grain.name}
  HAVING min(version) != max(version)
  SETTINGS max_threads = 1, do_not_merge_across_partitions_select_final = 1`;

export interface Grain {
  readonly name: 'minute' | 'quarter';
  readonly table: string;
  readonly seconds: number;
  /** The columns of a group, and how raw rows yield them. */
  readonly keys: string;
  readonly bucket: string;
  readonly others: string;
  /** Raw rows that still belong into this grain. */
  readonly kept: string;
}

export const minuteGrain: Grain = {
  name: 'minute',
  table: 'rollup_minute',
  seconds: 60,
  keys: 'minute, brand',
  bucket: 'minute',
  others: '',
  kept: "minute >= now('UTC') - INTERVAL 30 DAY",
};

export const quarterGrain: Grain = {
  name: 'quarter',
  table: 'rollup_quarter',
  seconds: 900,
  keys: 'quarter, brand, platform, lang',
  bucket: 'toStartOfFifteenMinutes(minute)',
  others: ', platform, lang',
  kept: 'true',
};

const figures = [
  'negative',
  'neutral',
  'positive',
  'unscored',
  'score_sum',
  'score_squares',
  'weight_negative',
  'weight_neutral',
  'weight_positive',
  'weight_unscored',
  'weighted_score',
  'authors',
].join(', ');

/**
 * Computes whole buckets anew from the raw rows. Groups that the rollup has and the raw rows no longer yield
 * enter with `present` = 0, and so come out as zeros. The version is the server's clock before the raw rows are
 * read; where that has been set back, a microsecond more than what is to be replaced.
 */
export const recompute = (grain: Grain) => `
  INSERT INTO ${grain.table} (${grain.keys}, ${figures}, version)
  SELECT ${grain.keys},
    countIf(present AND label = 'negative'), countIf(present AND label = 'neutral'),
    countIf(present AND label = 'positive'), countIf(present AND label = 'unscored'),
    sum(score), sum(score * score),
    sumIf(weight, label = 'negative'), sumIf(weight, label = 'neutral'),
    sumIf(weight, label = 'positive'), sumIf(weight, label = 'unscored'),
    sum(weight * score),
    uniqCombined64StateIf(14)(author, author != ''),
    (
      SELECT greatest(now64(6, 'UTC'), max(version) + toIntervalMicrosecond(1))
      FROM ${grain.table}
      WHERE ${grain.name} IN {buckets:Array(DateTime('UTC'))}
    )
  FROM (
    SELECT ${grain.bucket} AS ${grain.name}, arrayJoin(arrayDistinct(arrayPushFront(CAST(brands, 'Array(String)'), '*'))) AS brand${grain.others},
      toString(label) AS label,
      if(label = 'unscored', 0, toFloat64(score)) AS score,
      1 + log(1 + likes + reposts + replies) AS weight,
      if(author_id = '', '', concat(platform, ':', author_id)) AS author,
      true AS present
    FROM posts FINAL
    WHERE minute IN {minutes:Array(DateTime('UTC'))} AND NOT deleted AND ${grain.kept}
    UNION ALL
    SELECT DISTINCT ${grain.keys}, '', 0., 0., '', false
    FROM ${grain.table}
    WHERE ${grain.name} IN {buckets:Array(DateTime('UTC'))}
  )
  GROUP BY ${grain.keys}
  SETTINGS async_insert = 0, max_threads = 1, max_memory_usage = 400000000, do_not_merge_across_partitions_select_final = 1`;
