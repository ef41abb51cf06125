import { inRange } from './writing.ts';

const scored =
  'label, negative, neutral, positive, score, confidence, model_version, scored_at, truncated, brand_sentiment_brands, brand_sentiment_labels, brand_sentiment_negative, brand_sentiment_positive';

/** Posts of a range that another model has not scored in their present version, in the order of the table, behind a key. */
export const selectToRescore = `
  SELECT toUnixTimestamp(p.minute) AS minute, toString(p.created_at) AS createdAt, p.platform AS platform, p.id AS id,
    toString(p.version) AS version, p.text AS text, p.lang AS lang
  FROM posts AS p FINAL
  LEFT ANTI JOIN (
    SELECT minute, platform, id, version FROM scores FINAL
    WHERE ${inRange('minute')} AND model_version = {modelVersion:String}
  ) AS s ON s.minute = p.minute AND s.platform = p.platform AND s.id = p.id AND s.version = p.version
  WHERE NOT p.deleted AND p.minute >= toDateTime({from:UInt32}, 'UTC') AND p.minute < toDateTime({to:UInt32}, 'UTC')
    AND p.model_version != {modelVersion:String}
    AND (toUnixTimestamp(p.minute), p.platform, p.id) > ({minute:UInt32}, {platform:String}, {id:String})
  ORDER BY p.minute, p.platform, p.id
  LIMIT {limit:UInt32}
  SETTINGS max_threads = 1, max_memory_usage = 400000000, do_not_merge_across_partitions_select_final = 1`;

/** Posts of a range, deleted ones left out. */
export const countPosts = `
  SELECT count() AS posts FROM posts FINAL WHERE NOT deleted AND ${inRange('minute')}
  SETTINGS max_threads = 1, do_not_merge_across_partitions_select_final = 1`;

/** Posts of a range that a model has scored in their present version, and that count with the scores of another. */
const swappable = `
  FROM posts AS p FINAL
  INNER JOIN (
    SELECT minute, platform, id, version, ${scored} FROM scores FINAL WHERE ${inRange('minute')} AND model_version = {modelVersion:String}
  ) AS s ON s.minute = p.minute AND s.platform = p.platform AND s.id = p.id AND s.version = p.version
  WHERE NOT p.deleted AND p.minute >= toDateTime({from:UInt32}, 'UTC') AND p.minute < toDateTime({to:UInt32}, 'UTC')
    AND p.model_version != {modelVersion:String}`;

const swapLimits = 'max_threads = 1, max_memory_usage = 400000000, do_not_merge_across_partitions_select_final = 1';

export const countSwappable = `SELECT count() AS posts ${swappable} SETTINGS ${swapLimits}`;

/** Keeps the scores that are about to be replaced. */
export const keepActiveScores = `
  INSERT INTO scores (created_at, platform, id, version, ${scored})
  SELECT p.created_at, p.platform, p.id, p.version, ${scored
    .split(', ')
    .map((name) => `p.${name}`)
    .join(', ')}
  ${swappable}
  SETTINGS async_insert = 0, ${swapLimits}`;

/** Writes posts again with the scores of a model; a version that is newer by now still wins. */
export const swapScores = `
  INSERT INTO posts
  SELECT p.* REPLACE (${scored
    .split(', ')
    .map((name) => `s.${name} AS ${name}`)
    .join(', ')})
  ${swappable}
  SETTINGS async_insert = 0, ${swapLimits}`;
