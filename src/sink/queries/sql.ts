/** SQL fragments that several queries share. */

/** Limits of a background statement. Rows of one key are in one partition, so FINAL need not merge across partitions. */
export const boundedStatement = 'max_threads = 1, max_memory_usage = 400000000, do_not_merge_across_partitions_select_final = 1';

/** Rows in a range: `from` (inclusive) and `to` (exclusive) are bound in seconds since 1970. */
export const inRange = (column: string): string =>
  `${column} >= toDateTime({from:UInt32}, 'UTC') AND ${column} < toDateTime({to:UInt32}, 'UTC')`;

/** The last post of a page; the next page starts after it. */
export interface PageKey {
  /** Seconds since 1970. */
  readonly minute: number;
  readonly platform: string;
  readonly id: string;
}
export const firstPage: PageKey = { minute: 0, platform: '', id: '' };

const position = (brand: string): string => `indexOf(p.brand_sentiment_brands, ${brand})`;

/**
 * The effective label of post `p` for a brand: the brand sentiment if it has one, else the post's label. In the view
 * effective_posts, corrections are already applied.
 */
export const labelForBrand = (brand: string): string =>
  `if(${position(brand)} > 0, toString(p.brand_sentiment_labels[${position(brand)}]), toString(p.label))`;

/** The effective score of post `p` for a brand; 0 if it is unscored. */
export const scoreForBrand = (brand: string): string =>
  `if(${position(brand)} > 0, toFloat64(p.brand_sentiment_positive[${position(brand)}]) - p.brand_sentiment_negative[${position(brand)}],
    if(p.label = 'unscored', 0, toFloat64(p.score)))`;

/** Keys of posts or authors as two independent lists of parameters, so that a statement may also find other keys. */
export function keyParams(keys: readonly { readonly platform: string; readonly id: string }[]) {
  return { ids: keys.map(({ id }) => id), platforms: [...new Set(keys.map(({ platform }) => platform))] };
}
