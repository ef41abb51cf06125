import type { ClickHouseClient } from '@clickhouse/client';
import type { BrandCounts, Comparison, Summary } from '../../domain/brand-metrics.ts';
import { chooseRollup, type Range, toSeconds } from '../../sink/queries/range.ts';
import { readRows } from '../../sink/queries/read-rows.ts';
import { selectBrands } from '../../sink/queries/reading.ts';
import { type CountsRow, compare, toFigures, toTotals } from './figures.ts';
import { readPeriods } from './periods.ts';

/** Totals of a brand (`*`: all posts) in a range and in the period before it. @throws USAGE for an empty range */
export async function summary(reader: ClickHouseClient, query: Range & { brand: string }, now = Date.now()): Promise<Summary> {
  const [periods] = await readPeriods(reader, { ...query, brands: [query.brand] }, now);
  if (!periods) throw new Error('one brand was asked for, and none came');
  return compare(toTotals(periods.current), periods.previous && toTotals(periods.previous));
}

/** Brands beside each other, with each one's share of what all of them are mentioned. @throws USAGE for an empty range */
export async function compareBrands(
  reader: ClickHouseClient,
  query: Range & { readonly brands: readonly string[] },
  now = Date.now(),
): Promise<Comparison> {
  const periods = await readPeriods(reader, query, now);
  const mentionsOf = (all: readonly CountsRow[]): number => all.reduce((sum, row) => sum + toFigures(row).volume, 0);
  const mentions = mentionsOf(periods.map(({ current }) => current));
  const before = mentionsOf(periods.flatMap(({ previous }) => previous ?? []));
  const brands = periods.map(({ current, previous }, index) => ({
    brand: query.brands[index] ?? '',
    ...compare(toTotals(current, mentions), previous && toTotals(previous, before)),
  }));
  return { mentions, brands };
}

/** Figures of every brand that was mentioned in a range, largest first. @throws USAGE for an empty range */
export async function brandsOverview(reader: ClickHouseClient, range: Range, now = Date.now()): Promise<BrandCounts[]> {
  const rollup = chooseRollup(range, now);
  const rows = await readRows<CountsRow & { brand: string }>(reader, selectBrands(rollup), toSeconds(range, rollup));
  return rows.map((row) => ({ brand: row.brand, ...toFigures(row) }));
}
