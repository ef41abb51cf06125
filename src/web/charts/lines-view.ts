import type { Trends } from '../api/history.ts';
import type { Span } from '../state/view-state.ts';
import { type Grid, toGrid } from './grid.ts';

/** Several brands on a common time axis. */
export interface LinesView {
  readonly middles: readonly number[];
  /** By brand: net sentiment in points, or the share of voice from 0 to 1. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly timeZone: string;
  readonly span: Span;
}

export interface ShownLines {
  readonly plotted: LinesView;
  /** By brand, as displayed in the legend: shares are not stacked here. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly grid: Grid;
}

/**
 * Aligns the brands by the start of their buckets: responses to separate requests may start and end a bucket apart, when
 * the clock moved on between them.
 */
export function toLines(kind: 'net' | 'share', trends: readonly Trends[], timeZone: string): ShownLines {
  const span = {
    from: trends.map(({ from }) => from).sort()[0] ?? '',
    to:
      trends
        .map(({ to }) => to)
        .sort()
        .at(-1) ?? '',
  };
  const all = new Map(trends.flatMap(({ buckets }) => buckets.map((bucket) => [bucket.start, bucket] as const)));
  const buckets = [...all.values()].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const grid = toGrid({ ...span, buckets, grain: trends[0]?.grain ?? 'hour' });
  const rows = trends.map((one) => {
    const own = new Map(one.buckets.map((bucket) => [bucket.start, bucket]));
    return grid.buckets.map((bucket) => own.get(bucket?.start ?? ''));
  });
  const mentions = grid.buckets.map((_, row) => rows.reduce((sum, own) => sum + (own[row]?.volume ?? 0), 0));
  const values = rows.map((own) =>
    own.map((bucket, row) => {
      if (kind === 'net') return bucket?.netSentiment ?? null;
      return mentions[row] ? (bucket?.volume ?? 0) / mentions[row] : null;
    }),
  );
  const plotted = kind === 'net' ? values : stacked(values);
  return { plotted: { middles: grid.middles, values: plotted, timeZone, span }, values, grid };
}

/** Each brand's share plus those of the brands after it: areas painted in this order look stacked. */
function stacked(values: readonly (readonly (number | null)[])[]): (number | null)[][] {
  return values.map((own, place) =>
    own.map((value, row) => (value === null ? null : values.slice(place).reduce((sum, other) => sum + (other[row] ?? 0), 0))),
  );
}

/**
 * The index of the brand under the pointer: the nearest line, or the area at that height. Undefined if there is none.
 */
export function brandAt(kind: 'net' | 'share', { plotted: { values } }: ShownLines, row: number, height: number): number | undefined {
  const here = values.map((own) => own[row] ?? null);
  // The areas are stacked: the last one that reaches this height is on top.
  if (kind === 'share') return found(here.findLastIndex((top) => top !== null && height <= top));
  const distances = here.map((value) => (value === null ? Number.POSITIVE_INFINITY : Math.abs(value - height)));
  const least = Math.min(...distances);
  return Number.isFinite(least) ? distances.indexOf(least) : undefined;
}

const found = (place: number): number | undefined => (place < 0 ? undefined : place);
