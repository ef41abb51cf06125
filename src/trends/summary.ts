import type { ClickHouseClient } from '@clickhouse/client';
import type { BrandFigures, Summary, Totals } from '../history.ts';
import { type CountsRow, toFigures } from './figures.ts';
import { type Rollup, selectBrands, selectTotals } from './queries.ts';
import { chooseRollup, type Range, toSeconds } from './range.ts';

/** Totals of a brand (`*`: all posts) in a range and in the period before it. @throws USAGE for an empty range */
export async function summary(reader: ClickHouseClient, query: Range & { brand: string }, now = Date.now()): Promise<Summary> {
  const { brand, from, to } = query;
  const before = new Date(2 * from.getTime() - to.getTime());
  const rollup = chooseRollup({ from: before, to }, now);
  const seconds = toSeconds({ from, to }, rollup);
  const length = seconds.to - seconds.from;
  const [current, previous] = await Promise.all([
    readTotals(reader, rollup, brand, seconds),
    readTotals(reader, rollup, brand, { from: Math.max(0, seconds.from - length), to: seconds.from }),
  ]);
  return { current, previous };
}

async function readTotals(reader: ClickHouseClient, rollup: Rollup, brand: string, range: { from: number; to: number }): Promise<Totals> {
  const result = await reader.query({ query: selectTotals(rollup), query_params: { brand, ...range }, format: 'JSONEachRow' });
  const [row] = await result.json<CountsRow & { authors: number | string }>();
  return row
    ? { ...toFigures(row), authors: Number(row.authors) }
    : { ...toFigures({ negative: 0, neutral: 0, positive: 0, unscored: 0 }), authors: 0 };
}

/** Figures of every brand that was mentioned in a range, largest first. @throws USAGE for an empty range */
export async function brandsOverview(reader: ClickHouseClient, range: Range, now = Date.now()): Promise<BrandFigures[]> {
  const rollup = chooseRollup(range, now);
  const result = await reader.query({ query: selectBrands(rollup), query_params: toSeconds(range, rollup), format: 'JSONEachRow' });
  const rows = await result.json<CountsRow & { brand: string }>();
  return rows.map((row) => ({ brand: row.brand, ...toFigures(row) }));
}
