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

const calibrations = 'feedpulse.calibrations FINAL';
const ofNewestModel = 'NOT removed AND model_version = (SELECT argMax(model_version, created_at) FROM feedpulse.calibrations)';
const lineColumns = 'level, counted_level, slope, greatest(0, level_error) AS known_error, slope_error';

/**
 * The line of each brand from counted to calibrated net sentiment: that of its own labels first, then that of all posts, then
 * that of its history. As `createCalibrations` of src/analytics, except that a brand in its first weeks has none here.
 */
const calibrationLines = `(
    SELECT brand, argMin((${['level', 'counted_level', 'slope', 'known_error', 'slope_error', 'text'].join(', ')}), rank) AS line
    FROM (
      SELECT toString(brand) AS brand, if(basis = 'labels', 1, 3) AS rank, ${lineColumns},
        if(basis = 'labels', concat('calibrated on ', toString(labels), ' labeled posts'), 'not calibrated') AS text
      FROM ${calibrations} WHERE ${ofNewestModel}
      UNION ALL
      SELECT b.brand, 2, f.* FROM (SELECT DISTINCT toString(brand) AS brand FROM feedpulse.rollup_15m) AS b
      CROSS JOIN (
        SELECT level, counted_level, slope,
          sqrt(pow(level_error, 2) + pow(ifNull((SELECT max(level_error) FROM ${calibrations} WHERE ${ofNewestModel} AND basis = 'history'), 0), 2)) AS known_error,
          slope_error, concat('calibrated on ', toString(labels), ' labeled posts of all brands') AS text
        FROM ${calibrations} WHERE ${ofNewestModel} AND brand = '*' AND basis = 'labels'
      ) AS f
    )
    GROUP BY brand
  )`;
const calibratedRollup = `${rollup} LEFT JOIN ${calibrationLines} AS c ON c.brand = r.brand`;
const rowScored = '(r.positive + r.neutral + r.negative)';
const rowDifference = '(toInt64(r.positive) - toInt64(r.negative))';
/** A brand without a line has the slope 0 in the join, and 1 in fact. */
const slope = 'if(c.line.3 = 0, 1, c.line.3)';
/** Of several brands, the mean weighted by scored posts: the line is linear, so its sums are. */
const weightedMean = (value: string) => `(sum(${value}) / nullIf(${scored}, 0))`;
const calibratedNet = `greatest(-100, least(100, ${weightedMean(`${rowScored} * (c.line.1 - ${slope} * c.line.2) + 100 * ${slope} * ${rowDifference}`)}))`;
const modelError = `1.96 * sqrt(pow(${weightedMean(`${rowScored} * c.line.4`)}, 2)
  + pow(${weightedMean(`c.line.5 * (100 * ${rowDifference} - ${rowScored} * c.line.2)`)}, 2))`;
const calibratedBound = (sign: '-' | '+') => `if(${scored} = 0, NULL, greatest(-100, least(100, ${calibratedNet} ${sign}
  sqrt(pow(${weightedMean(`${rowScored} * ${slope}`)} * (${net} - ${intervalBound(sign)}), 2) + pow(${modelError}, 2)))))`;

/**
 * A time series with a row for each bucket in which any brand had posts. Buckets without any post are gaps, not zeros.
 * `values` are aggregates over `r`, aliased to `columns`.
 */
const overTime = (values: string, columns: readonly string[], source = rollup): string => `
  SELECT * FROM (
    SELECT buckets.time AS time, ${columns.map((name) => `toNullable(series.\`${name}\`) AS \`${name}\``).join(', ')}
    FROM (
      SELECT DISTINCT $__timeInterval(r.bucket) AS time FROM feedpulse.rollup_15m AS r
      WHERE ${inRange} AND r.brand = '*' AND r.positive + r.neutral + r.negative + r.unscored > 0
    ) AS buckets
    LEFT JOIN (
      SELECT $__timeInterval(r.bucket) AS time, ${values} FROM ${source} WHERE ${selected} GROUP BY time
    ) AS series ON series.time = buckets.time
    ORDER BY time WITH FILL STEP toIntervalSecond($__interval_s)
  )`;

export const brandNames = variableOptions('brand', 'feedpulse.rollup_15m');
export const platformNames = variableOptions('platform', 'feedpulse.rollup_15m');
export const languageNames = variableOptions('lang', 'feedpulse.rollup_15m');

export const netNow = `SELECT ${calibratedNet} AS \`net sentiment\` FROM ${calibratedRollup} WHERE ${selected}`;
export const postsNow = `SELECT ${volume} AS posts FROM ${rollup} WHERE ${selected}`;
export const negativeShareNow = `SELECT sum(r.negative) / nullIf(${scored}, 0) AS negative FROM ${rollup} WHERE ${selected}`;
export const unscoredShareNow = `SELECT sum(r.unscored) / nullIf(${volume}, 0) AS unscored FROM ${rollup} WHERE ${selected}`;
/** Counting authors in longer ranges would take too long. */
export const authorsNow = `SELECT uniqCombined64Merge(14)(r.authors) AS authors FROM ${rollup}
  WHERE ${selected} AND toUnixTimestamp($__toTime) - toUnixTimestamp($__fromTime) <= 8 * 86400`;

export const netOverTime = overTime(
  `${calibratedNet} AS net, ${calibratedBound('-')} AS low, ${calibratedBound('+')} AS high`,
  ['low', 'net', 'high'],
  calibratedRollup,
);
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
  SELECT r.brand AS brand, ${volume} AS posts, ${calibratedNet} AS net, ${calibratedBound('-')} AS low, ${calibratedBound('+')} AS high,
    ${net} AS counted, if(any(c.line.6) = '', 'not calibrated', any(c.line.6)) AS basis, sum(r.negative) / nullIf(${scored}, 0) AS \`negative share\`
  FROM ${calibratedRollup} WHERE ${selected} GROUP BY brand ORDER BY posts DESC`;

/** Only http(s) URLs become links, because the feed is not trusted. */
export const topNegativePosts = `
  SELECT p.created_at AS time, p.platform AS platform, p.author_handle AS author, p.text AS text, p.score AS score,
    p.likes + p.reposts + p.replies AS engagement, if(match(p.url, '^https?://[^\\\\s]+$'), p.url, '') AS url
  FROM feedpulse.effective_posts AS p
  WHERE $__timeFilter(p.minute) AND NOT p.deleted AND p.label = 'negative'
    AND (has([\${brand:sqlstring}], hex('*')) OR hasAny(p.brands, arrayMap(name -> unhex(name), [\${brand:sqlstring}])))
    AND ${inVariable('p.platform', 'platform')} AND ${inVariable('p.lang', 'lang')}
  ORDER BY engagement DESC, time DESC LIMIT 50`;
