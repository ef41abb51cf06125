import type { ClickHouseClient } from '@clickhouse/client';
import type { BrandCounts, Breakdown, Comparison, Freshness, Segment, Summary } from '../../domain/brand-metrics.ts';
import type { Calibration } from '../../domain/calibration.ts';
import { addCounts, type LabelCounts, scoredPosts, totalPosts } from '../../domain/label-counts.ts';
import type { CorrectedPosts } from '../../sink/queries/corrected-posts.ts';
import { countPendingInPeriod, type Range, readBrandCounts, readPeriodSums, readSegmentCounts } from '../../sink/queries/metrics.ts';
import { calibrateNet } from '../calibration/apply.ts';
import { borrowedLine, type Calibrations, type ModelLine, noCalibrations } from '../calibration/calibrations.ts';
import { netSentimentInterval, wilsonInterval } from './intervals.ts';
import { summarize, toCounts } from './metrics.ts';

/** Metrics of a brand (`*`: all posts) in a range and in the period before it. @throws USAGE for an empty range */
export async function readSummary(
  reader: ClickHouseClient,
  query: Range & { brand: string },
  now = Date.now(),
  calibrations: Calibrations = noCalibrations,
): Promise<Summary & Freshness> {
  const pending = await countPendingInPeriod(reader, query, now);
  const [period] = await readPeriodSums(reader, { ...query, brands: [query.brand] }, now);
  if (!period) throw new TypeError('readPeriodSums returned no row for the brand');
  const calibrationOf = await calibrations.readFor([query.brand], query);
  return { ...summarize({ row: period.current }, { row: period.previous }, calibrationOf(query.brand)), pending };
}

/** Brands side by side, each with its share of the mentions of all of them. @throws USAGE for an empty range */
export async function compareBrands(
  reader: ClickHouseClient,
  query: Range & { readonly brands: readonly string[] },
  now = Date.now(),
  calibrations: Calibrations = noCalibrations,
): Promise<Comparison> {
  const pending = await countPendingInPeriod(reader, query, now);
  const periods = await readPeriodSums(reader, query, now);
  const mentions = totalVolume(periods.map(({ current }) => current));
  const previousMentions = totalVolume(periods.flatMap(({ previous }) => previous ?? []));
  const calibrationOf = await calibrations.readFor(query.brands, query);
  const brands = periods.map(({ current, previous }, index) => {
    const brand = query.brands[index] ?? '';
    return { brand, ...summarize({ row: current, mentions }, { row: previous, mentions: previousMentions }, calibrationOf(brand)) };
  });
  return { mentions, brands, pending };
}

/** Counts of every brand with posts in a range, the largest first. @throws USAGE for an empty range */
export async function listBrands(
  reader: ClickHouseClient,
  range: Range,
  now = Date.now(),
  calibrations: Calibrations = noCalibrations,
): Promise<BrandCounts[]> {
  const rows = await readBrandCounts(reader, range, now);
  const calibrationOf = await calibrations.readFor(
    rows.map(({ brand }) => brand),
    range,
  );
  return rows.map((row) => {
    const calibration = calibrationOf(row.brand);
    return { brand: row.brand, ...toCounts(row, calibrateNet(row, calibration, row.corrected)), calibration };
  });
}

/** A brand's posts (`*`: all) by platform, by language and by model, in the 15-minute buckets of a range. @throws USAGE for an empty range */
export async function readBreakdown(
  reader: ClickHouseClient,
  query: Range & { brand: string },
  calibrations: Calibrations = noCalibrations,
): Promise<Breakdown> {
  const rows = await readSegmentCounts(reader, query);
  // One after the other, so that the second finds the lines that the first has read.
  const calibrationOf = await calibrations.readFor([query.brand], query);
  const byModel = await calibrations.readByModel(query.brand);
  const calibration = calibrationOf(query.brand);
  const modelOf = (lang: string): ModelLine | undefined =>
    byModel.find(({ model }) => model.languages === undefined || model.languages.includes(lang));
  // A platform is a part of the posts, which differs from the whole; so is a language.
  const line = borrowedLine(
    calibration,
    calibrations.models.find(({ id }) => id === calibration.modelVersion),
  );
  const lineOf = (lang: string): Calibration => {
    const known = modelOf(lang);
    return known ? borrowedLine(known.line, known.model) : line;
  };
  const total = totalVolume(rows);
  const models = byModel.flatMap(({ model, line: own }) => {
    const scored = rows.filter((row) => modelOf(row.lang)?.model === model && scoredPosts(row) > 0);
    return scored.length === 0 ? [] : toSegment(model.id, scored, total, own);
  });
  return {
    platforms: segmentsBy(rows, 'platform', () => line),
    languages: segmentsBy(rows, 'lang', lineOf),
    models: sortSegments(models),
    calibration,
  };
}

type SegmentRow = Awaited<ReturnType<typeof readSegmentCounts>>[number];

function segmentsBy(rows: readonly SegmentRow[], column: 'platform' | 'lang', lineOf: (name: string) => Calibration): Segment[] {
  const total = totalVolume(rows);
  const names = [...new Set(rows.map((row) => row[column]))];
  const segments = names.map((name) =>
    toSegment(
      name,
      rows.filter((row) => row[column] === name),
      total,
      lineOf(name),
    ),
  );
  return sortSegments(segments);
}

function toSegment(name: string, rows: readonly SegmentRow[], total: number, line: Calibration): Segment {
  const sums = addCounts(rows);
  const calibrated = calibrateNet(sums, line, addCorrected(rows));
  const counts = toCounts(sums, calibrated);
  const { volume, positive, negative, neutral } = counts;
  const intervals = {
    share: wilsonInterval(volume, total),
    netSentiment: netSentimentInterval(positive, negative, neutral),
    calibratedNetSentiment: calibrated.interval,
  };
  return { name, share: volume / total, ...counts, intervals };
}

const sortSegments = (segments: readonly Segment[]): Segment[] =>
  segments.toSorted((a, b) => b.volume - a.volume || (a.name < b.name ? -1 : 1));

function addCorrected(rows: readonly SegmentRow[]): CorrectedPosts | undefined {
  const all = rows.flatMap(({ corrected }) => corrected ?? []);
  return all.length === 0 ? undefined : { before: addCounts(all.map((one) => one.before)), after: addCounts(all.map((one) => one.after)) };
}

const totalVolume = (rows: readonly LabelCounts[]): number => totalPosts(addCounts(rows));
