/** Queries about brands. The ClickHouse data source fills in its macros, Grafana the variables of the board. */

/**
 * Selects the rows with one of the selected values of a variable. Values are hex-encoded to prevent SQL injection: Grafana
 * escapes quotes by doubling them, which a backslash defeats in ClickHouse, and platform and language come from the feed.
 */
export const inVariable = (column: string, variable: string) => `${column} IN (SELECT unhex(arrayJoin([\${${variable}:sqlstring}])))`;
/** The options of a variable: the hex-encoded value, then the text to display. */
export const variableOptions = (column: string, table: string) =>
  `SELECT hex(name) AS value, name FROM (SELECT DISTINCT toString(${column}) AS name FROM ${table}) ORDER BY name`;
const volume = '(sum(r.positive) + sum(r.neutral) + sum(r.negative) + sum(r.unscored))';
const scored = '(sum(r.positive) + sum(r.neutral) + sum(r.negative))';
const net = `100 * (toInt64(sum(r.positive)) - toInt64(sum(r.negative))) / nullIf(${scored}, 0)`;
const rollup = 'feedpulse.rollup_15m AS r FINAL';
const inRange = '$__timeFilter(r.bucket)';
const selected = `${inRange} AND ${inVariable('r.brand', 'brand')} AND ${inVariable('r.platform', 'platform')} AND ${inVariable('r.lang', 'lang')}`;

/**
 * Bounds of the 95% interval of net sentiment: Agresti and Min (2005), which adds half a post to each of the four cells
 * of the matched table. The same as `netSentimentInterval` in src/analytics, as a test checks.
 */
const adjustedTotal = `(${scored} + 2)`;
const difference = '(toInt64(sum(r.positive)) - toInt64(sum(r.negative)))';
const halfWidth = `(100 * 1.96 * sqrt((sum(r.positive) + sum(r.negative) + 1 - pow(${difference}, 2) / ${adjustedTotal}) / pow(${adjustedTotal}, 2)))`;
const intervalBound = (sign: '-' | '+') =>
  `if(${scored} = 0, NULL, greatest(-100, least(100, 100 * ${difference} / ${adjustedTotal} ${sign} ${halfWidth})))`;

/**
 * A time series with a row for each bucket in which any brand had posts. Buckets without any post are gaps, not zeros.
 * `values` are aggregates over `r`, aliased to `columns`.
 */
const overTime = (values: string, columns: readonly string[]): string => `
  SELECT * FROM (
    SELECT buckets.time AS time, ${columns.map((name) => `toNullable(series.\`${name}\`) AS \`${name}\``).join(', ')}
    FROM (
      SELECT DISTINCT $__timeInterval(r.bucket) AS time FROM feedpulse.rollup_15m AS r
      WHERE ${inRange} AND r.brand = '*' AND r.positive + r.neutral + r.negative + r.unscored > 0
    ) AS buckets
    LEFT JOIN (
      SELECT $__timeInterval(r.bucket) AS time, ${values} FROM ${rollup} WHERE ${selected} GROUP BY time
    ) AS series ON series.time = buckets.time
    ORDER BY time WITH FILL STEP toIntervalSecond($__interval_s)
  )`;

export const brandNames = variableOptions('brand', 'feedpulse.rollup_15m');
export const platformNames = variableOptions('platform', 'feedpulse.rollup_15m');
export const languageNames = variableOptions('lang', 'feedpulse.rollup_15m');

export const netNow = `SELECT ${net} AS \`net sentiment\` FROM ${rollup} WHERE ${selected}`;
export const postsNow = `SELECT ${volume} AS posts FROM ${rollup} WHERE ${selected}`;
export const negativeShareNow = `SELECT sum(r.negative) / nullIf(${scored}, 0) AS negative FROM ${rollup} WHERE ${selected}`;
export const unscoredShareNow = `SELECT sum(r.unscored) / nullIf(${volume}, 0) AS unscored FROM ${rollup} WHERE ${selected}`;
/** Counting authors in longer ranges would take too long. */
export const authorsNow = `SELECT uniqCombined64Merge(14)(r.authors) AS authors FROM ${rollup}
  WHERE ${selected} AND toUnixTimestamp($__toTime) - toUnixTimestamp($__fromTime) <= 8 * 86400`;

export const netOverTime = overTime(`${net} AS net, ${intervalBound('-')} AS low, ${intervalBound('+')} AS high`, ['low', 'net', 'high']);
const labels = ['negative', 'neutral', 'positive', 'unscored'] as const;
export const postsOverTime = overTime(labels.map((label) => `sum(r.${label}) AS ${label}`).join(', '), labels);

/** A post that names two brands counts once for each. */
export const shareOfVoice = `
  SELECT $__timeInterval(r.bucket) AS time, r.brand AS brand, toFloat64(${volume}) AS mentions
  FROM ${rollup} WHERE ${selected} AND r.brand != '*' GROUP BY time, brand ORDER BY time, brand`;

const breakdown = (column: string, name: string) => `
  SELECT r.${column} AS ${name}, ${labels.map((label) => `sum(r.${label}) AS ${label}`).join(', ')}
  FROM ${rollup} WHERE ${selected} GROUP BY ${name} ORDER BY ${volume} DESC LIMIT 20`;
export const byPlatform = breakdown('platform', 'platform');
export const byLanguage = breakdown('lang', 'language');

export const brandTable = `
  SELECT r.brand AS brand, ${volume} AS posts, ${net} AS net, ${intervalBound('-')} AS low, ${intervalBound('+')} AS high,
    sum(r.negative) / nullIf(${scored}, 0) AS \`negative share\`
  FROM ${rollup} WHERE ${selected} GROUP BY brand ORDER BY posts DESC`;

/** Only http(s) URLs become links, because the feed is not trusted. */
export const topNegativePosts = `
  SELECT p.created_at AS time, p.platform AS platform, p.author_handle AS author, p.text AS text, p.score AS score,
    p.likes + p.reposts + p.replies AS engagement, if(match(p.url, '^https?://[^\\\\s]+$'), p.url, '') AS url
  FROM feedpulse.effective_posts AS p
  WHERE $__timeFilter(p.minute) AND NOT p.deleted AND p.label = 'negative'
    AND (has([\${brand:sqlstring}], hex('*')) OR hasAny(p.brands, arrayMap(name -> unhex(name), [\${brand:sqlstring}])))
    AND ${inVariable('p.platform', 'platform')} AND ${inVariable('p.lang', 'lang')}
  ORDER BY engagement DESC, time DESC LIMIT 50`;
