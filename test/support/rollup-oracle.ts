import type { StoredLabel } from '../../src/domain/post.ts';
import type { RunQuery } from './audit.ts';

/** The columns that rollups use. */
interface Row {
  readonly minute: number;
  readonly platform: string;
  readonly lang: string;
  readonly brands: readonly string[];
  readonly label: StoredLabel;
  readonly score: number;
  readonly isCopy: boolean;
  readonly interactions: number;
  /** Brand sentiment, as parallel arrays. */
  readonly sentimentBrands: readonly string[];
  readonly sentimentLabels: readonly StoredLabel[];
  readonly sentimentScores: readonly number[];
}

type RollupCounts = Record<string, number>;

const grains = [
  { table: 'rollup_minute', bucket: 'minute', seconds: 60, hasSegments: false },
  { table: 'rollup_15m', bucket: 'bucket', seconds: 900, hasSegments: true },
] as const;

const columns = [
  'negative',
  'neutral',
  'positive',
  'unscored',
  'score_sum',
  'score_squares',
  'weight_negative',
  'weight_neutral',
  'weight_positive',
  'weight_unscored',
  'weight_squares',
  'weighted_score',
  'copies_negative',
  'copies_neutral',
  'copies_positive',
  'copies_unscored',
] as const;

/**
 * Counts rollup groups (bucket and brand; in 15-minute buckets also platform and language) that differ from a recomputation
 * from the rows: counts by label, those of copies, sums of scores and their squares, and the same weighted by engagement.
 */
export async function countWrongGroups(query: RunQuery, database: string): Promise<number> {
  const rows = await query<Row>(`SELECT toUnixTimestamp(minute) AS minute, platform, lang, brands, toString(label) AS label,
    toFloat64(score) AS score, is_copy AS isCopy, toFloat64(likes + reposts + replies) AS interactions,
    brand_sentiment_brands AS sentimentBrands, brand_sentiment_labels AS sentimentLabels,
    arrayMap((plus, minus) -> toFloat64(plus) - minus, brand_sentiment_positive, brand_sentiment_negative) AS sentimentScores FROM ${database}.posts FINAL WHERE NOT deleted`);
  let wrong = 0;
  for (const grain of grains) {
    const keys = grain.hasSegments ? 'brand, platform, lang' : 'brand';
    const stored = await query<RollupCounts & { bucket: number; brand: string; platform?: string; lang?: string }>(
      `SELECT toUnixTimestamp(${grain.bucket}) AS bucket, ${keys}, ${columns.map((name) => `toFloat64(${name}) AS ${name}`).join(', ')}
       FROM ${database}.${grain.table} FINAL WHERE negative + neutral + positive + unscored > 0`,
    );
    const found = new Map(stored.map((row) => [JSON.stringify([row.bucket, row.brand, row.platform, row.lang]), row as RollupCounts]));
    const expected = computeCounts(rows, grain.seconds, grain.hasSegments);
    for (const key of new Set([...expected.keys(), ...found.keys()])) if (!isSame(expected.get(key), found.get(key))) wrong += 1;
  }
  return wrong;
}

function computeCounts(rows: readonly Row[], seconds: number, hasSegments: boolean): Map<string, RollupCounts> {
  const groups = new Map<string, RollupCounts>();
  for (const row of rows) {
    const bucket = row.minute - (row.minute % seconds);
    for (const brand of new Set(['*', ...row.brands])) {
      const key = JSON.stringify([bucket, brand, ...(hasSegments ? [row.platform, row.lang] : [undefined, undefined])]);
      const counts = groups.get(key) ?? Object.fromEntries(columns.map((name) => [name, 0]));
      const weight = 1 + Math.log(1 + row.interactions);
      const position = row.sentimentBrands.indexOf(brand);
      const label = row.sentimentLabels[position] ?? row.label;
      const score = row.sentimentScores[position] ?? (row.label === 'unscored' ? 0 : row.score);
      add(counts, label, 1);
      if (row.isCopy) add(counts, `copies_${label}`, 1);
      add(counts, `weight_${label}`, weight);
      if (label !== 'unscored') add(counts, 'weight_squares', weight * weight);
      add(counts, 'score_sum', score);
      add(counts, 'score_squares', score * score);
      add(counts, 'weighted_score', weight * score);
      groups.set(key, counts);
    }
  }
  return groups;
}

function add(counts: RollupCounts, name: string, by: number): void {
  counts[name] = (counts[name] ?? 0) + by;
}

/** Floating-point sums depend slightly on the order. */
function isSame(expected: RollupCounts | undefined, found: RollupCounts | undefined): boolean {
  if (!expected || !found) return false;
  return columns.every((name) => Math.abs((expected[name] ?? 0) - (found[name] ?? 0)) <= 1e-6 * Math.max(1, Math.abs(expected[name] ?? 0)));
}
