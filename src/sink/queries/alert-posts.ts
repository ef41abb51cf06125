import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { storedLabels } from '../../domain/post.ts';
import { minuteMs } from '../../lib/duration.ts';
import { numeric, query } from '../client/query.ts';
import { inRange, labelForBrand } from './sql.ts';

const windowPost = z.object({
  ...{ platform: z.string(), id: z.string(), createdAtMs: numeric, label: z.enum(storedLabels) },
  /** Identifies the author on the platform; empty if unknown. */
  author: z.string(),
  handle: z.string(),
  /** At most its first 1,000 characters. */
  text: z.string(),
  ...{ url: z.string(), engagement: numeric },
});

/** A post in the window of an alert. */
export type WindowPost = z.output<typeof windowPost>;

export interface WindowQuery {
  /** `*` is all posts. */
  readonly brand: string;
  /** ms since 1970; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  /** Fraction of the posts to read, 0 to 1, selected by a hash of their key: the same ones every time. */
  readonly share: number;
  readonly limit: number;
}

/** Posts of a brand in a window with their effective label, in the order of a hash of their key. @throws the database's errors */
export function readWindowPosts(reader: ClickHouseClient, { brand, from, to, share, limit }: WindowQuery): Promise<WindowPost[]> {
  const sql = `
  SELECT p.platform AS platform, p.id AS id, toUnixTimestamp64Milli(p.created_at) AS createdAtMs,
    ${labelForBrand('{brand:String}')} AS label, if(p.author_id = '', p.author_handle, p.author_id) AS author, p.author_handle AS handle,
    substringUTF8(p.text, 1, 1000) AS text, p.url AS url, toFloat64(p.likes + p.reposts + p.replies) AS engagement
  FROM effective_posts AS p
  WHERE NOT p.deleted AND ${inRange('p.minute')}
    AND toUnixTimestamp64Milli(p.created_at) >= {fromMs:Int64} AND toUnixTimestamp64Milli(p.created_at) < {toMs:Int64}
    AND ({brand:String} = '*' OR has(p.brands, {brand:String}))
    AND bitAnd(cityHash64(p.platform, p.id), 4294967295) < {threshold:UInt64}
  ORDER BY cityHash64(p.platform, p.id)
  LIMIT {limit:UInt32}`;
  const seconds = { from: Math.floor(from / minuteMs) * 60, to: Math.ceil(to / 1_000) };
  return query(reader, windowPost, sql, { brand, ...seconds, fromMs: from, toMs: to, threshold: Math.ceil(share * 2 ** 32), limit });
}
