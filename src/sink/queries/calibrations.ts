import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Calibration } from '../../domain/calibration.ts';
import { type Label, labels } from '../../domain/post.ts';
import { insertRows, numeric, query, queryOne } from '../client/query.ts';
import { type Range, toSeconds as toBucketSeconds } from './metrics.ts';
import { rollup15m, type TimeRange } from './rollups.ts';
import { inRange, labelForBrand } from './sql.ts';

/** A stored line of a brand; `feed-labels` is that of `*`, and not stored again. */
export type StoredCalibration = Calibration & { readonly basis: 'labels' | 'history'; readonly brand: string };

/** Values other than NULL: ClickHouse keeps columns without it smaller and faster. */
const unknownError = -1;
const toSeconds = (iso: string): number => Math.floor(Date.parse(iso) / 1_000);
const toIso = (seconds: number): string => new Date(1_000 * seconds).toISOString();

/** The lines that were fitted or fixed for a model, of every brand. */
export async function readCalibrations(reader: ClickHouseClient, modelVersion: string): Promise<StoredCalibration[]> {
  const sql = `
  SELECT c.brand AS brand, c.basis AS basis, c.labels AS labels, toUnixTimestamp(c.window_from) AS from, toUnixTimestamp(c.window_to) AS to,
    c.level AS level, c.counted_level AS countedLevel, c.slope AS slope, c.level_error AS levelError, c.slope_error AS slopeError
  FROM calibrations AS c FINAL
  WHERE c.model_version = {modelVersion:String} AND NOT c.removed
  ORDER BY brand, basis`;
  const row = z.object({
    ...{ brand: z.string(), basis: z.enum(['labels', 'history']), labels: numeric, from: numeric, to: numeric },
    ...{ level: numeric, countedLevel: numeric, slope: numeric, levelError: numeric, slopeError: numeric },
  });
  return (await query(reader, row, sql, { modelVersion })).map(({ from, to, levelError, ...line }) => ({
    ...line,
    modelVersion,
    window: to === 0 ? null : { from: toIso(from), to: toIso(to) },
    levelError: levelError === unknownError ? null : levelError,
  }));
}

/** Stores the line of a brand, which replaces an earlier one with the same basis and model; `removed` removes it. */
export async function putCalibration(
  client: ClickHouseClient,
  { window, modelVersion, countedLevel, levelError, slopeError, ...line }: StoredCalibration,
  { by, removed = false }: { readonly by: string; readonly removed?: boolean },
): Promise<void> {
  const row = {
    ...line,
    model_version: modelVersion,
    window_from: window ? toSeconds(window.from) : 0,
    window_to: window ? toSeconds(window.to) : 0,
    counted_level: countedLevel,
    level_error: levelError ?? unknownError,
    slope_error: slopeError,
    ...{ removed, created_by: by },
  };
  await insertRows(client, 'calibrations', [{ ...row, created_at: await readClock(client) }]);
}

/** The database's clock: several processes may write, and the latest row wins. */
async function readClock(client: ClickHouseClient): Promise<string> {
  const row = await queryOne(client, z.object({ at: z.string() }), "SELECT toString(now64(6, 'UTC')) AS at");
  if (!row) throw new TypeError('a SELECT without FROM returned no row');
  return row.at;
}

/** The first minute (seconds since 1970) with a post whose active score is from a model; 0 if there is none. */
export async function readFirstScored(reader: ClickHouseClient, modelVersion: string): Promise<number> {
  // In the order of the table, so that it is read up to the first such post only.
  const sql = `
  SELECT toUnixTimestamp(minute) AS first FROM posts
  WHERE model_version = {modelVersion:String} AND NOT deleted
  ORDER BY minute
  LIMIT 1`;
  return (await queryOne(reader, z.object({ first: numeric }), sql, { modelVersion }))?.first ?? 0;
}

const countColumns = { negative: numeric, neutral: numeric, positive: numeric };
const dayRow = z.object({ brand: z.string(), day: numeric, ...countColumns });
export type DayCounts = z.output<typeof dayRow>;

/** Scored posts of each brand by UTC day (days since 1970), in order: the first days with any since `since` (seconds), at most `limit`. */
export function readFirstDays(
  reader: ClickHouseClient,
  {
    languages,
    ...params
  }: {
    readonly brands: readonly string[];
    readonly since: number;
    readonly limit: number;
    /** Only posts in these languages. */
    readonly languages?: readonly string[] | undefined;
  },
): Promise<DayCounts[]> {
  const sql = `
  SELECT r.brand AS brand, intDiv(toUnixTimestamp(r.bucket), 86400) AS day,
    sum(r.negative) AS negative, sum(r.neutral) AS neutral, sum(r.positive) AS positive
  FROM rollup_15m AS r FINAL
  WHERE r.brand IN {brands:Array(String)} AND r.bucket >= toDateTime({since:UInt32}, 'UTC')
    ${languages ? 'AND r.lang IN {languages:Array(String)}' : ''}
  GROUP BY brand, day
  HAVING negative + neutral + positive > 0
  ORDER BY brand, day
  LIMIT {limit:UInt32} BY brand`;
  return query(reader, dayRow, sql, { ...params, ...(languages && { languages }) });
}

/** Posts of each brand by language, from the 15-minute buckets that a range overlaps. @throws USAGE for an empty range */
export function readLanguageCounts(reader: ClickHouseClient, { brands, ...range }: Range & { readonly brands: readonly string[] }) {
  const sql = `
  SELECT r.brand AS brand, toString(r.lang) AS lang, sum(r.negative) AS negative, sum(r.neutral) AS neutral, sum(r.positive) AS positive,
    sum(r.unscored) AS unscored
  FROM rollup_15m AS r FINAL
  WHERE r.brand IN {brands:Array(String)} AND ${inRange('r.bucket')}
  GROUP BY brand, lang`;
  const row = z.object({ brand: z.string(), lang: z.string(), ...countColumns, unscored: numeric });
  return query(reader, row, sql, { brands, ...toBucketSeconds(range, rollup15m) });
}

/** Posts of a brand (`*`: all) in a range that a model scored. */
export interface Population extends TimeRange {
  readonly brand: string;
  readonly modelVersion: string;
}

/** Labels are those for the brand, without corrections. */
const inPopulation = `NOT p.deleted AND ${inRange('p.minute')} AND p.model_version = {modelVersion:String}
    AND ({brand:String} = '*' OR has(p.brands, {brand:String})) AND ${labelForBrand('{brand:String}')} != 'unscored'`;

/** Posts by the label that the model gave them. */
export async function countPopulation(reader: ClickHouseClient, population: Population): Promise<Readonly<Record<Label, number>>> {
  const sql = `
  SELECT ${labels.map((label) => `countIf(${labelForBrand('{brand:String}')} = '${label}') AS ${label}`).join(', ')}
  FROM posts AS p FINAL
  WHERE ${inPopulation}`;
  return (await queryOne(reader, z.object(countColumns), sql, { ...population })) ?? { negative: 0, neutral: 0, positive: 0 };
}

const isLabeled = `SELECT minute, platform, id FROM calibration_labels FINAL
      WHERE brand = {brand:String} AND ${inRange('minute')} AND label != 'none'`;

/**
 * Keys of a random sample in the order of a hash, so that the same seed draws the same posts.
 * @param unlabeled leave out posts that already have a label
 */
export function drawSample(
  reader: ClickHouseClient,
  { unlabeled, ...params }: Population & { readonly seed: number; readonly limit: number; readonly unlabeled: boolean },
) {
  const sql = `
  SELECT p.platform AS platform, p.id AS id, toUnixTimestamp64Milli(p.created_at) AS createdAtMs
  FROM posts AS p FINAL
  WHERE ${inPopulation} ${unlabeled ? `AND (p.minute, p.platform, p.id) NOT IN (${isLabeled})` : ''}
  ORDER BY cityHash64(toString(p.platform), p.id, {seed:UInt32}), platform, id
  LIMIT {limit:UInt32}`;
  return query(reader, z.object({ platform: z.string(), id: z.string(), createdAtMs: numeric }), sql, { ...params });
}

/** Labeled posts of a population by the labels of people and of the model. */
export function readLabelPairs(reader: ClickHouseClient, population: Population) {
  const sql = `
  SELECT toString(l.label) AS actual, ${labelForBrand('{brand:String}')} AS predicted, count() AS posts
  FROM posts AS p FINAL
  INNER JOIN (
    SELECT minute, platform, id, label FROM calibration_labels FINAL
    WHERE brand = {brand:String} AND ${inRange('minute')} AND label != 'none'
  ) AS l ON l.minute = p.minute AND l.platform = p.platform AND l.id = p.id
  WHERE ${inPopulation} AND p.minute IN (SELECT minute FROM calibration_labels WHERE brand = {brand:String} AND ${inRange('minute')})
  GROUP BY actual, predicted`;
  const label = z.enum(labels);
  return query(reader, z.object({ actual: label, predicted: label, posts: numeric }), sql, { ...population });
}

/** A label of a post of the sample; null takes it back. */
export interface SampleLabel {
  readonly platform: string;
  readonly id: string;
  /** Seconds since 1970. */
  readonly minute: number;
  readonly label: Label | null;
}

export async function putLabels(
  client: ClickHouseClient,
  given: readonly SampleLabel[],
  { brand, by }: { readonly brand: string; readonly by: string },
): Promise<void> {
  const at = await readClock(client);
  const rows = given.map(({ label, ...key }) => ({ ...key, brand, label: label ?? 'none', labeled_by: by, labeled_at: at }));
  await insertRows(client, 'calibration_labels', rows);
}
