/** The SQL of this room. The reader's connection is read-only and carries its own limits, so no SETTINGS here. */

/** Where a range's figures come from: minutes are fresher, quarter-hours are kept. */
export interface Rollup {
  readonly table: 'rollup_minute' | 'rollup_quarter';
  readonly bucket: 'minute' | 'quarter';
  readonly seconds: number;
}

export const minuteRollup: Rollup = { table: 'rollup_minute', bucket: 'minute', seconds: 60 };
export const quarterRollup: Rollup = { table: 'rollup_quarter', bucket: 'quarter', seconds: 900 };

const counts = 'sum(r.negative) AS negative, sum(r.neutral) AS neutral, sum(r.positive) AS positive, sum(r.unscored) AS unscored';
const within = (rollup: Rollup) =>
  `r.${rollup.bucket} >= toDateTime({from:UInt32}, 'UTC') AND r.${rollup.bucket} < toDateTime({to:UInt32}, 'UTC')`;

/** The start of the bucket that a rollup row falls into, as seconds; days and weeks are those of the time zone. */
export const bucketStarts = {
  minute: 'toUnixTimestamp(r.minute)',
  quarter: 'toUnixTimestamp(r.quarter)',
  hour: 'toUnixTimestamp(toStartOfHour(r.quarter, {timeZone:String}))',
  day: 'toUnixTimestamp(toStartOfDay(r.quarter, {timeZone:String}))',
  week: 'toUnixTimestamp(toStartOfDay(r.quarter, {timeZone:String}) - toIntervalDay(toDayOfWeek(r.quarter, 0, {timeZone:String}) - 1))',
} as const;

export const selectTimeline = (rollup: Rollup, start: string) => `
  SELECT ${start} AS start, ${counts}
  FROM ${rollup.table} AS r FINAL
  WHERE r.brand = {brand:String} AND ${within(rollup)}
  GROUP BY start
  ORDER BY start`;

export const selectTotals = (rollup: Rollup) => `
  SELECT ${counts}, uniqCombined64Merge(14)(r.authors) AS authors
  FROM ${rollup.table} AS r FINAL
  WHERE r.brand = {brand:String} AND ${within(rollup)}`;

export const selectBrands = (rollup: Rollup) => `
  SELECT r.brand AS brand, ${counts}
  FROM ${rollup.table} AS r FINAL
  WHERE ${within(rollup)}
  GROUP BY brand
  HAVING negative + neutral + positive + unscored > 0
  ORDER BY negative + neutral + positive + unscored DESC, brand`;

/**
 * The quarter-hour from which on there are `limit` posts of a brand before a moment, and enough to spare for what
 * was deleted since the rollup saw it; 0 when there are fewer.
 * It spares the raw table a search through all history.
 */
export const selectReach = `
  SELECT toUnixTimestamp(max(q.quarter)) AS since
  FROM (
    SELECT r.quarter AS quarter, sum(sum(r.negative + r.neutral + r.positive + r.unscored)) OVER (ORDER BY r.quarter DESC) AS reached
    FROM rollup_quarter AS r FINAL
    WHERE r.brand = {brand:String} AND r.quarter < toDateTime(intDiv({beforeMs:Int64}, 1000) - 900, 'UTC')
    GROUP BY r.quarter
  ) AS q
  WHERE q.reached >= 2 * {limit:UInt32} + 50`;

export const selectPosts = `
  SELECT platform, id, text, toUnixTimestamp64Milli(p.created_at) AS createdAtMs, lang,
    author_id AS authorId, author_handle AS authorHandle, author_name AS authorName, author_followers AS followers,
    url, likes, reposts, replies, in_reply_to AS inReplyTo, brands, toString(label) AS label,
    negative, neutral, positive, score, confidence, model_version AS modelVersion, truncated
  FROM posts AS p FINAL
  WHERE NOT deleted
    AND minute >= toDateTime({since:UInt32}, 'UTC')
    AND ({brand:String} = '*' OR has(brands, {brand:String}))
    AND (toUnixTimestamp64Milli(p.created_at), platform, id) < ({beforeMs:Int64}, {beforePlatform:String}, {beforeId:String})
  ORDER BY p.created_at DESC, platform DESC, id DESC
  LIMIT {limit:UInt32}`;

export const selectStoredMinutes = `
  SELECT toUnixTimestamp(minute) AS start, count() AS posts
  FROM posts FINAL
  WHERE minute >= toDateTime({since:UInt32}, 'UTC')
  GROUP BY minute`;
