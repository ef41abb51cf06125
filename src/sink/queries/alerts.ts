/** The SQL of this room: reads alone, over the reader's connection, which carries its own limits. Values are bound. */

const moment = (name: string) => `toDateTime({${name}:UInt32}, 'UTC')`;

/** The newest minute with posts, up to now. */
export const selectNewest = `
  SELECT toUnixTimestamp(max(r.minute)) AS minute
  FROM rollup_minute AS r FINAL
  WHERE r.brand = '*' AND r.minute >= ${moment('from')} AND r.minute <= ${moment('now')}
    AND r.negative + r.neutral + r.positive + r.unscored > 0`;

/** Minutes of a range whose figures are behind the posts. */
export const selectBehind = `
  SELECT count() AS minutes FROM (
    SELECT minute FROM rollup_dirty_minutes
    WHERE minute >= ${moment('from')} AND minute < ${moment('to')}
    GROUP BY minute
    HAVING max(marked_at) > max(rollup_minute_done)
  )`;

/** Delay of the slowest recently active partition, in ms. A delay of more than a day is a backfill and is ignored. */
export const selectDelay = `
  SELECT max(p.delay) AS delay FROM feed_progress AS p FINAL WHERE toUnixTimestamp64Milli(p.at) >= {since:Int64} AND p.delay <= 86400000`;

const counts = 'r.negative AS negative, r.neutral AS neutral, r.positive AS positive, r.unscored AS unscored';

export const selectMinutes = `
  SELECT r.brand AS brand, toUnixTimestamp(r.minute) AS start, ${counts}
  FROM rollup_minute AS r FINAL
  WHERE r.minute >= ${moment('from')} AND r.minute < ${moment('to')} AND r.brand IN {brands:Array(String)}`;

/** The first minute that is kept. */
export const selectOldest = "SELECT toUnixTimestamp(min(minute)) AS minute FROM rollup_minute WHERE brand = '*'";

const quartersWhere = (condition: string) => `
  SELECT r.brand AS brand, toUnixTimestamp(r.bucket) AS start,
    sum(r.negative) AS negative, sum(r.neutral) AS neutral, sum(r.positive) AS positive, sum(r.unscored) AS unscored
  FROM rollup_15m AS r FINAL
  WHERE r.brand IN {brands:Array(String)} AND ${condition}
  GROUP BY brand, start`;

export const selectQuarters = quartersWhere(
  "r.bucket IN (SELECT toDateTime({last:UInt32} - 900 * arrayJoin({before:Array(UInt32)}), 'UTC'))",
);

export const selectQuartersBetween = quartersWhere(`r.bucket >= ${moment('from')} AND r.bucket < ${moment('to')}`);

/** The first quarter-hour of each brand with posts, since a moment. */
export const selectFirst = `
  SELECT r.brand AS brand, toUnixTimestamp(min(r.bucket)) AS start
  FROM rollup_15m AS r
  WHERE r.brand IN {brands:Array(String)} AND r.bucket >= ${moment('from')}
    AND r.negative + r.neutral + r.positive + r.unscored > 0
  GROUP BY brand`;

/** The latest state of each rule and brand, from states and transitions. */
export const selectStates = `
  SELECT s.rule AS rule, s.brand AS brand, argMax(s.state, s.at) AS state
  FROM (
    SELECT rule, brand, state, at FROM alert_states FINAL
    UNION ALL
    SELECT rule, brand, state, at FROM alert_transitions FINAL
  ) AS s
  GROUP BY rule, brand`;

export const selectSilences = `
  SELECT m.rule AS rule, m.brand AS brand, toUnixTimestamp64Milli(m.until) AS until, m.created_by AS createdBy, m.reason AS reason
  FROM alert_silences AS m FINAL
  WHERE toUnixTimestamp64Milli(m.until) > {now:Int64}`;

const change = `toString(c.id) AS id, toString(c.alert) AS alert, c.kind AS kind, c.rule AS rule, c.brand AS brand, c.severity AS severity,
    toUnixTimestamp64Milli(c.at) AS at, c.evaluation AS evaluation, c.state AS state, c.channels AS channels`;

/** Transitions that are not yet delivered to each of their channels, in order. */
export const selectPendingDeliveries = `
  SELECT ${change}, d.channel AS channel, d.attempts AS attempts, d.nextAt AS nextAt
  FROM (
    SELECT o.id AS id, o.channel AS channel, l.attempts AS attempts, toUnixTimestamp64Milli(l.next_at) AS nextAt
    FROM (SELECT id, arrayJoin(channels) AS channel FROM alert_transitions FINAL WHERE toUnixTimestamp64Milli(at) >= {since:Int64}) AS o
    LEFT JOIN (SELECT * FROM alert_outbox FINAL) AS l ON l.transition = o.id AND l.channel = o.channel
    WHERE l.outcome = 'waiting'
  ) AS d
  INNER JOIN alert_transitions AS c ON c.id = d.id
  WHERE toUnixTimestamp64Milli(c.at) >= {since:Int64}
  ORDER BY at, id, channel
  LIMIT 1 BY id, channel
  LIMIT 1000`;

const ofAlert = `
  FROM alert_transitions AS c FINAL
  LEFT JOIN (SELECT alert, at FROM alert_transitions FINAL WHERE kind = 'resolved') AS e ON e.alert = c.alert
  LEFT JOIN (SELECT alert, value, created_by, at FROM alert_annotations FINAL WHERE kind = 'ack') AS a ON a.alert = c.alert
  LEFT JOIN (SELECT alert, value FROM alert_annotations FINAL WHERE kind = 'feedback') AS m ON m.alert = c.alert
  WHERE c.kind = 'alert'`;

const alertColumns = `${change}, toUnixTimestamp64Milli(e.at) AS resolvedAt, a.created_by AS ackedBy, toUnixTimestamp64Milli(a.at) AS ackedAt, m.value AS feedback`;

/** Alerts that were active in a range, newest first. An empty brand or rule matches any. */
export const selectAlerts = `
  SELECT ${alertColumns}${ofAlert}
    AND toUnixTimestamp64Milli(c.at) < {to:Int64}
    AND (toUnixTimestamp64Milli(e.at) = 0 OR toUnixTimestamp64Milli(e.at) >= {from:Int64})
    AND ({brand:String} = '' OR c.brand = {brand:String})
    AND ({rule:String} = '' OR c.rule = {rule:String})
    AND (NOT {active:Bool} OR toUnixTimestamp64Milli(e.at) = 0)
  ORDER BY at DESC, id
  LIMIT {limit:UInt32}`;

export const selectAlert = `SELECT ${alertColumns}${ofAlert} AND toString(c.id) = {id:String}`;

/** How many alerts of each rule were rated useful, and how many noise. */
export const selectFeedback = `
  SELECT c.rule AS rule, count() AS alerts, countIf(m.value = 'useful') AS useful, countIf(m.value = 'noise') AS noise
  FROM alert_transitions AS c FINAL
  LEFT JOIN (SELECT alert, value FROM alert_annotations FINAL WHERE kind = 'feedback') AS m ON m.alert = c.alert
  WHERE c.kind = 'alert'
  GROUP BY rule
  ORDER BY rule`;
