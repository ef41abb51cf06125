import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { LabelCounts } from '../../domain/label-counts.ts';
import { labels, storedLabels } from '../../domain/post.ts';
import { numeric, query } from '../client/query.ts';
import type { TimeRange } from './rollups.ts';
import { inRange, labelForBrand } from './sql.ts';

/** Posts that people corrected, by the model's label and by theirs. Rollups count only the latter. */
export interface CorrectedPosts {
  readonly before: LabelCounts;
  readonly after: LabelCounts;
}

const correctedRow = z.object({
  ...{ brand: z.string(), minute: numeric, platform: z.string(), lang: z.string() },
  ...{ before: z.enum(storedLabels), after: z.enum(labels), posts: numeric },
});
type CorrectedRow = z.output<typeof correctedRow>;

/**
 * Corrected posts of a range with their labels before and after, by brand, minute (seconds since 1970), platform and language.
 * @param brands all brands if empty
 */
export function readCorrectedPosts(
  reader: ClickHouseClient,
  { brands, ...range }: TimeRange & { readonly brands: readonly string[] },
): Promise<CorrectedRow[]> {
  const sql = `
  SELECT e.brand AS brand, e.minute AS minute, e.platform AS platform, e.lang AS lang, e.before AS before, e.after AS after, count() AS posts
  FROM (
    SELECT arrayJoin(arrayDistinct(arrayPushFront(CAST(p.brands, 'Array(String)'), '*'))) AS brand,
      toUnixTimestamp(p.minute) AS minute, toString(p.platform) AS platform, toString(p.lang) AS lang,
      ${labelForBrand('brand')} AS before, toString(c.correction) AS after
    FROM posts AS p FINAL
    INNER JOIN (
      SELECT minute, platform, id, correction FROM corrections FINAL WHERE ${inRange('minute')} AND correction != 'none'
    ) AS c ON c.minute = p.minute AND c.platform = p.platform AND c.id = p.id
    WHERE NOT p.deleted AND p.minute IN (SELECT minute FROM corrections WHERE ${inRange('minute')})
  ) AS e
  WHERE empty({brands:Array(String)}) OR e.brand IN {brands:Array(String)}
  GROUP BY brand, minute, platform, lang, before, after`;
  return query(reader, correctedRow, sql, { ...range, brands });
}

/** Undefined if there is none. */
export function sumCorrected(rows: readonly CorrectedRow[]): CorrectedPosts | undefined {
  if (rows.length === 0) return undefined;
  const [before, after] = [
    { negative: 0, neutral: 0, positive: 0, unscored: 0 },
    { negative: 0, neutral: 0, positive: 0, unscored: 0 },
  ];
  for (const row of rows) {
    before[row.before] += row.posts;
    after[row.after] += row.posts;
  }
  return { before, after };
}
