import type { ClickHouseClient } from '@clickhouse/client';
import type { LabelCounts } from '../../domain/sentiment-counts.ts';
import {
  selectBehind,
  selectDelay,
  selectFirst,
  selectMinutes,
  selectNewest,
  selectOldest,
  selectQuarters,
  selectQuartersBetween,
} from './alerts.ts';

/** Counts by the start of their bucket (ms since 1970). */
export type Buckets = Pick<ReadonlyMap<number, LabelCounts>, 'get'>;
export type CountsByBrand = ReadonlyMap<string, Buckets>;

/** Bounds the length of one answer: rows are brands times buckets. */
const brandsAtOnce = 100;

interface Row extends Record<keyof LabelCounts | 'start', number | string> {
  readonly brand: string;
}

/** Reads the stored figures. Times are ms since 1970; errors are the database's faults. */
export function createFigures(reader: ClickHouseClient) {
  const ask = async <T>(query: string, query_params: Record<string, unknown>): Promise<T[]> =>
    (await reader.query({ query, query_params, format: 'JSONEachRow' })).json<T>();
  const byBrand = async (query: string, brands: readonly string[], params: Record<string, unknown>) => {
    const found = new Map<string, Map<number, LabelCounts>>();
    for (let at = 0; at < brands.length; at += brandsAtOnce)
      for (const row of await ask<Row>(query, { ...params, brands: brands.slice(at, at + brandsAtOnce) })) {
        const buckets = found.get(row.brand) ?? new Map<number, LabelCounts>();
        found.set(row.brand, buckets.set(1_000 * Number(row.start), toCounts(row)));
      }
    return found;
  };
  const seconds = (ms: number): number => Math.max(0, Math.floor(ms / 1_000));
  return {
    /** The newest minute since `from` with posts of anyone; undefined where there is none. */
    newest: async (from: number, now: number): Promise<number | undefined> => {
      const [row] = await ask<{ minute: number | string }>(selectNewest, { from: seconds(from), now: seconds(now) });
      return Number(row?.minute ?? 0) > 0 ? 1_000 * Number(row?.minute) : undefined;
    },
    /** Whether figures of a range are still being computed. */
    isBehind: async (from: number, to: number): Promise<boolean> => {
      const [row] = await ask<{ minutes: number | string }>(selectBehind, { from: seconds(from), to: seconds(to) });
      return Number(row?.minutes ?? 0) > 0;
    },
    /** How far behind the clock the slowest part of the feed is that has brought something since then, in ms. */
    delay: async (since: number): Promise<number> => {
      const [row] = await ask<{ delay: number | string }>(selectDelay, { since });
      return Number(row?.delay ?? 0);
    },
    minutes: (brands: readonly string[], from: number, to: number) =>
      byBrand(selectMinutes, brands, { from: seconds(from), to: seconds(to) }),
    /** Every quarter-hour of a range. */
    bucketsBetween: (brands: readonly string[], from: number, to: number) =>
      byBrand(selectQuartersBetween, brands, { from: seconds(from), to: seconds(to) }),
    /** The first minute that is kept; undefined where there is none. */
    oldest: async (): Promise<number | undefined> => {
      const [row] = await ask<{ minute: number | string }>(selectOldest, {});
      return Number(row?.minute ?? 0) > 0 ? 1_000 * Number(row?.minute) : undefined;
    },
    buckets: (brands: readonly string[], starts: readonly number[]) => {
      const last = Math.max(...starts);
      const before = starts.map((start) => (last - start) / 900_000);
      return byBrand(selectQuarters, brands, { last: seconds(last), before });
    },
    /** The first quarter-hour with posts of each brand, as far back as `from`. */
    firstOf: async (brands: readonly string[], from: number): Promise<ReadonlyMap<string, number>> => {
      const rows = await ask<{ brand: string; start: number | string }>(selectFirst, { brands, from: seconds(from) });
      return new Map(rows.map(({ brand, start }) => [brand, 1_000 * Number(start)]));
    },
  };
}

export type StoredFigures = ReturnType<typeof createFigures>;
/** What a look needs of them. */
export type AlertFigures = Pick<StoredFigures, 'newest' | 'isBehind' | 'delay' | 'firstOf'> & {
  minutes(brands: readonly string[], from: number, to: number): Promise<CountsByBrand>;
  buckets(brands: readonly string[], starts: readonly number[]): Promise<CountsByBrand>;
};

function toCounts({ negative, neutral, positive, unscored }: Row): LabelCounts {
  return { negative: Number(negative), neutral: Number(neutral), positive: Number(positive), unscored: Number(unscored) };
}
