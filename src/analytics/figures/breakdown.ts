import type { ClickHouseClient } from '@clickhouse/client';
import type { Breakdown, Segment } from '../../domain/brand-metrics.ts';
import { type Range, toSeconds } from '../../sink/queries/range.ts';
import { readRows } from '../../sink/queries/read-rows.ts';
import { quarterRollup, selectParts } from '../../sink/queries/reading.ts';
import { type CountsRow, toFigures } from './figures.ts';
import { netSentimentInterval, wilsonInterval } from './intervals.ts';

type Row = CountsRow & { readonly platform: string; readonly lang: string };

/** A brand's posts (`*`: all) by platform and by language, by quarter-hours that a range touches. @throws USAGE for an empty range */
export async function breakdown(reader: ClickHouseClient, query: Range & { brand: string }): Promise<Breakdown> {
  const rows = await readRows<Row>(reader, selectParts, { brand: query.brand, ...toSeconds(query, quarterRollup) });
  const whole = rows.reduce((sum, row) => sum + toFigures(row).volume, 0);
  return { platforms: partsBy('platform', rows, whole), languages: partsBy('lang', rows, whole) };
}

function partsBy(name: 'platform' | 'lang', rows: readonly Row[], whole: number): Segment[] {
  const names = [...new Set(rows.map((row) => row[name]))];
  const parts = names.map((value): Segment => {
    const figures = toFigures(sumOf(rows.filter((row) => row[name] === value)));
    const { volume, positive, negative, neutral } = figures;
    const intervals = { share: wilsonInterval(volume, whole), netSentiment: netSentimentInterval(positive, negative, neutral) };
    return { name: value, share: volume / whole, ...figures, intervals };
  });
  return parts.sort((a, b) => b.volume - a.volume || (a.name < b.name ? -1 : 1));
}

function sumOf(rows: readonly CountsRow[]): CountsRow {
  const sum = (label: keyof CountsRow): number => rows.reduce((total, row) => total + Number(row[label]), 0);
  return { negative: sum('negative'), neutral: sum('neutral'), positive: sum('positive'), unscored: sum('unscored') };
}
