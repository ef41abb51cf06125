import { chosen, offered } from './brand-queries.ts';

/** Questions about alerts; docs/alerts.md says what they are. */

const changes = 'feedpulse.alert_transitions AS c FINAL';
const ends = "(SELECT alert, max(at) AS ended FROM feedpulse.alert_transitions FINAL WHERE kind = 'resolved' GROUP BY alert)";
const marks = "(SELECT alert, value FROM feedpulse.alert_annotations FINAL WHERE kind = 'feedback')";
const asked = `${chosen('c.brand', 'brand')} AND ${chosen('c.rule', 'rule')}`;
const figure = (name: string) => `round(JSONExtractFloat(c.evaluation, '${name}'), 1)`;
const end = (empty: string) => `if(toUnixTimestamp(e.ended) = 0, ${empty}, e.ended)`;

export const alertBrands = offered('brand', 'feedpulse.alert_transitions');
export const alertRules = offered('rule', 'feedpulse.alert_transitions');

export const openAlerts = `
  SELECT count() AS open FROM ${changes} LEFT JOIN ${ends} AS e ON e.alert = c.alert
  WHERE c.kind = 'alert' AND toUnixTimestamp(e.ended) = 0 AND ${asked}`;
export const alertsInRange = `SELECT count() AS alerts FROM ${changes} WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${asked}`;
export const noiseShare = `
  SELECT countIf(m.value = 'noise') / nullIf(countIf(m.value IN ('noise', 'useful')), 0) AS noise
  FROM ${changes} LEFT JOIN ${marks} AS m ON m.alert = c.alert WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${asked}`;
export const untoldMessages = `
  SELECT countIf(d.outcome = 'waiting') AS waiting, countIf(d.outcome = 'given-up') AS \`given up\`
  FROM feedpulse.alert_outbox AS d FINAL WHERE $__timeFilter(d.at)`;

export const alertTable = `
  SELECT c.at AS began, ${end('NULL')} AS ended, c.brand AS brand, c.rule AS rule, toString(c.severity) AS severity,
    JSONExtractString(c.evaluation, 'metric') AS metric, JSONExtractString(c.evaluation, 'direction') AS direction,
    ${figure('observed')} AS observed, ${figure('expected')} AS expected, ${figure('z')} AS z,
    JSONExtractUInt(c.evaluation, 'posts') AS posts, m.value AS mark
  FROM ${changes} LEFT JOIN ${ends} AS e ON e.alert = c.alert LEFT JOIN ${marks} AS m ON m.alert = c.alert
  WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${asked}
  ORDER BY began DESC LIMIT 500`;

export const alertsOverTime = `
  SELECT $__timeInterval(c.at) AS time, c.rule AS rule, toFloat64(count()) AS alerts
  FROM ${changes} WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${asked} GROUP BY time, rule ORDER BY time, rule`;

export const ruleTable = `
  SELECT c.rule AS rule, count() AS alerts, countIf(m.value = 'useful') AS useful, countIf(m.value = 'noise') AS noise,
    round(avg(if(toUnixTimestamp(e.ended) = 0, NULL, dateDiff('second', c.at, e.ended))) / 60) AS \`minutes on average\`
  FROM ${changes} LEFT JOIN ${ends} AS e ON e.alert = c.alert LEFT JOIN ${marks} AS m ON m.alert = c.alert
  WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${asked} GROUP BY rule ORDER BY alerts DESC`;

/** Regions on the charts of brands, from the beginning of an alert to its end. */
export const annotations = `
  SELECT c.at AS time, ${end('now64(3)')} AS timeEnd, concat(c.brand, ': ', c.rule) AS title,
    concat(JSONExtractString(c.evaluation, 'metric'), ' ', JSONExtractString(c.evaluation, 'direction'), ' to ',
      toString(${figure('observed')}), ', ', toString(${figure('expected')}), ' expected') AS text,
    c.severity AS tags
  FROM ${changes} LEFT JOIN ${ends} AS e ON e.alert = c.alert
  WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${chosen('c.brand', 'brand')} ORDER BY time`;
