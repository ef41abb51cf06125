import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { type StoredLabel, storedLabels } from '../../domain/post.ts';
import { minuteMs } from '../../lib/duration.ts';
import { numeric, query, queryOne, streamRows } from '../client/query.ts';
import type { PostKey } from './posts.ts';
import type { TimeRange } from './rollups.ts';
import { inRange, labelForBrand } from './sql.ts';

/** Filter of a search. */
export interface PostFilter {
  readonly label?: StoredLabel | undefined;
  readonly platform?: string | undefined;
  readonly lang?: string | undefined;
  readonly author?: string | undefined;
  readonly minConfidence?: number | undefined;
  readonly maxConfidence?: number | undefined;
}

/** `*` is all posts; with several brands, posts that name any of them. */
export type BrandSelection = string | readonly string[];

type Conditions = Readonly<Partial<Record<keyof PostFilter, string>>>;

const rollupConditions: Conditions = { platform: 'r.platform = {platform:String}', lang: 'r.lang = {lang:String}' };

const postConditions: Conditions = {
  label: `${labelForBrand('{brand:String}')} = {label:String}`,
  platform: 'p.platform = {platform:String}',
  lang: 'p.lang = {lang:String}',
  author: "(p.author_id = {author:String} OR lowerUTF8(trim(LEADING '@' FROM p.author_handle)) = {handle:String})",
  minConfidence: 'p.confidence >= {minConfidence:Float32}',
  maxConfidence: 'p.confidence <= {maxConfidence:Float32}',
};
const conditionsForBrands: Conditions = {
  ...postConditions,
  label: `arrayExists(brand -> has(p.brands, brand) AND ${labelForBrand('brand')} = {label:String}, {brands:Array(String)})`,
};

/** SQL conditions for the fields set in the filter. */
function toConditions(filter: PostFilter, conditions: Conditions): string {
  return Object.entries(conditions)
    .filter(([name]) => filter[name as keyof PostFilter] !== undefined) // the names are those of PostFilter
    .map(([, condition]) => ` AND ${condition}`)
    .join('');
}

const hasBrand = "({brand:String} = '*' OR has(p.brands, {brand:String}))";
const inMilliseconds = 'toUnixTimestamp64Milli(p.created_at) >= {fromMs:Int64} AND toUnixTimestamp64Milli(p.created_at) < {toMs:Int64}';
const engagement = 'p.likes + p.reposts + p.replies';
const brandParams = (brand: BrandSelection): object => (typeof brand === 'string' ? { brand } : { brands: brand });

/** The text as `foldText` folds it; a test compares the two. */
export const foldedText = `if(isValidASCII(p.text),
  replaceRegexpAll(lower(p.text), '[\t-\r ]+', ' '),
  replaceRegexpAll(normalizeUTF8NFC(replaceAll(replaceAll(lowerUTF8(upperUTF8(
    replaceRegexpAll(
      replaceRegexpAll(normalizeUTF8NFKD(p.text), '[\u0300-\u036f\u0640\u064b-\u065f\u0670\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]+', ''),
      '[\u2018\u2019\u02bc]', '\\'')
  )), 'ς', 'σ'), '\u0671', '\u0627')), '[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' '))`;

/** A 15-minute bucket (its start in seconds since 1970) and its number of posts. */
export interface BucketVolume {
  readonly start: number;
  readonly posts: number;
}

/**
 * The newest 15-minute buckets in a range with matching posts; a post that names several of the brands counts once for
 * each. Buckets with a stale rollup are included with 0 posts. Restricting the search to them avoids a full scan.
 */
export function readBucketVolumes(
  reader: ClickHouseClient,
  { brand, ...filter }: PostFilter & { readonly brand: BrandSelection },
  range: TimeRange & { readonly limit: number },
): Promise<BucketVolume[]> {
  const volume = filter.label ? `r.${filter.label}` : 'r.negative + r.neutral + r.positive + r.unscored';
  const brandCondition = typeof brand === 'string' ? 'r.brand = {brand:String}' : 'r.brand IN {brands:Array(String)}';
  const sql = `
  SELECT toUnixTimestamp(q.bucket) AS start, sum(q.posts) AS posts
  FROM (
    SELECT r.bucket AS bucket, sum(${volume}) AS posts
    FROM rollup_15m AS r FINAL
    WHERE ${brandCondition} AND ${inRange('r.bucket')}${toConditions(filter, rollupConditions)}
    GROUP BY bucket
    HAVING posts > 0
    UNION ALL
    SELECT toStartOfFifteenMinutes(m.minute) AS bucket, 0 AS posts
    FROM (
      SELECT minute FROM rollup_dirty_minutes
      WHERE ${inRange('minute')}
      GROUP BY minute
      HAVING max(marked_at) > max(rollup_15m_done)
    ) AS m
  ) AS q
  GROUP BY q.bucket
  ORDER BY q.bucket DESC
  LIMIT {limit:UInt32}`;
  const { platform = '', lang = '' } = filter;
  return query(reader, z.object({ start: numeric, posts: numeric }), sql, { ...brandParams(brand), platform, lang, ...range });
}

const orders = {
  time: ['toUnixTimestamp64Milli(p.created_at), p.platform, p.id', '{beforeMs:Int64}, {beforePlatform:String}, {beforeId:String}'],
  engagement: [
    `${engagement}, toUnixTimestamp64Milli(p.created_at), p.platform, p.id`,
    '{beforeEngagement:UInt64}, {beforeMs:Int64}, {beforePlatform:String}, {beforeId:String}',
  ],
} as const;

/** A post in the order of a search. */
export type FoundKey = PostKey & { readonly engagement: number };

export interface KeySearch {
  readonly sort: keyof typeof orders;
  /** RE2 patterns that the folded text must all match. */
  readonly patterns: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Only posts after this one in the order. */
  readonly before: PostKey & { readonly engagement?: number | undefined };
  readonly limit: number;
  /** Starts of 15-minute buckets (seconds since 1970): only posts in these. */
  readonly buckets?: readonly number[] | undefined;
}

/** Keys of matching posts, in order. */
export function findPostKeys(
  reader: ClickHouseClient,
  { brand, ...filter }: PostFilter & { readonly brand: BrandSelection },
  search: KeySearch,
): Promise<FoundKey[]> {
  const { author = '', platform = '', lang = '', minConfidence = 0, maxConfidence = 1 } = filter;
  const { patterns, fromMs, toMs, before, limit, buckets } = search;
  const params = {
    ...brandParams(brand),
    ...(filter.label && { label: filter.label }),
    ...{ platform, lang, minConfidence, maxConfidence, author, handle: author.replace(/^@/, '').toLowerCase() },
    from: Math.floor(fromMs / minuteMs) * 60,
    to: Math.min(2 ** 32 - 1, Math.ceil(toMs / 1_000)),
    ...{ fromMs, toMs, limit, beforeMs: before.createdAtMs, beforePlatform: before.platform, beforeId: before.id },
    beforeEngagement: before.engagement ?? 0,
    ...(buckets && { buckets }),
    ...Object.fromEntries(patterns.map((pattern, index) => [`pattern${index}`, pattern])),
  };
  return query(
    reader,
    z.object({ createdAtMs: numeric, platform: z.string(), id: z.string(), engagement: numeric }),
    selectPostKeys(filter, { sort: search.sort, patterns: patterns.length, inBuckets: !!buckets, forBrands: typeof brand !== 'string' }),
    params,
  );
}

interface KeyStatement {
  readonly sort: keyof typeof orders;
  readonly patterns: number;
  readonly inBuckets: boolean;
  readonly forBrands: boolean;
}

function selectPostKeys(filter: PostFilter, { sort, inBuckets, forBrands, ...statement }: KeyStatement): string {
  const [order, before] = orders[sort];
  const patterns = Array.from({ length: statement.patterns }, (_, index) => ` AND match(${foldedText}, {pattern${index}:String})`);
  const buckets = `
    AND p.minute IN (
      SELECT q.bucket + toIntervalMinute(arrayJoin(range(15)))
      FROM (SELECT toDateTime(arrayJoin({buckets:Array(UInt32)}), 'UTC') AS bucket) AS q
    )`;
  return `
  SELECT toUnixTimestamp64Milli(p.created_at) AS createdAtMs, p.platform AS platform, p.id AS id, ${engagement} AS engagement
  FROM ${filter.label ? 'effective_posts AS p' : 'posts AS p FINAL'}
  WHERE NOT p.deleted AND ${inRange('p.minute')}${inBuckets ? buckets : ''}
    AND ${inMilliseconds}
    AND (${order}) < (${before})
    AND ${forBrands ? 'hasAny(p.brands, {brands:Array(String)})' : hasBrand}${toConditions(filter, forBrands ? conditionsForBrands : postConditions)}${patterns.join('')}
  ORDER BY (${order}) DESC
  LIMIT {limit:UInt32}`;
}

/** Filter of a sample. Brand `*`: all posts. */
export interface SampleFilter {
  readonly brand: string;
  readonly platform?: string | undefined;
  readonly lang?: string | undefined;
}

/** Scored posts of a brand in the 15-minute buckets that begin in a range. */
export async function countScored(reader: ClickHouseClient, { brand, ...filter }: SampleFilter, range: TimeRange): Promise<number> {
  const sql = `
  SELECT sum(r.negative + r.neutral + r.positive) AS posts
  FROM rollup_15m AS r FINAL
  WHERE r.brand = {brand:String} AND ${inRange('r.bucket')}${toConditions(filter, rollupConditions)}`;
  const { platform = '', lang = '' } = filter;
  return (await queryOne(reader, z.object({ posts: numeric }), sql, { brand, platform, lang, ...range }))?.posts ?? 0;
}

const sampledPost = z.object({
  ...{ platform: z.string(), id: z.string(), createdAtMs: numeric, label: z.enum(storedLabels).exclude(['unscored']) },
  ...{ lang: z.string(), engagement: numeric, text: z.string(), url: z.string() },
});
export type SampledPost = z.output<typeof sampledPost>;

/** The effective label, as in the view effective_posts, which does not support PREWHERE. */
const effectiveLabel = `if(c.correction = 'none', ${labelForBrand('{brand:String}')}, toString(c.correction))`;

/**
 * Scored posts of a brand in a range, in batches as they arrive, each with at most the first 1,000 characters of its
 * text. `threshold` (of 2^32) selects posts by a hash of their key: the same ones every time. The hash depends on the
 * key alone, so it can be tested before versions are merged.
 */
export function sampleScored(
  reader: ClickHouseClient,
  { brand, ...filter }: SampleFilter,
  bounds: TimeRange & { readonly fromMs: number; readonly toMs: number; readonly threshold: number; readonly limit: number },
): AsyncGenerator<SampledPost[]> {
  const sql = `
  SELECT p.platform AS platform, p.id AS id, toUnixTimestamp64Milli(p.created_at) AS createdAtMs, ${effectiveLabel} AS label, p.lang AS lang,
    toFloat64(${engagement}) AS engagement, substringUTF8(p.text, 1, 1000) AS text, p.url AS url
  FROM posts AS p FINAL
  LEFT JOIN (
    SELECT minute, platform, id, correction FROM corrections FINAL WHERE ${inRange('minute')}
  ) AS c ON c.minute = p.minute AND c.platform = p.platform AND c.id = p.id
  PREWHERE bitAnd(cityHash64(p.platform, p.id), 4294967295) < {threshold:UInt64}
  WHERE NOT p.deleted AND ${effectiveLabel} != 'unscored' AND ${inRange('p.minute')}
    AND ${inMilliseconds}
    AND ${hasBrand}${toConditions(filter, postConditions)}
  LIMIT {limit:UInt32}`;
  const { platform = '', lang = '' } = filter;
  return streamRows(reader, sampledPost, sql, { brand, platform, lang, ...bounds });
}
