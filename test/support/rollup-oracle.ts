import type { StoredLabel } from '../../src/domain/post.ts';
import type { Ask } from './ledger.ts';

/** What of a stored post enters the figures. */
interface Row {
  readonly minute: number;
  readonly platform: string;
  readonly lang: string;
  readonly brands: readonly string[];
  readonly label: StoredLabel;
  readonly score: number;
  readonly interactions: number;
  /** What is said of some of its brands, in aligned arrays. */
  readonly apart: readonly string[];
  readonly apartLabels: readonly StoredLabel[];
  readonly apartScores: readonly number[];
}

type Figures = Record<string, number>;

const grains = [
  { table: 'rollup_minute', bucket: 'minute', seconds: 60, others: false },
  { table: 'rollup_15m', bucket: 'bucket', seconds: 900, others: true },
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
] as const;

/**
 * Groups (bucket, brand, and in quarter-hours platform and language) whose figures are not those that the stored
 * rows yield, computed here a second time: counts by label, sums of scores and their squares, and the same
 * weighted by engagement.
 */
export async function wrongGroups(ask: Ask, database: string): Promise<number> {
  const rows = await ask<Row>(`SELECT toUnixTimestamp(minute) AS minute, platform, lang, brands, toString(label) AS label,
    toFloat64(score) AS score, toFloat64(likes + reposts + replies) AS interactions,
    brand_sentiment_brands AS apart, brand_sentiment_labels AS apartLabels,
    arrayMap((plus, minus) -> toFloat64(plus) - minus, brand_sentiment_positive, brand_sentiment_negative) AS apartScores FROM ${database}.posts FINAL WHERE NOT deleted`);
  let wrong = 0;
  for (const grain of grains) {
    const keys = grain.others ? 'brand, platform, lang' : 'brand';
    const stored = await ask<Figures & { bucket: number; brand: string; platform?: string; lang?: string }>(
      `SELECT toUnixTimestamp(${grain.bucket}) AS bucket, ${keys}, ${columns.map((name) => `toFloat64(${name}) AS ${name}`).join(', ')}
       FROM ${database}.${grain.table} FINAL WHERE negative + neutral + positive + unscored > 0`,
    );
    const found = new Map(stored.map((row) => [JSON.stringify([row.bucket, row.brand, row.platform, row.lang]), row as Figures]));
    const expected = compute(rows, grain.seconds, grain.others);
    for (const key of new Set([...expected.keys(), ...found.keys()])) if (!isSame(expected.get(key), found.get(key))) wrong += 1;
  }
  return wrong;
}

function compute(rows: readonly Row[], seconds: number, others: boolean): Map<string, Figures> {
  const groups = new Map<string, Figures>();
  for (const row of rows) {
    const bucket = row.minute - (row.minute % seconds);
    for (const brand of new Set(['*', ...row.brands])) {
      const key = JSON.stringify([bucket, brand, ...(others ? [row.platform, row.lang] : [undefined, undefined])]);
      const figures = groups.get(key) ?? Object.fromEntries(columns.map((name) => [name, 0]));
      const weight = 1 + Math.log(1 + row.interactions);
      const own = row.apart.indexOf(brand);
      const label = row.apartLabels[own] ?? row.label;
      const score = row.apartScores[own] ?? (row.label === 'unscored' ? 0 : row.score);
      add(figures, label, 1);
      add(figures, `weight_${label}`, weight);
      if (label !== 'unscored') add(figures, 'weight_squares', weight * weight);
      add(figures, 'score_sum', score);
      add(figures, 'score_squares', score * score);
      add(figures, 'weighted_score', weight * score);
      groups.set(key, figures);
    }
  }
  return groups;
}

function add(figures: Figures, name: string, by: number): void {
  figures[name] = (figures[name] ?? 0) + by;
}

/** Sums of floating-point numbers depend on their order, by a little. */
function isSame(expected: Figures | undefined, found: Figures | undefined): boolean {
  if (!expected || !found) return false;
  return columns.every((name) => Math.abs((expected[name] ?? 0) - (found[name] ?? 0)) <= 1e-6 * Math.max(1, Math.abs(expected[name] ?? 0)));
}
