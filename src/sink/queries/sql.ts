/** SQL fragments that several queries share. */

/** Limits of a background statement. Rows of one key are in one partition, so FINAL need not merge across partitions. */
export const boundedStatement = 'max_threads = 1, max_memory_usage = 400000000, do_not_merge_across_partitions_select_final = 1';

/** Rows of a range: `from` (inclusive) and `to` (exclusive) are bound in seconds since 1970. */
export const inRange = (column: string): string =>
  `${column} >= toDateTime({from:UInt32}, 'UTC') AND ${column} < toDateTime({to:UInt32}, 'UTC')`;

const position = (brand: string): string => `indexOf(p.brand_sentiment_brands, ${brand})`;

/**
 * The label with which post `p` counts for a brand: that of the clauses about the brand if it has its own, else the
 * post's. In the view effective_posts corrections are applied already.
 */
export const labelForBrand = (brand: string): string =>
  `if(${position(brand)} > 0, toString(p.brand_sentiment_labels[${position(brand)}]), toString(p.label))`;

/** The score with which post `p` counts for a brand; 0 if it is unscored. */
export const scoreForBrand = (brand: string): string =>
  `if(${position(brand)} > 0, toFloat64(p.brand_sentiment_positive[${position(brand)}]) - p.brand_sentiment_negative[${position(brand)}],
    if(p.label = 'unscored', 0, toFloat64(p.score)))`;
