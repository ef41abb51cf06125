import type { ClickHouseClient } from '@clickhouse/client';
import { chooseRollup, type Range, toSeconds } from '../../sink/queries/range.ts';
import { readRows } from '../../sink/queries/read-rows.ts';
import { selectEarlier, selectPeriods } from '../../sink/queries/reading.ts';
import { nothing, type SumsRow } from './figures.ts';

type Sums = SumsRow & { readonly authors?: number | string };

/** The longest range whose authors are counted, in milliseconds. */
const longestWithAuthors = 8 * 86_400_000;
const nobody: Sums = { ...nothing, authors: 0 };

/** Sums of a brand in a range and in the period of equal length before it. */
export interface Periods {
  readonly current: Sums;
  /** Null where the history does not reach back to its start: half a period would pass for a change. */
  readonly previous: Sums | null;
}

/** Sums of brands (`*`: all posts), in the order in which they are given. @throws USAGE for an empty range */
export async function readPeriods(
  reader: ClickHouseClient,
  { brands, from, to }: Range & { readonly brands: readonly string[] },
  now: number,
): Promise<Periods[]> {
  const rollup = chooseRollup({ from: new Date(2 * from.getTime() - to.getTime()), to }, now);
  const seconds = toSeconds({ from, to }, rollup);
  const authors = to.getTime() - from.getTime() <= longestWithAuthors;
  const before = Math.max(0, 2 * seconds.from - seconds.to);
  const [rows, earlier] = await Promise.all([
    readRows<Sums & { brand: string; current: 0 | 1 }>(reader, selectPeriods(rollup, { authors }), { brands, before, ...seconds }),
    readRows<unknown>(reader, selectEarlier, { moment: before }),
  ]);
  return brands.map((brand) => {
    const sumsOf = (current: 0 | 1): Sums =>
      rows.find((row) => row.brand === brand && Number(row.current) === current) ?? (authors ? nobody : nothing);
    return { current: sumsOf(1), previous: earlier.length > 0 ? sumsOf(0) : null };
  });
}
