/** Between moments and the clock on a wall somewhere: fields for times know no zone. */

/** `2026-11-23T09:30`, as a field for times takes it. */
export function toLocalTime(ms: number, timeZone: string): string {
  const { year, month, day, hour, minute } = partsOf(ms, timeZone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/**
 * Ms since 1970 of a time on the wall; where clocks are put back, the first of the two. A time that
 * clocks leave out is as long after the last one before it: 02:30 is 03:30. Undefined for no time.
 */
export function toUtc(local: string, timeZone: string): number | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offset before and after any change of the clocks near it; one of the two leads there.
  const candidates = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => asUtc - offsetAt(near, timeZone));
  return candidates.find((ms) => toLocalTime(ms, timeZone) === local.slice(0, 16)) ?? candidates[0];
}

function offsetAt(ms: number, timeZone: string): number {
  return Date.parse(`${toLocalTime(ms, timeZone)}Z`) - Math.floor(ms / 60_000) * 60_000;
}

function partsOf(ms: number, timeZone: string): Record<Intl.DateTimeFormatPartTypes, string> {
  const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en', { ...numeric, hourCycle: 'h23', timeZone });
  return Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value])) as Record<
    Intl.DateTimeFormatPartTypes,
    string
  >; // the parts that the format asks for
}
