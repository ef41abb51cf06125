import type { ViewState } from './state/view-state.ts';

/** Converts between timestamps and local times: `datetime-local` inputs have no time zone. */

/** `2026-11-23T09:30`, the value of a `datetime-local` input. */
export function toLocalTime(ms: number, timeZone: string): string {
  const { year, month, day, hour, minute } = formatParts(ms, timeZone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/**
 * The timestamp of a local time, in ms since 1970. An ambiguous time (clocks set back) resolves to the first of the two; a
 * skipped time (clocks set forward) is shifted by the gap: 02:30 becomes 03:30. Undefined if it cannot be parsed.
 */
export function fromLocalTime(local: string, timeZone: string): number | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offsets a day before and a day after: one of the two is in effect.
  const candidates = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => asUtc - offsetAt(near, timeZone));
  return candidates.find((ms) => toLocalTime(ms, timeZone) === local.slice(0, 16)) ?? candidates[0];
}

function offsetAt(ms: number, timeZone: string): number {
  return Date.parse(`${toLocalTime(ms, timeZone)}Z`) - Math.floor(ms / 60_000) * 60_000;
}

function formatParts(ms: number, timeZone: string): Record<Intl.DateTimeFormatPartTypes, string> {
  const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en', { ...numeric, hourCycle: 'h23', timeZone });
  return Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value])) as Record<
    Intl.DateTimeFormatPartTypes,
    string
  >; // the parts that the format requests
}

/** A range as part of a file name: `24h`, or its start and end, without the time of day where that is midnight. */
export function describeRangeForFile({ preset, customRange }: Pick<ViewState, 'preset' | 'customRange'>, timeZone: string): string {
  if (!customRange) return preset;
  return [customRange.from, customRange.to].map((end) => toLocalTime(Date.parse(end), timeZone).replace('T00:00', '')).join(' to ');
}
