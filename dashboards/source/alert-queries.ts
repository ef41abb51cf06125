import { inVariable, variableOptions } from './brand-queries.ts';

/** Queries about alerts (see docs/alerts.md). */

const transitions = 'feedpulse.alert_transitions AS c FINAL';
// An alert that began again after it had resolved is active.
const ends =
  "(SELECT alert, max(at) AS ended FROM feedpulse.alert_transitions FINAL WHERE kind != 'alert' GROUP BY alert HAVING argMax(kind, at) = 'resolved')";
const feedback = "(SELECT alert, value FROM feedpulse.alert_annotations FINAL WHERE kind = 'feedback')";
const selected = `${inVariable('c.brand', 'brand')} AND ${inVariable('c.rule', 'rule')}`;
const rounded = (name: string) => `round(JSONExtractFloat(c.evaluation, '${name}'), 1)`;
const end = (empty: string) => `if(toUnixTimestamp(e.ended) = 0, ${empty}, e.ended)`;

export const alertBrands = variableOptions('brand', 'feedpulse.alert_transitions');
export const alertRules = variableOptions('rule', 'feedpulse.alert_transitions');

export const activeAlerts = `
  SELECT count() AS firing FROM ${transitions} LEFT JOIN ${ends} AS e ON e.alert = c.alert
  WHERE c.kind = 'alert' AND toUnixTimestamp(e.ended) = 0 AND ${selected}`;
export const alertsInRange = `SELECT count() AS alerts FROM ${transitions} WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${selected}`;
export const noiseShare = `
  SELECT countIf(f.value = 'noise') / nullIf(countIf(f.value IN ('noise', 'useful')), 0) AS noise
  FROM ${transitions} LEFT JOIN ${feedback} AS f ON f.alert = c.alert WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${selected}`;
export const undelivered = `
  SELECT countIf(d.outcome = 'waiting') AS retrying, countIf(d.outcome = 'given-up') AS failed
  FROM feedpulse.alert_outbox AS d FINAL WHERE $__timeFilter(d.at)`;

export const alertTable = `
  SELECT c.at AS started, ${end('NULL')} AS ended, c.brand AS brand, c.rule AS rule, toString(c.severity) AS severity,
    JSONExtractString(c.evaluation, 'metric') AS metric, JSONExtractString(c.evaluation, 'direction') AS direction,
    ${rounded('observed')} AS observed, ${rounded('expected')} AS expected, ${rounded('z')} AS z,
    JSONExtractUInt(c.evaluation, 'posts') AS posts, f.value AS feedback
  FROM ${transitions} LEFT JOIN ${ends} AS e ON e.alert = c.alert LEFT JOIN ${feedback} AS f ON f.alert = c.alert
  WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${selected}
  ORDER BY started DESC LIMIT 500`;

export const alertsOverTime = `
  SELECT $__timeInterval(c.at) AS time, c.rule AS rule, toFloat64(count()) AS alerts
  FROM ${transitions} WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${selected} GROUP BY time, rule ORDER BY time, rule`;

export const ruleTable = `
  SELECT c.rule AS rule, count() AS alerts, countIf(f.value = 'useful') AS useful, countIf(f.value = 'noise') AS noise,
    round(avg(if(toUnixTimestamp(e.ended) = 0, NULL, dateDiff('second', c.at, e.ended))) / 60) AS \`mean duration (min)\`
  FROM ${transitions} LEFT JOIN ${ends} AS e ON e.alert = c.alert LEFT JOIN ${feedback} AS f ON f.alert = c.alert
  WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${selected} GROUP BY rule ORDER BY alerts DESC`;

/** Annotations on brand charts: a region from the start of an alert to its end, or to now. */
export const annotations = `
  SELECT c.at AS time, ${end('now64(3)')} AS timeEnd, concat(c.brand, ': ', c.rule) AS title,
    concat(JSONExtractString(c.evaluation, 'metric'), ' ', JSONExtractString(c.evaluation, 'direction'), ' to ',
      toString(${rounded('observed')}), ', ', toString(${rounded('expected')}), ' expected') AS text,
    c.severity AS tags
  FROM ${transitions} LEFT JOIN ${ends} AS e ON e.alert = c.alert
  WHERE c.kind = 'alert' AND $__timeFilter(c.at) AND ${inVariable('c.brand', 'brand')} ORDER BY time`;
