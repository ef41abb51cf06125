import { type Config, milliseconds } from '../../config/schema.ts';

export type Retention = Config['retention'];

export const keepsEverything: Retention = { rollupMinute: '30d' };

const hourMs = 3_600_000;

/** From when on figures can be computed from raw rows, and for how long minute figures are kept (both in seconds). */
export interface Kept {
  readonly since: number;
  readonly minuteSeconds: number;
}

/** What is kept at a moment (ms since 1970): an hour less than the retention, so that no bucket is computed whose rows are just leaving. */
export function keptAt({ posts, rollupMinute }: Retention, now: number): Kept {
  const since = posts === undefined ? 0 : Math.ceil((now - milliseconds(posts) + hourMs) / 1_000);
  return { since, minuteSeconds: milliseconds(rollupMinute) / 1_000 };
}

export const keepsAll: Kept = keptAt(keepsEverything, 0);

/**
 * The creation (ms since 1970) from which on posts are taken: two hours less than the retention, so that a post that is
 * taken is counted before its bucket is closed.
 */
export function takenSince({ posts }: Retention, now: number): number {
  return posts === undefined ? 0 : now - milliseconds(posts) + 2 * hourMs;
}
