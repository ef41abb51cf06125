import type { ViewState } from './state/view-state.ts';
import { toLocalTime } from './zoned-time.ts';

/** What stretch of time it is, as a part of a file's name: `24h`, or its ends, told without the time where that is midnight. */
export function spanName({ range, span }: Pick<ViewState, 'range' | 'span'>, timeZone: string): string {
  if (!span) return range;
  return [span.from, span.to].map((end) => toLocalTime(Date.parse(end), timeZone).replace('T00:00', '')).join(' to ');
}
