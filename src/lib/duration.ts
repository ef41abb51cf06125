import { z } from 'zod';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** Length of the 15-minute buckets that rollups and time zones share. */
export const bucketMs = 15 * minuteMs;

const units: Record<string, number> = { ms: 1, s: 1_000, m: minuteMs, h: hourMs, d: dayMs };

const durationFormat = 'a duration is a number and a unit: 500ms, 30s, 15m, 24h, 7d';

/** Schema of a duration: `500ms`, `30s`, `15m`, `24h`, `7d`. */
export const durationSchema = z
  .string(durationFormat)
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, durationFormat)
  .meta({ description: 'A number and a unit: 500ms, 30s, 15m, 24h, 7d' });

/** Converts a duration to milliseconds; NaN if it was not validated. */
export function toMilliseconds(value: string): number {
  const unit = value.replace(/^\d+/, '');
  return Number.parseInt(value, 10) * (units[unit] ?? Number.NaN);
}
