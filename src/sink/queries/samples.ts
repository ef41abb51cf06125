import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { storedLabels } from '../../domain/post.ts';
import { numeric, queryOne, streamRows } from '../client/query.ts';
import { engagement, hasBrand, inMilliseconds, postConditions, rollupConditions, toConditions } from './post-conditions.ts';
import type { TimeRange } from './rollups.ts';
import { inRange, labelForBrand } from './sql.ts';

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
