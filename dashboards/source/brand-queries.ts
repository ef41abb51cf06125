/** Questions about brands, in the SQL of the data source: its macros and the variables of the board are filled in by it. */

/**
 * The values of a variable travel as hexadecimal digits: Grafana doubles quotes, but to ClickHouse a backslash before one
 * takes its meaning away, and platforms and languages are whatever a feed says they are.
 */
export const chosen = (column: string, variable: string) => `${column} IN (SELECT unhex(arrayJoin([\${${variable}:sqlstring}])))`;
/** What a variable offers: first what stands for it in a query, then what people see. */
export const offered = (column: string, table: string) =>
  `SELECT hex(name) AS value, name FROM (SELECT DISTINCT toString(${column}) AS name FROM ${table}) ORDER BY name`;
const volume = '(sum(r.positive) + sum(r.neutral) + sum(r.negative) + sum(r.unscored))';
const scored = '(sum(r.positive) + sum(r.neutral) + sum(r.negative))';
const net = `100 * (toInt64(sum(r.positive)) - toInt64(sum(r.negative))) / nullIf(${scored}, 0)`;
const history = 'feedpulse.rollup_15m AS r FINAL';
const inRange = '$__timeFilter(r.bucket)';
const asked = `${inRange} AND ${chosen('r.brand', 'brand')} AND ${chosen('r.platform', 'platform')} AND ${chosen('r.lang', 'lang')}`;

/**
 * Half the width of the 95 % interval of net sentiment (Agresti and Min 2005: half a post is added to each cell of the
 * matched table), and its middle; docs/metrics.md has the formula.
 */
const whole = `(${scored} + 2)`;
const difference = '(toInt64(sum(r.positive)) - toInt64(sum(r.negative)))';
const reach = `(100 * 1.96 * sqrt((sum(r.positive) + sum(r.negative) + 1 - pow(${difference}, 2) / ${whole}) / pow(${whole}, 2)))`;
const bound = (sign: '-' | '+') => `if(${scored} = 0, NULL, greatest(-100, least(100, 100 * ${difference} / ${whole} ${sign} ${reach})))`;

/**
 * Values of a series in every bucket in which anything arrived of anyone; where nothing did there is a gap, and no zero.
 * `values` are sums over `r`, with their names.
 */
const overTime = (values: string, names: readonly string[]): string => `
  SELECT * FROM (
    SELECT known.time AS time, ${names.map((name) => `toNullable(own.\`${name}\`) AS \`${name}\``).join(', ')}
    FROM (
      SELECT DISTINCT $__timeInterval(r.bucket) AS time FROM feedpulse.rollup_15m AS r
      WHERE ${inRange} AND r.brand = '*' AND r.positive + r.neutral + r.negative + r.unscored > 0
    ) AS known
    LEFT JOIN (
      SELECT $__timeInterval(r.bucket) AS time, ${values} FROM ${history} WHERE ${asked} GROUP BY time
    ) AS own ON own.time = known.time
    ORDER BY time WITH FILL STEP toIntervalSecond($__interval_s)
  )`;

export const brandNames = offered('brand', 'feedpulse.rollup_15m');
export const platformNames = offered('platform', 'feedpulse.rollup_15m');
export const languageNames = offered('lang', 'feedpulse.rollup_15m');

export const netNow = `SELECT ${net} AS \`net sentiment\` FROM ${history} WHERE ${asked}`;
export const postsNow = `SELECT ${volume} AS posts FROM ${history} WHERE ${asked}`;
export const negativeShareNow = `SELECT sum(r.negative) / nullIf(${scored}, 0) AS negative FROM ${history} WHERE ${asked}`;
export const notScoredNow = `SELECT sum(r.unscored) / nullIf(${volume}, 0) AS \`not scored\` FROM ${history} WHERE ${asked}`;
/** Of longer ranges they would take too long to count. */
export const authorsNow = `SELECT uniqCombined64Merge(14)(r.authors) AS authors FROM ${history}
  WHERE ${asked} AND toUnixTimestamp($__toTime) - toUnixTimestamp($__fromTime) <= 8 * 86400`;

export const netOverTime = overTime(`${net} AS net, ${bound('-')} AS low, ${bound('+')} AS high`, ['low', 'net', 'high']);
const labels = ['negative', 'neutral', 'positive', 'unscored'] as const;
export const postsOverTime = overTime(labels.map((label) => `sum(r.${label}) AS ${label}`).join(', '), labels);

/** A post that names two brands counts once for each. */
export const shareOfVoice = `
  SELECT $__timeInterval(r.bucket) AS time, r.brand AS brand, toFloat64(${volume}) AS mentions
  FROM ${history} WHERE ${asked} AND r.brand != '*' GROUP BY time, brand ORDER BY time, brand`;

const broken = (column: string, name: string) => `
  SELECT r.${column} AS ${name}, ${labels.map((label) => `sum(r.${label}) AS ${label}`).join(', ')}
  FROM ${history} WHERE ${asked} GROUP BY ${name} ORDER BY ${volume} DESC LIMIT 20`;
export const byPlatform = broken('platform', 'platform');
export const byLanguage = broken('lang', 'language');

export const brandTable = `
  SELECT r.brand AS brand, ${volume} AS posts, ${net} AS net, ${bound('-')} AS low, ${bound('+')} AS high,
    sum(r.negative) / nullIf(${scored}, 0) AS \`negative share\`
  FROM ${history} WHERE ${asked} GROUP BY brand ORDER BY posts DESC`;

/** An address is shown as a link where it is one of the web: strangers wrote it. */
export const worstPosts = `
  SELECT p.created_at AS time, p.platform AS platform, p.author_handle AS author, p.text AS text, p.score AS score,
    p.likes + p.reposts + p.replies AS engagement, if(match(p.url, '^https?://[^\\\\s]+$'), p.url, '') AS url
  FROM feedpulse.effective_posts AS p
  WHERE $__timeFilter(p.minute) AND NOT p.deleted AND p.label = 'negative'
    AND (has([\${brand:sqlstring}], hex('*')) OR hasAny(p.brands, arrayMap(name -> unhex(name), [\${brand:sqlstring}])))
    AND ${chosen('p.platform', 'platform')} AND ${chosen('p.lang', 'lang')}
  ORDER BY engagement DESC, time DESC LIMIT 50`;
