import { z } from 'zod';

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Schema of a duration: `500ms`, `30s`, `15m`, `24h`, `7d`. */
export const duration = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'a duration is a number and a unit: 500ms, 30s, 15m, 24h, 7d')
  .meta({ description: 'A number and a unit: 500ms, 30s, 15m, 24h, 7d' });

/** Converts a validated duration to milliseconds. */
export function milliseconds(value: string): number {
  const unit = value.replace(/^\d+/, '');
  return Number.parseInt(value, 10) * (units[unit] ?? Number.NaN);
}
