import { ranges, type Span } from './view-state.ts';

const unitMs = { h: 3_600_000, d: 86_400_000 } as const;

/** The span of equal length that ends where this one starts. */
export function previousSpan({ from, to }: Span): Span {
  const range = ranges.find((candidate) => from === `now-${candidate}` && to === 'now');
  if (range) {
    const unit = range.endsWith('h') ? 'h' : 'd';
    return { from: `now-${2 * Number.parseInt(range, 10)}${unit}`, to: from };
  }
  const length = Date.parse(to) - Date.parse(from);
  return { from: new Date(Date.parse(from) - length).toISOString(), to: from };
}

/** The last days of a span. */
export const lastDays = ({ to }: Span, days: number): Span => ({
  from: to === 'now' ? `now-${days}d` : new Date(Date.parse(to) - days * unitMs.d).toISOString(),
  to,
});

/** The length of a span in ms. */
export function spanLength({ from, to }: Span): number {
  const range = ranges.find((candidate) => from === `now-${candidate}` && to === 'now');
  if (!range) return Date.parse(to) - Date.parse(from);
  return Number.parseInt(range, 10) * unitMs[range.endsWith('h') ? 'h' : 'd'];
}
