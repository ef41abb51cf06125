/** The SQL of this room beside its migrations. Values are always bound parameters. */

/** created_at of posts seen before. The two lists are independent: the answer may hold more keys than asked for. */
export const selectFirstSights = `
  SELECT platform, id, toUnixTimestamp64Milli(argMin(created_at, _block_number)) AS createdAt
  FROM post_first_seen
  WHERE id IN {ids:Array(String)} AND platform IN {platforms:Array(String)}
  GROUP BY platform, id
  SETTINGS max_threads = 1`;

/** Later than every mark there is: the server's clock, unless that has been set back since. */
export const selectLatestMark = "SELECT toString(greatest(now64(6, 'UTC'), max(marked_at))) AS at FROM rollup_dirty_minutes";

/**
 * Marks minutes, each later than all that is noted of it: by the server's clock, or by a microsecond where that
 * has been set back.
 */
export const insertMarks = `INSERT INTO rollup_dirty_minutes (minute, marked_at)
  SELECT asked.minute, greatest(now64(6, 'UTC'), noted.latest + toIntervalMicrosecond(1))
  FROM (SELECT toDateTime(arrayJoin({minutes:Array(UInt32)}), 'UTC') AS minute) AS asked
  LEFT JOIN (
    SELECT minute, max(greatest(marked_at, rollup_minute_done, rollup_15m_done)) AS latest
    FROM rollup_dirty_minutes
    WHERE minute IN {minutes:Array(UInt32)}
    GROUP BY minute
  ) AS noted ON noted.minute = asked.minute
  SETTINGS async_insert = 0, max_threads = 1`;

/** Minutes marked since a grain last saw them, newest first, so that the live end never waits for history. */
export const selectPending = (grain: RollupTable) => `
  SELECT toUnixTimestamp(minute) AS minute, toString(max(marked_at)) AS mark
  FROM rollup_dirty_minutes
  GROUP BY minute
  HAVING max(marked_at) > max(${grain.table}_done) AND max(${grain.table}_done) < {until:DateTime64(6, 'UTC')}
  ORDER BY minute DESC
  LIMIT {limit:UInt32}
  SETTINGS max_threads = 1`;

/** Buckets whose rows do not all come from one recomputation: another process was at work meanwhile. */
export const selectTorn = (grain: RollupTable) => `
  SELECT toUnixTimestamp(${grain.column}) AS bucket
  FROM ${grain.table} FINAL
  WHERE ${grain.column} IN {buckets:Array(DateTime('UTC'))}
  GROUP BY ${grain.column}
  HAVING min(version) != max(version)
  SETTINGS max_threads = 1, do_not_merge_across_partitions_select_final = 1`;

export interface RollupTable {
  readonly name: 'minute' | '15m';
  readonly table: 'rollup_minute' | 'rollup_15m';
  /** The start of a bucket. */
  readonly column: 'minute' | 'bucket';
  readonly seconds: number;
  /** The columns of a group, and how raw rows yield them. */
  readonly keys: string;
  readonly bucket: string;
  readonly others: string;
  /** Raw rows that still belong into this grain. */
  readonly kept: string;
}

export const minuteRollup: RollupTable = {
  name: 'minute',
  table: 'rollup_minute',
  column: 'minute',
  seconds: 60,
  keys: 'minute, brand',
  bucket: 'minute',
  others: '',
  kept: "minute >= now('UTC') - toIntervalSecond({minutesKept:UInt32})",
};

export const rollup15m: RollupTable = {
  name: '15m',
  table: 'rollup_15m',
  column: 'bucket',
  seconds: 900,
  keys: 'bucket, brand, platform, lang',
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
  'weight_squares',
  'weighted_score',
  'authors',
].join(', ');

/**
 * Computes whole buckets anew from the raw rows. Groups that the rollup has and the raw rows no longer yield
 * enter with `present` = 0, and so come out as zeros. The version is the server's clock before the raw rows are
 * read; where that has been set back, a microsecond more than what is to be replaced.
 */
export const recompute = (grain: RollupTable) => `
  INSERT INTO ${grain.table} (${grain.keys}, ${figures}, version)
  SELECT ${grain.keys},
    countIf(present AND label = 'negative'), countIf(present AND label = 'neutral'),
    countIf(present AND label = 'positive'), countIf(present AND label = 'unscored'),
    sum(score), sum(score * score),
    sumIf(weight, label = 'negative'), sumIf(weight, label = 'neutral'),
    sumIf(weight, label = 'positive'), sumIf(weight, label = 'unscored'),
    sumIf(weight * weight, label != 'unscored'),
    sum(weight * score),
    uniqCombined64StateIf(14)(author, author != ''),
    (
      SELECT greatest(now64(6, 'UTC'), max(version) + toIntervalMicrosecond(1))
      FROM ${grain.table}
      WHERE ${grain.column} IN {buckets:Array(DateTime('UTC'))}
    )
  FROM (
    SELECT ${grain.bucket} AS ${grain.column}, arrayJoin(arrayDistinct(arrayPushFront(CAST(brands, 'Array(String)'), '*'))) AS brand${grain.others},
      indexOf(brand_sentiment_brands, brand) AS own,
      if(own > 0, brand_sentiment_labels[own], p.label) AS label,
      if(own > 0, toFloat64(brand_sentiment_positive[own]) - brand_sentiment_negative[own], if(p.label = 'unscored', 0, toFloat64(p.score))) AS score,
      1 + log(1 + likes + reposts + replies) AS weight,
      if(author_id = '', '', concat(platform, ':', author_id)) AS author,
      true AS present
    FROM effective_posts AS p
    WHERE minute IN {minutes:Array(DateTime('UTC'))} AND NOT deleted AND ${grain.kept}
    UNION ALL
    SELECT DISTINCT ${grain.keys}, 0, '', 0., 0., '', false
    FROM ${grain.table}
    WHERE ${grain.column} IN {buckets:Array(DateTime('UTC'))}
  )
  GROUP BY ${grain.keys}
  SETTINGS async_insert = 0, max_threads = 1, max_memory_usage = 400000000, do_not_merge_across_partitions_select_final = 1`;

export const inRange = (column: string) => `${column} >= toDateTime({from:UInt32}, 'UTC') AND ${column} < toDateTime({to:UInt32}, 'UTC')`;

/** Minutes of a range that have posts or figures; a quarter-hour stands for its first minute. */
export const selectMinutes = `
  SELECT toUnixTimestamp(minute) AS minute FROM (
    SELECT minute FROM posts WHERE ${inRange('minute')}
    UNION DISTINCT SELECT minute FROM rollup_minute WHERE ${inRange('minute')}
    UNION DISTINCT SELECT bucket FROM rollup_15m WHERE ${inRange('bucket')}
  )
  SETTINGS max_threads = 1`;

/** From the minute of the first post to that of the last, in seconds since 1970; both 0 where there is none. */
export const selectExtent = `
  SELECT toUnixTimestamp(min(minute)) AS first, toUnixTimestamp(max(minute)) AS last FROM posts`;

/** Minutes of a range that some grain has not seen since `until`. */
export const countPending = `
  SELECT count() AS minutes FROM (
    SELECT minute FROM rollup_dirty_minutes
    WHERE ${inRange('minute')}
    GROUP BY minute
    HAVING least(max(rollup_minute_done), max(rollup_15m_done)) < least(max(marked_at), {until:DateTime64(6, 'UTC')})
  )
  SETTINGS max_threads = 1`;

/**
 * Posts to correct, with a moment later than any correction that they have. Empty values stand for any; `undo` takes
 * those alone that have a correction.
 */
export const selectToCorrect = `
  SELECT toUnixTimestamp(minute) AS minute, platform, id,
    toString(greatest(now64(6, 'UTC'), corrected_at + toIntervalMicrosecond(1))) AS at
  FROM effective_posts
  WHERE NOT deleted AND ${inRange('minute')}
    AND toUnixTimestamp64Milli(created_at) >= {fromMs:Int64} AND toUnixTimestamp64Milli(created_at) < {toMs:Int64}
    AND ({platform:String} = '' OR platform = {platform:String})
    AND ({id:String} = '' OR id = {id:String})
    AND ({brand:String} = '*' OR has(brands, {brand:String}))
    AND ({lang:String} = '' OR lang = {lang:String})
    AND ({label:String} = '' OR if(has(brand_sentiment_brands, {brand:String}), brand_sentiment_labels[indexOf(brand_sentiment_brands, {brand:String})], label) = {label:String})
    AND ({text:String} = '' OR positionCaseInsensitiveUTF8(text, {text:String}) > 0)
    AND ({undo:Bool} = (correction != 'none') OR NOT {undo:Bool})
  ORDER BY minute, platform, id
  LIMIT {limit:UInt32}
  SETTINGS max_threads = 1, max_memory_usage = 400000000, do_not_merge_across_partitions_select_final = 1`;

/** Minutes with corrections of the last day. */
export const selectCorrected = `
  SELECT DISTINCT toUnixTimestamp(minute) AS minute FROM corrections WHERE corrected_at >= now('UTC') - INTERVAL 1 DAY
  SETTINGS max_threads = 1`;

/** Posts of a range whose brands come from other rules, in the order of the table, behind a key. */
export const selectToRematch = `
  SELECT toUnixTimestamp(minute) AS minute, platform, id, toString(version) AS version, text
  FROM posts FINAL
  WHERE NOT deleted AND ${inRange('minute')} AND brands_hash != {hash:String}
    AND (toUnixTimestamp(minute), platform, id) > ({minute:UInt32}, {platform:String}, {id:String})
  ORDER BY posts.minute, platform, id
  LIMIT {limit:UInt32}
  SETTINGS max_threads = 1, max_memory_usage = 400000000, do_not_merge_across_partitions_select_final = 1`;

/** Writes posts again with other brands, unless a newer version has come meanwhile. What is said of those that stay is kept. */
export const rewriteBrands = `
  INSERT INTO posts
  SELECT p.* REPLACE (
    m.matched.4 AS brands, {hash:String} AS brands_hash,
    arrayFilter(one -> has(m.matched.4, one), p.brand_sentiment_brands) AS brand_sentiment_brands,
    arrayFilter((value, one) -> has(m.matched.4, one), p.brand_sentiment_labels, p.brand_sentiment_brands) AS brand_sentiment_labels,
    arrayFilter((value, one) -> has(m.matched.4, one), p.brand_sentiment_negative, p.brand_sentiment_brands) AS brand_sentiment_negative,
    arrayFilter((value, one) -> has(m.matched.4, one), p.brand_sentiment_positive, p.brand_sentiment_brands) AS brand_sentiment_positive
  )
  FROM posts AS p FINAL
  INNER JOIN (
    SELECT arrayJoin(arrayZip(
      {platforms:Array(String)}, {ids:Array(String)}, {versions:Array(UInt64)}, {brands:Array(Array(String))}
    )) AS matched
  ) AS m ON p.platform = m.matched.1 AND p.id = m.matched.2 AND p.version = m.matched.3
  WHERE p.minute IN {minutes:Array(DateTime('UTC'))}
  SETTINGS async_insert = 0, max_threads = 1, max_memory_usage = 400000000`;

export const selectErasureKey = 'SELECT argMin(key, _block_number) AS key FROM erasure_key';
export const countErasures = 'SELECT count() AS erasures FROM erasures';
export const selectErased = 'SELECT DISTINCT hash FROM erasures WHERE hash IN {hashes:Array(String)} SETTINGS max_threads = 1';

/** Posts of an author in any version that is still there. */
export const selectOfAuthor = `
  SELECT DISTINCT platform, id FROM posts WHERE platform = {platform:String} AND author_id = {author:String}`;

const keyed = '(platform, id) IN arrayZip({platforms:Array(String)}, {ids:Array(String)})';
const keyedInMinutes = `minute IN {minutes:Array(DateTime('UTC'))} AND ${keyed}`;

/**
 * Puts a deletion that no version can win against in the place of posts, without their text. Until the rows are gone
 * the figures are right, and the author tells what is still to be removed.
 */
export const insertTombstones = `
  INSERT INTO posts
  SELECT * REPLACE (18446744073709551615 AS version, true AS deleted, '' AS text, '' AS author_handle, '' AS author_name, '' AS url)
  FROM posts FINAL
  WHERE ${keyedInMinutes}
  SETTINGS async_insert = 0, max_threads = 1, max_memory_usage = 400000000`;

/** The tables that hold something of a post, in the order in which it leaves them: its key last. */
export const tablesOfPosts = [
  { table: 'posts', where: keyedInMinutes },
  { table: 'scores', where: keyedInMinutes },
  { table: 'corrections', where: keyedInMinutes },
  { table: 'post_first_seen', where: `id IN {ids:Array(String)} AND ${keyed}` },
] as const;

type TableOfPosts = (typeof tablesOfPosts)[number];

/** Rewrites the parts that hold these rows; a row that is only marked as deleted would stay on the disk. */
export const deleteRows = ({ table, where }: TableOfPosts) => `ALTER TABLE ${table} DELETE WHERE ${where}`;
export const countRows = ({ table, where }: TableOfPosts) => `SELECT count() AS rows FROM ${table} WHERE ${where}`;

export const selectEngines = `
  SELECT name, engine_full AS engine FROM system.tables
  WHERE database = currentDatabase() AND name IN {tables:Array(String)}`;

/** What each table takes on the disk, the largest first. */
export const selectStorage = `
  SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
  WHERE database = currentDatabase() AND active
  GROUP BY table
  ORDER BY bytes DESC
  SETTINGS max_threads = 1`;
