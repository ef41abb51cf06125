import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { alertMetrics, type Candidate, type Evaluation } from '../../domain/alert.ts';
import { minuteMs } from '../../lib/duration.ts';
import { numeric, query, queryOne } from '../client/query.ts';
import { inRange } from './sql.ts';

/** Consecutive anomalous evaluations of a rule and a brand. Times are ms since 1970. */
export interface StoredAnomaly {
  readonly rule: string;
  readonly brand: string;
  /** End of the first anomalous window. */
  readonly at: number;
  /** Undefined if it is in the last evaluation of the range. */
  readonly resolvedAt: number | undefined;
  /** The first anomalous window; without its baseline, which is not stored. */
  readonly evaluation: Evaluation;
  /** The window whose value is furthest from the expected one. */
  readonly worst: Evaluation;
}

interface CandidateQuery {
  readonly rule: string;
  readonly brand: string;
  readonly from: number;
  readonly to: number;
  readonly minRarity: number;
}

export interface EvaluatedHours {
  readonly rule: string;
  readonly brand: string;
  /** Start of the UTC day, in ms since 1970. */
  readonly day: number;
  readonly hours: number;
}

/** Anomalous minutes at most this far apart are one anomaly: an evaluation may have been skipped. */
const maxGapMs = 15 * minuteMs;
const maxAnomalies = 1_000;

/** Of the first anomalous minute, and of the most extreme one. */
const measuredColumns = ['direction', 'window_seconds', 'observed', 'expected', 'low', 'high', 'z', 'posts'] as const;
const distance = 'abs(a.observed - a.expected)';

const selectAnomalies = `
  SELECT a.rule AS rule, a.brand AS brand,
    toUnixTimestamp(min(a.minute)) AS since, toUnixTimestamp(max(a.minute)) AS until,
    argMin(a.metric, a.minute) AS metric, toUnixTimestamp(argMax(a.minute, (${distance}, a.minute))) AS worst_at,
    ${measuredColumns.map((column) => `argMin(a.${column}, a.minute) AS ${column}, argMax(a.${column}, (${distance}, a.minute)) AS worst_${column}`).join(', ')}
  FROM (
    SELECT s.*, sum(s.starts) OVER (PARTITION BY s.rule, s.brand ORDER BY s.minute) AS number
    FROM (
      SELECT e.*, toUnixTimestamp(e.minute) - toUnixTimestamp(lagInFrame(e.minute) OVER (
        PARTITION BY e.rule, e.brand ORDER BY e.minute ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) > ${maxGapMs / 1_000} AS starts
      FROM alert_evaluations AS e FINAL
      WHERE ${inRange('e.minute')} AND e.anomalous AND (empty({brands:Array(String)}) OR e.brand IN {brands:Array(String)})
    ) AS s
  ) AS a
  GROUP BY rule, brand, a.number
  ORDER BY since, rule, brand
  LIMIT ${maxAnomalies}`;
const direction = z.enum(['up', 'down']);
const anomalyRow = z.object({
  ...{ rule: z.string(), brand: z.string(), since: numeric, until: numeric, worst_at: numeric },
  ...{ metric: z.enum(alertMetrics), direction, window_seconds: numeric, worst_direction: direction, worst_window_seconds: numeric },
  ...{ observed: numeric, expected: numeric, low: numeric, high: numeric, z: numeric, posts: numeric },
  ...{ worst_observed: numeric, worst_expected: numeric, worst_low: numeric, worst_high: numeric, worst_z: numeric, worst_posts: numeric },
});

/** An anomaly from its row; the row's times are in seconds. */
function toAnomaly(row: z.output<typeof anomalyRow>, newest: number): StoredAnomaly {
  const { rule, brand, metric, since, until } = row;
  const windowOf = (end: number, seconds: number) => ({ metric, from: 1_000 * (end - seconds), to: 1_000 * end, baseline: null });
  const { direction, observed, expected, low, high, z, posts } = row;
  return {
    ...{ rule, brand, at: 1_000 * since },
    evaluation: { ...{ direction, observed, expected, low, high, z, posts }, ...windowOf(since, row.window_seconds) },
    worst: {
      ...{
        direction: row.worst_direction,
        observed: row.worst_observed,
        expected: row.worst_expected,
        low: row.worst_low,
        high: row.worst_high,
      },
      ...{ z: row.worst_z, posts: row.worst_posts, ...windowOf(row.worst_at, row.worst_window_seconds) },
    },
    resolvedAt: newest > until ? 1_000 * until + minuteMs : undefined,
  };
}

const selectNewest = `SELECT toUnixTimestamp(max(e.minute)) AS minute FROM alert_evaluations AS e WHERE ${inRange('e.minute')}`;

const selectEvaluatedHours = `
  SELECT e.rule AS rule, e.brand AS brand, toUnixTimestamp(toStartOfDay(e.minute)) AS day, uniqExact(toStartOfHour(e.minute)) AS hours
  FROM alert_evaluations AS e
  WHERE ${inRange('e.minute')}
  GROUP BY rule, brand, day`;

/** One row of lists in the same order: a row per candidate would take ten times as long to parse. */
const selectCandidates = `
  SELECT groupArray(toUnixTimestamp(c.minute)) AS at, groupArray(c.rarity) AS rarity, groupArray(c.usual_peak) AS usualPeak,
    groupArray(c.relevant) AS isRelevant, groupArray(c.quiet) AS isQuiet, groupArray(c.silenced) AS isSilenced
  FROM (
    SELECT * FROM alert_candidates FINAL
    WHERE rule = {rule:String} AND brand = {brand:String} AND ${inRange('minute')} AND rarity >= {minRarity:Float64}
    ORDER BY minute
  ) AS c`;
/** Not checked one by one: there may be a hundred thousand. */
const numbers = z.custom<readonly number[]>(Array.isArray);
const flags = z.custom<readonly boolean[]>(Array.isArray);
const candidateRow = z.object({ at: numbers, rarity: numbers, usualPeak: numbers, isRelevant: flags, isQuiet: flags, isSilenced: flags });

const toCandidates = ({ at, rarity, usualPeak, isRelevant, isQuiet, isSilenced }: z.output<typeof candidateRow>): Candidate[] =>
  at.map((seconds, index) => ({
    ...{ at: 1_000 * seconds, rarity: rarity[index] ?? 0, usualPeak: usualPeak[index] ?? 0 },
    ...{ isRelevant: isRelevant[index] ?? false, isQuiet: isQuiet[index] ?? false, isSilenced: isSilenced[index] ?? false },
  }));

/** The first minute that candidates are stored of, of any rule and brand; 0 if there is none. */
const selectFirstCandidate = 'SELECT toUnixTimestamp(min(c.minute)) AS minute FROM alert_candidates AS c';

/** Hours with posts of any brand. */
const selectKnownHours = `
  SELECT toUnixTimestamp(toStartOfDay(r.bucket)) AS day, uniqExact(toStartOfHour(r.bucket)) AS hours
  FROM rollup_15m AS r
  WHERE ${inRange('r.bucket')} AND r.brand = '*' AND r.negative + r.neutral + r.positive + r.unscored > 0
  GROUP BY day`;

/** Reads stored evaluations. Times are ms since 1970. @throws the database's errors */
export function createEvaluationReader(reader: ClickHouseClient) {
  const rangeOf = (from: number, to: number) => ({ from: Math.floor(from / 1_000), to: Math.ceil(to / 1_000) });
  return {
    /** The anomalies of brands, or of all brands if the list is empty, in order of time; at most a thousand. */
    listAnomalies: async (brands: readonly string[], from: number, to: number): Promise<StoredAnomaly[]> => {
      const range = rangeOf(from, to);
      const newest = (await queryOne(reader, z.object({ minute: numeric }), selectNewest, range))?.minute ?? 0;
      const rows = await query(reader, anomalyRow, selectAnomalies, { ...range, brands });
      return rows.map((row) => toAnomaly(row, newest));
    },
    /** The candidates of a rule and a brand in chronological order, and the time since when they are stored. */
    readCandidates: async ({ from, to, ...selection }: CandidateQuery): Promise<{ candidates: Candidate[]; since: number }> => {
      const found = await queryOne(reader, candidateRow, selectCandidates, { ...rangeOf(from, to), ...selection });
      const first = (await queryOne(reader, z.object({ minute: numeric }), selectFirstCandidate))?.minute ?? 0;
      return { candidates: found ? toCandidates(found) : [], since: Math.max(from, 1_000 * first) };
    },
    /** For each day, in how many of its hours a rule was evaluated for a brand. */
    readEvaluatedHours: async (from: number, to: number): Promise<EvaluatedHours[]> => {
      const row = z.object({ rule: z.string(), brand: z.string(), day: numeric, hours: numeric });
      const rows = await query(reader, row, selectEvaluatedHours, rangeOf(from, to));
      return rows.map(({ day, ...rest }) => ({ ...rest, day: 1_000 * day }));
    },
    /** For each day, in how many of its hours posts were counted. */
    readKnownHours: async (from: number, to: number): Promise<{ day: number; hours: number }[]> => {
      const rows = await query(reader, z.object({ day: numeric, hours: numeric }), selectKnownHours, rangeOf(from, to));
      return rows.map(({ day, hours }) => ({ day: 1_000 * day, hours }));
    },
  };
}

export type EvaluationReader = ReturnType<typeof createEvaluationReader>;
