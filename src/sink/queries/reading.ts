import type { Grain } from '../../domain/brand-metrics.ts';
import type { StoredLabel } from '../../domain/post.ts';

/** The SQL of this room. The reader's connection is read-only and carries its own limits, so no SETTINGS here. */

/** Where a range's figures come from: minutes are fresher, quarter-hours are kept. */
export interface Rollup {
  readonly table: 'rollup_minute' | 'rollup_15m';
  readonly bucket: 'minute' | 'bucket';
  readonly seconds: number;
}

export const minuteRollup: Rollup = { table: 'rollup_minute', bucket: 'minute', seconds: 60 };
export const quarterRollup: Rollup = { table: 'rollup_15m', bucket: 'bucket', seconds: 900 };

const counts = 'sum(r.negative) AS negative, sum(r.neutral) AS neutral, sum(r.positive) AS positive, sum(r.unscored) AS unscored';
const means = `sum(r.score_sum) AS scores, sum(r.weight_negative) AS weightNegative, sum(r.weight_neutral) AS weightNeutral,
    sum(r.weight_positive) AS weightPositive`;
const volume = 'r.negative + r.neutral + r.positive + r.unscored';
const within = (rollup: Rollup) =>
  `r.${rollup.bucket} >= toDateTime({from:UInt32}, 'UTC') AND r.${rollup.bucket} < toDateTime({to:UInt32}, 'UTC')`;

/** The start of the bucket that a moment falls into, as seconds; from hours on it is that of the time zone. */
const bucketStarts: Readonly<Record<Grain, (moment: string) => string>> = {
  minute: (moment) => `toUnixTimestamp(toStartOfMinute(${moment}))`,
  '15m': (moment) => `toUnixTimestamp(toStartOfFifteenMinutes(${moment}))`,
  hour: (moment) => `toUnixTimestamp(toStartOfHour(${moment}, {timeZone:String}))`,
  day: (moment) => `toUnixTimestamp(toStartOfDay(${moment}, {timeZone:String}))`,
  week: (moment) =>
    `toUnixTimestamp(toStartOfDay(${moment}, {timeZone:String}) - toIntervalDay(toDayOfWeek(${moment}, 0, {timeZone:String}) - 1))`,
  month: (moment) => `toUnixTimestamp(toDateTime(toStartOfMonth(${moment}, {timeZone:String}), {timeZone:String}))`,
};

/**
 * Every bucket of a range with the sums of a brand in it, and whether posts of anyone arrived: of any version, for which
 * nothing has to be merged.
 */
export function selectTimeline(rollup: Rollup, grain: Grain): string {
  const start = bucketStarts[grain](`r.${rollup.bucket}`);
  return `
  SELECT grid.start AS start, everyone.arrived AS arrived, asked.* EXCEPT (start)
  FROM (
    SELECT DISTINCT ${bucketStarts[grain]('moment')} AS start
    FROM (SELECT toDateTime(arrayJoin(range({from:UInt32}, {to:UInt32}, ${rollup.seconds})), 'UTC') AS moment)
  ) AS grid
  LEFT JOIN (
    SELECT ${start} AS start, ${counts}, ${means}
    FROM ${rollup.table} AS r FINAL
    WHERE r.brand = {brand:String} AND ${within(rollup)}
    GROUP BY start
  ) AS asked ON asked.start = grid.start
  LEFT JOIN (
    SELECT DISTINCT ${start} AS start, 1 AS arrived
    FROM ${rollup.table} AS r
    WHERE r.brand = '*' AND ${within(rollup)} AND ${volume} > 0
  ) AS everyone ON everyone.start = grid.start
  ORDER BY start`;
}

/** Sums of some brands in a range, and in the one from `before` until it. Distinct authors are what takes longest. */
export const selectPeriods = (rollup: Rollup, { authors }: { authors: boolean }) => `
  SELECT r.brand AS brand, r.${rollup.bucket} >= toDateTime({from:UInt32}, 'UTC') AS current,
    ${counts}, ${means}, sum(r.score_squares) AS scoreSquares, sum(r.weight_squares) AS weightSquares${
      authors ? ', uniqCombined64Merge(14)(r.authors) AS authors' : ''
    }
  FROM ${rollup.table} AS r FINAL
  WHERE r.brand IN {brands:Array(String)}
    AND r.${rollup.bucket} >= toDateTime({before:UInt32}, 'UTC') AND r.${rollup.bucket} < toDateTime({to:UInt32}, 'UTC')
  GROUP BY brand, current`;

/** A row where there are posts from a moment or before it. */
export const selectEarlier = `
  SELECT 1 AS found
  FROM rollup_15m AS r FINAL
  WHERE r.brand = '*' AND r.bucket <= toDateTime({moment:UInt32}, 'UTC') AND ${volume} > 0
  LIMIT 1`;

export const selectBrands = (rollup: Rollup) => `
  SELECT r.brand AS brand, ${counts}
  FROM ${rollup.table} AS r FINAL
  WHERE ${within(rollup)}
  GROUP BY brand
  HAVING negative + neutral + positive + unscored > 0
  ORDER BY negative + neutral + positive + unscored DESC, brand`;

/** Counts of a brand by platform and language. */
export const selectParts = `
  SELECT r.platform AS platform, r.lang AS lang, ${counts}
  FROM rollup_15m AS r FINAL
  WHERE r.brand = {brand:String} AND ${within(quarterRollup)}
  GROUP BY platform, lang
  HAVING negative + neutral + positive + unscored > 0`;

/** Scored posts of a brand by quarter-hours that begin in a range, whole. */
export const selectScored = (filter: PostFilter) => `
  SELECT sum(r.negative + r.neutral + r.positive) AS posts
  FROM rollup_15m AS r FINAL
  WHERE r.brand = {brand:String} AND ${within(quarterRollup)}${given(filter, rollupConditions)}`;

/**
 * The newest quarter-hours of a range with posts of a brand, or of any of `brands`, and how many; a post that names
 * several counts for each. Those whose figures are behind the
 * posts are among them, with none: there may be some.
 * They spare the raw table a search through all history.
 */
export const selectQuarters = (filter: PostFilter, hasMany: boolean) => `
  SELECT toUnixTimestamp(q.bucket) AS start, sum(q.posts) AS posts
  FROM (
    SELECT r.bucket AS bucket, sum(${filter.label ? `r.${filter.label}` : 'r.negative + r.neutral + r.positive + r.unscored'}) AS posts
    FROM rollup_15m AS r FINAL
    WHERE ${hasMany ? 'r.brand IN {brands:Array(String)}' : 'r.brand = {brand:String}'} AND ${within(quarterRollup)}${given(filter, rollupConditions)}
    GROUP BY bucket
    HAVING posts > 0
    UNION ALL
    SELECT toStartOfFifteenMinutes(m.minute) AS bucket, 0 AS posts
    FROM (
      SELECT minute FROM rollup_dirty_minutes
      WHERE minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC')
      GROUP BY minute
      HAVING max(marked_at) > max(rollup_15m_done)
    ) AS m
  ) AS q
  GROUP BY q.bucket
  ORDER BY q.bucket DESC
  LIMIT {quarters:UInt32}`;

const engagement = 'p.likes + p.reposts + p.replies';

/** The text as `foldText` makes it; a test holds them to each other. */
export const foldedText = `if(isValidASCII(p.text),
  replaceRegexpAll(lower(p.text), '[\t-\r ]+', ' '),
  replaceRegexpAll(normalizeUTF8NFC(replaceAll(lowerUTF8(upperUTF8(
    replaceRegexpAll(
      replaceRegexpAll(normalizeUTF8NFKD(p.text), '[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]+', ''),
      '[\u2018\u2019\u02bc]', '\\'')
  )), 'ς', 'σ')), '[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' '))`;

/** Which of a search's values are given. The values themselves are bound. */
export interface PostFilter {
  readonly label?: StoredLabel | undefined;
  readonly platform?: string | undefined;
  readonly lang?: string | undefined;
  readonly author?: string | undefined;
  readonly minConfidence?: number | undefined;
  readonly maxConfidence?: number | undefined;
}

type Conditions = Readonly<Partial<Record<keyof PostFilter, string>>>;

const rollupConditions: Conditions = { platform: 'r.platform = {platform:String}', lang: 'r.lang = {lang:String}' };

/** The label that a post counts with for a brand: that of its clauses where these are not all of the post. */
const labelFor = (brand: string) =>
  `if(has(p.brand_sentiment_brands, ${brand}), toString(p.brand_sentiment_labels[indexOf(p.brand_sentiment_brands, ${brand})]), toString(p.label))`;

const postConditions: Conditions = {
  label: `${labelFor('{brand:String}')} = {label:String}`,
  platform: 'p.platform = {platform:String}',
  lang: 'p.lang = {lang:String}',
  author: "(p.author_id = {author:String} OR lowerUTF8(trim(LEADING '@' FROM p.author_handle)) = {handle:String})",
  minConfidence: 'p.confidence >= {minConfidence:Float32}',
  maxConfidence: 'p.confidence <= {maxConfidence:Float32}',
};

function given(filter: PostFilter, conditions: Conditions): string {
  return Object.entries(conditions)
    .filter(([name]) => filter[name as keyof PostFilter] !== undefined) // the names are those of PostFilter
    .map(([, condition]) => ` AND ${condition}`)
    .join('');
}

const ofBrand = "({brand:String} = '*' OR has(p.brands, {brand:String}))";
const ofBrands = 'hasAny(p.brands, {brands:Array(String)})';
const conditionsOfMany: Conditions = {
  ...postConditions,
  label: `arrayExists(one -> has(p.brands, one) AND ${labelFor('one')} = {label:String}, {brands:Array(String)})`,
};
const inMinutes = "p.minute >= toDateTime({from:UInt32}, 'UTC') AND p.minute < toDateTime({to:UInt32}, 'UTC')";
const inMilliseconds = 'toUnixTimestamp64Milli(p.created_at) >= {fromMs:Int64} AND toUnixTimestamp64Milli(p.created_at) < {toMs:Int64}';

const orders = {
  time: ['toUnixTimestamp64Milli(p.created_at), p.platform, p.id', '{beforeMs:Int64}, {beforePlatform:String}, {beforeId:String}'],
  engagement: [
    `${engagement}, toUnixTimestamp64Milli(p.created_at), p.platform, p.id`,
    '{beforeEngagement:UInt64}, {beforeMs:Int64}, {beforePlatform:String}, {beforeId:String}',
  ],
} as const;

interface KeysOptions {
  readonly sort: keyof typeof orders;
  /** How many there are. */
  readonly patterns: number;
  /** Whether a list of them is bound. */
  readonly quarters: boolean;
  /** Whether `brands` is bound in place of `brand`. */
  readonly hasMany?: boolean;
}

/** Keys of posts in an order, below a cursor. */
export function selectPostKeys(filter: PostFilter, options: KeysOptions): string {
  const [order, before] = orders[options.sort];
  const patterns = Array.from({ length: options.patterns }, (_, index) => ` AND match(${foldedText}, {pattern${index}:String})`);
  const quarters = `
    AND p.minute IN (
      SELECT q.bucket + toIntervalMinute(arrayJoin(range(15)))
      FROM (SELECT toDateTime(arrayJoin({quarters:Array(UInt32)}), 'UTC') AS bucket) AS q
    )`;
  return `
  SELECT toUnixTimestamp64Milli(p.created_at) AS createdAtMs, p.platform AS platform, p.id AS id, ${engagement} AS engagement
  FROM ${filter.label ? 'effective_posts AS p' : 'posts AS p FINAL'}
  WHERE NOT p.deleted AND ${inMinutes}${options.quarters ? quarters : ''}
    AND ${inMilliseconds}
    AND (${order}) < (${before})
    AND ${options.hasMany ? ofBrands : ofBrand}${given(filter, options.hasMany ? conditionsOfMany : postConditions)}${patterns.join('')}
  ORDER BY (${order}) DESC
  LIMIT {limit:UInt32}`;
}

/** The label that counts, as in the view `effective_posts`, which cannot be asked with PREWHERE. */
const judged = `if(c.correction = 'none', ${labelFor('{brand:String}')}, toString(c.correction))`;

/**
 * Scored posts of a brand in a range, each at most with its first 1,000 characters. Of many, those whose key's hash
 * lies below a threshold (of 2^32): always the same ones. The hash is of the key alone, so that it may be looked at
 * before the versions of a post are merged.
 */
export const selectSample = (filter: PostFilter) => `
  SELECT p.platform AS platform, p.id AS id, toUnixTimestamp64Milli(p.created_at) AS createdAtMs, ${judged} AS label, p.lang AS lang,
    toFloat64(${engagement}) AS engagement, substringUTF8(p.text, 1, 1000) AS text, p.url AS url
  FROM posts AS p FINAL
  LEFT JOIN (
    SELECT minute, platform, id, correction FROM corrections FINAL
    WHERE minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC')
  ) AS c ON c.minute = p.minute AND c.platform = p.platform AND c.id = p.id
  PREWHERE bitAnd(cityHash64(p.platform, p.id), 4294967295) < {threshold:UInt64}
  WHERE NOT p.deleted AND ${judged} != 'unscored' AND ${inMinutes}
    AND ${inMilliseconds}
    AND ${ofBrand}${given(filter, postConditions)}
  LIMIT {limit:UInt32}`;

/** Posts by their keys, in any order. */
export const selectPosts = `
  SELECT p.platform AS platform, p.id AS id, text, toUnixTimestamp64Milli(p.created_at) AS createdAtMs, lang,
    author_id AS authorId, author_handle AS authorHandle, author_name AS authorName, author_followers AS followers,
    url, likes, reposts, replies, in_reply_to AS inReplyTo, brands, label,
    negative, neutral, positive, score, confidence, model_version AS modelVersion, truncated,
    arrayZip(brand_sentiment_brands, brand_sentiment_labels, brand_sentiment_negative, brand_sentiment_positive) AS brandSentimentRows,
    if(correction = 'none', '', model_label) AS modelLabel, corrected_by AS correctedBy, correction_reason AS reason,
    toUnixTimestamp64Milli(corrected_at) AS correctedAtMs
  FROM effective_posts AS p
  WHERE NOT deleted AND (p.minute, p.platform, p.id) IN (
    SELECT toDateTime(k.1, 'UTC'), k.2, k.3
    FROM (SELECT arrayJoin(arrayZip({minutes:Array(UInt32)}, {platforms:Array(String)}, {ids:Array(String)})) AS k)
  )`;

export const selectStoredMinutes = `
  SELECT toUnixTimestamp(minute) AS start, count() AS posts
  FROM posts FINAL
  WHERE minute >= toDateTime({since:UInt32}, 'UTC')
  GROUP BY minute`;

/** Models by the posts that count with their scores, and by those beside which these are kept. */
export const selectModelVersions = `
  SELECT version, sum(counting) AS counting, sum(kept) AS kept,
    toString(min(first)) AS first, toString(max(last)) AS last
  FROM (
    SELECT model_version AS version, count() AS counting, 0 AS kept,
      toUnixTimestamp64Milli(min(created_at)) AS first, toUnixTimestamp64Milli(max(created_at)) AS last
    FROM posts FINAL
    WHERE NOT deleted
    GROUP BY version
    UNION ALL
    SELECT model_version AS version, 0 AS counting, count() AS kept,
      toUnixTimestamp64Milli(min(created_at)) AS first, toUnixTimestamp64Milli(max(created_at)) AS last
    FROM scores FINAL
    GROUP BY version
  )
  GROUP BY version
  ORDER BY counting DESC, version`;

/** Posts that have scores of the model that counts and of another, by both labels. Corrected ones are left out. */
export const selectModelPairs = `
  SELECT p.label AS counting, s.label AS other, count() AS posts, sum(toFloat64(p.score)) AS countingScores, sum(toFloat64(s.score)) AS otherScores
  FROM posts AS p FINAL
  INNER JOIN (
    SELECT minute, platform, id, version, label, score FROM scores FINAL
    WHERE minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC') AND model_version = {version:String}
  ) AS s ON s.minute = p.minute AND s.platform = p.platform AND s.id = p.id AND s.version = p.version
  LEFT JOIN (
    SELECT minute, platform, id, correction FROM corrections FINAL
    WHERE minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC')
  ) AS c ON c.minute = p.minute AND c.platform = p.platform AND c.id = p.id
  WHERE NOT p.deleted AND ${inMinutes} AND c.correction = 'none' AND ${ofBrand}
  GROUP BY counting, other`;
