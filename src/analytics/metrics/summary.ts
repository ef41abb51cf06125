import type { ClickHouseClient } from '@clickhouse/client';
import type { BrandCounts, Breakdown, Comparison, Freshness, Segment, Summary } from '../../domain/brand-metrics.ts';
import { addCounts, type LabelCounts, totalPosts } from '../../domain/label-counts.ts';
import { countPendingInPeriod, type Range, readBrandCounts, readPeriodSums, readSegmentCounts } from '../../sink/queries/metrics.ts';
import { netSentimentInterval, wilsonInterval } from './intervals.ts';
import { compareWithPrevious, toCounts, toMetrics } from './metrics.ts';

/** Metrics of a brand (`*`: all posts) in a range and in the period before it. @throws USAGE for an empty range */
export async function readSummary(
  reader: ClickHouseClient,
  query: Range & { brand: string },
  now = Date.now(),
): Promise<Summary & Freshness> {
  const pending = await countPendingInPeriod(reader, query, now);
  const [period] = await readPeriodSums(reader, { ...query, brands: [query.brand] }, now);
  if (!period) throw new TypeError('readPeriodSums returned no row for the brand');
  return { ...compareWithPrevious(toMetrics(period.current), period.previous && toMetrics(period.previous)), pending };
}

/** Brands side by side, each with its share of the mentions of all of them. @throws USAGE for an empty range */
export async function compareBrands(
  reader: ClickHouseClient,
  query: Range & { readonly brands: readonly string[] },
  now = Date.now(),
): Promise<Comparison> {
  const pending = await countPendingInPeriod(reader, query, now);
  const periods = await readPeriodSums(reader, query, now);
  const mentions = totalVolume(periods.map(({ current }) => current));
  const previousMentions = totalVolume(periods.flatMap(({ previous }) => previous ?? []));
  const brands = periods.map(({ current, previous }, index) => ({
    brand: query.brands[index] ?? '',
    ...compareWithPrevious(toMetrics(current, mentions), previous && toMetrics(previous, previousMentions)),
  }));
  return { mentions, brands, pending };
}

/** Counts of every brand with posts in a range, the largest first. @throws USAGE for an empty range */
export async function listBrands(reader: ClickHouseClient, range: Range, now = Date.now()): Promise<BrandCounts[]> {
  const rows = await readBrandCounts(reader, range, now);
  return rows.map((row) => ({ brand: row.brand, ...toCounts(row) }));
}

/** A brand's posts (`*`: all) by platform and by language, in the 15-minute buckets of a range. @throws USAGE for an empty range */
export async function readBreakdown(reader: ClickHouseClient, query: Range & { brand: string }): Promise<Breakdown> {
  const rows = await readSegmentCounts(reader, query);
  return { platforms: segmentsBy(rows, 'platform'), languages: segmentsBy(rows, 'lang') };
}

function segmentsBy<Column extends string>(rows: readonly (LabelCounts & Readonly<Record<Column, string>>)[], column: Column): Segment[] {
  const total = totalVolume(rows);
  const names = [...new Set(rows.map((row) => row[column]))];
  const segments = names.map((name): Segment => {
    const counts = toCounts(addCounts(rows.filter((row) => row[column] === name)));
    const { volume, positive, negative, neutral } = counts;
    const intervals = { share: wilsonInterval(volume, total), netSentiment: netSentimentInterval(positive, negative, neutral) };
    return { name, share: volume / total, ...counts, intervals };
  });
  return segments.sort((a, b) => b.volume - a.volume || (a.name < b.name ? -1 : 1));
}

const totalVolume = (rows: readonly LabelCounts[]): number => totalPosts(addCounts(rows));
