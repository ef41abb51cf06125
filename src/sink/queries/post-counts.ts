import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { numeric, query } from '../client/query.ts';
import { type PostSelection, selectPosts } from './post-conditions.ts';
import { labelForBrand } from './sql.ts';

const countRow = z.object({ bucket: numeric, negative: numeric, neutral: numeric, positive: numeric, unscored: numeric });

/** Posts of a part of the range, by label. */
export type PostCount = z.output<typeof countRow>;

/** Counts the posts of a selection in parts of `bucketMs`, numbered from 0; parts without posts are omitted. Reads every post of the range. */
export function countPosts(reader: ClickHouseClient, selection: PostSelection, bucketMs: number): Promise<PostCount[]> {
  const { sql: condition, params } = selectPosts(selection);
  const label = typeof selection.brand === 'string' ? labelForBrand('{brand:String}') : 'toString(p.label)';
  const sql = `
  SELECT q.bucket AS bucket, countIf(q.label = 'negative') AS negative, countIf(q.label = 'neutral') AS neutral,
    countIf(q.label = 'positive') AS positive, countIf(q.label = 'unscored') AS unscored
  FROM (
    SELECT intDiv(toUnixTimestamp64Milli(p.created_at) - {fromMs:Int64}, {bucketMs:Int64}) AS bucket, ${label} AS label
    FROM effective_posts AS p
    WHERE ${condition}
  ) AS q
  GROUP BY q.bucket
  ORDER BY q.bucket`;
  return query(reader, countRow, sql, { ...params, bucketMs });
}
