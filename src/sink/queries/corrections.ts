import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { minuteMs } from '../../lib/duration.ts';
import { numeric, query } from '../client/query.ts';
import { boundedStatement, inRange, labelForBrand } from './sql.ts';

const postToCorrect = z.object({ minute: numeric, platform: z.string(), id: z.string(), at: z.string() });

/** Posts to correct. Times in ms since 1970; an empty value matches any post. */
export interface CorrectionFilter {
  readonly from: number;
  readonly to: number;
  readonly brand: string;
  readonly platform: string;
  readonly id: string;
  readonly lang: string;
  readonly label: string;
  readonly text: string;
  /** Only posts that have a correction. */
  readonly onlyCorrected: boolean;
}

/** Posts to correct, each with a time later than that of any correction it has. */
export function readPostsToCorrect(client: ClickHouseClient, { from, to, ...filter }: CorrectionFilter, limit: number) {
  const sql = `
  SELECT toUnixTimestamp(minute) AS minute, platform, id,
    toString(greatest(now64(6, 'UTC'), corrected_at + toIntervalMicrosecond(1))) AS at
  FROM effective_posts AS p
  WHERE NOT deleted AND ${inRange('minute')}
    AND toUnixTimestamp64Milli(created_at) >= {fromMs:Int64} AND toUnixTimestamp64Milli(created_at) < {toMs:Int64}
    AND ({platform:String} = '' OR platform = {platform:String})
    AND ({id:String} = '' OR id = {id:String})
    AND ({brand:String} = '*' OR has(brands, {brand:String}))
    AND ({lang:String} = '' OR lang = {lang:String})
    AND ({label:String} = '' OR ${labelForBrand('{brand:String}')} = {label:String})
    AND ({text:String} = '' OR positionCaseInsensitiveUTF8(text, {text:String}) > 0)
    AND ({onlyCorrected:Bool} = (correction != 'none') OR NOT {onlyCorrected:Bool})
  ORDER BY minute, platform, id
  LIMIT {limit:UInt32}
  SETTINGS ${boundedStatement}`;
  const minutes = { from: Math.floor(from / minuteMs) * 60, to: Math.ceil(to / minuteMs) * 60 };
  return query(client, postToCorrect, sql, { ...filter, ...minutes, fromMs: from, toMs: to, limit });
}

/** Minutes (seconds since 1970) of the last day's corrections. */
export async function readCorrectedMinutes(client: ClickHouseClient): Promise<number[]> {
  const sql = `
  SELECT DISTINCT toUnixTimestamp(minute) AS minute FROM corrections WHERE corrected_at >= now('UTC') - INTERVAL 1 DAY
  SETTINGS max_threads = 1`;
  return (await query(client, z.object({ minute: numeric }), sql)).map(({ minute }) => minute);
}
