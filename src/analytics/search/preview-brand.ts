import type { ClickHouseClient } from '@clickhouse/client';
import type { BrandConfig } from '../../config/schema.ts';
import { dayMs } from '../../lib/duration.ts';
import { foldText } from '../../lib/fold-text.ts';
import { toLocalDay } from '../../lib/time-zone.ts';
import { countMatches } from '../../sink/queries/brand-preview.ts';
import { readPosts, type StoredPost } from '../../sink/queries/posts.ts';
import { readBucketVolumes } from '../../sink/queries/search.ts';
import { toPattern } from './search-terms.ts';

const previewDays = 30;
const sampleSize = 10;
/** Of more posts, a random part is searched, so that the answer arrives within seconds. */
const maxSearched = 1_000_000;

export interface BrandPreview {
  readonly from: Date;
  readonly to: Date;
  /** Matching posts, and those of them that count for the brand already. */
  readonly posts: number;
  readonly known: number;
  /** Whether the counts are estimates from a part of the posts. */
  readonly isEstimate: boolean;
  /** Every day of the range in the time zone of the brand, as `2026-11-28`. */
  readonly days: readonly { readonly day: string; readonly posts: number }[];
  readonly examples: readonly StoredPost[];
}

/**
 * What the terms of a brand match in the stored posts of the last 30 days, as the brand matcher would.
 * @throws the database's errors
 */
export async function previewBrand(reader: ClickHouseClient, brand: BrandConfig, now: number): Promise<BrandPreview> {
  const [from, to] = [now - previewDays * dayMs, now];
  const range = { from: Math.floor(from / 60_000) * 60, to: Math.ceil(to / 60_000) * 60 };
  const stored = await countStored(reader, range);
  const share = Math.min(1, maxSearched / Math.max(1, stored));
  const include = anyOf([brand.name, ...brand.aliases]);
  const found = await countMatches(reader, {
    ...range,
    // A name may consist of characters that folding removes.
    include: include === '' ? matchesNothing : include,
    exclude: anyOf(brand.exclude),
    ...{ brand: brand.name, timeZone: brand.timeZone, limit: sampleSize, threshold: Math.ceil(share * 2 ** 32) },
  });
  const scale = (posts: number): number => Math.round(posts / share);
  const byDay = new Map(found.days);
  return {
    ...{ from: new Date(from), to: new Date(to), posts: scale(found.posts), known: scale(found.known), isEstimate: share < 1 },
    days: daysBetween(from, to, brand.timeZone).map((day) => ({ day, posts: scale(byDay.get(day) ?? 0) })),
    examples: await readPosts(reader, found.sample),
  };
}

async function countStored(reader: ClickHouseClient, range: { from: number; to: number }): Promise<number> {
  const buckets = await readBucketVolumes(reader, { brand: '*' }, { ...range, limit: 4 * 24 * (previewDays + 1) });
  return buckets.reduce((sum, { posts }) => sum + posts, 0);
}

const matchesNothing = '\\z\\A.';

/** A pattern that matches where one of the terms does; empty for no terms. */
function anyOf(terms: readonly string[]): string {
  const folded = terms.map((term) => foldText(term).trim()).filter((term) => term !== '');
  return [...new Set(folded)].map((term) => `(?:${toPattern(term, 'phrase')})`).join('|');
}

/** The days from one moment to another in a time zone, in order. */
function daysBetween(from: number, to: number, timeZone: string): string[] {
  const [first, last] = [toLocalDay(from, timeZone), toLocalDay(to, timeZone)];
  return Array.from({ length: last - first + 1 }, (_, index) => new Date((first + index) * dayMs).toISOString().slice(0, 10));
}
