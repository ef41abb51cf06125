import type { ClickHouseClient } from '@clickhouse/client';
import type { Label } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import { yieldToEventLoop } from '../../lib/yield-to-event-loop.ts';
import { type Range, toSeconds } from '../../sink/queries/range.ts';
import { quarterRollup, selectSample, selectScored } from '../../sink/queries/reading.ts';
import { netSentiment } from '../figures/figures.ts';
import { countTerms, type Distinct } from './count-terms.ts';
import { type Picked, pickDrivers } from './pick-drivers.ts';
import type { TermKind } from './post-words.ts';

export interface DriversQuery extends Range {
  /** `*` is all posts. */
  readonly brand: string;
  /** What the brand is called: no driver of its own sentiment. */
  readonly names: readonly string[];
  readonly platform?: string | undefined;
  readonly lang?: string | undefined;
  /** Most drivers of each label. */
  readonly limit: number;
}

export interface Drivers {
  /** Scored posts of the range. Where they are a sample's, counted by quarter-hours. */
  readonly posts: number;
  /** How many of them were read. */
  readonly sampled: number;
  /** How many are left where near-duplicates count once. */
  readonly distinct: number;
  readonly negative: readonly Driver[];
  readonly positive: readonly Driver[];
}

export interface Driver {
  readonly term: string;
  readonly kind: TermKind;
  /** How far it sets the posts of this label apart from the others, in standard deviations. */
  readonly z: number;
  /** Posts of this label with the term; near-duplicates count once. */
  readonly n: number;
  /** The same with every copy. */
  readonly withCopies: number;
  /** n as a fraction of the distinct posts of this label. */
  readonly share: number;
  /** 100 · (P − N) / (P + N + U) over the distinct posts with the term. */
  readonly netSentiment: number | null;
  /** The most engaged posts of this label with the term, no two of them near-duplicates. */
  readonly examples: readonly Example[];
}

export interface Example {
  readonly platform: string;
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** At most its first 1,000 characters. */
  readonly text: string;
  readonly url?: string;
  /** Likes, reposts and replies together. */
  readonly engagement: number;
}

/** So many are read: further ones change little of what comes out on top, and would take their time. */
export const sampleSize = 8_000;
/** How long other work of this process has to wait, in milliseconds. */
const longestTurn = 10;
const mostExamples = 3;

interface Row extends Omit<Example, 'createdAt'> {
  readonly createdAtMs: number | string;
  readonly label: Label;
  readonly lang: string;
}

/**
 * The words, pairs of words, hashtags and emoji that set the negative and the positive posts of a range apart from the
 * other scored ones. A post counts once for a term, and near-duplicates with the same label count once. Of many posts
 * a sample is read, chosen by a hash of the post's key: the same question has the same answer.
 * @throws USAGE for an empty range
 */
export async function drivers(reader: ClickHouseClient, query: DriversQuery, clock: Pick<Clock, 'now'>): Promise<Drivers> {
  const breathe = createBreath(clock);
  const { posts, rows } = await readSample(reader, query, breathe);
  const table = await countTerms(rows.sort(mostEngagedFirst), query.names, breathe);
  const { negative, neutral, positive } = table.distinct;
  const of = async (label: Label): Promise<Driver[]> => {
    await yieldToEventLoop();
    return pickDrivers(table, label, query.limit).map((picked) => driverOf(picked, label, table.distinct[label]));
  };
  return {
    posts,
    sampled: rows.length,
    distinct: negative.length + neutral.length + positive.length,
    negative: await of('negative'),
    positive: await of('positive'),
  };
}

/** Waits for a turn of the event loop where this one has been long. */
function createBreath(clock: Pick<Clock, 'now'>): () => Promise<void> | undefined {
  let since = clock.now();
  return () => {
    if (clock.now() - since < longestTurn) return undefined;
    return yieldToEventLoop().then(() => {
      since = clock.now();
    });
  };
}

async function readSample(
  reader: ClickHouseClient,
  query: DriversQuery,
  breathe: () => Promise<void> | undefined,
): Promise<{ posts: number; rows: Row[] }> {
  const { brand, platform, lang, from, to } = query;
  const params = { brand, platform: platform ?? '', lang: lang ?? '', ...toSeconds(query, quarterRollup) };
  const filter = { platform, lang };
  const scored = await reader.query({ query: selectScored(filter), query_params: params, format: 'JSONEachRow' });
  const posts = Number((await scored.json<{ posts: number | string }>())[0]?.posts ?? 0);
  const share = Math.min(1, sampleSize / Math.max(1, posts));
  const bounds = { fromMs: from.getTime(), toMs: to.getTime(), threshold: Math.ceil(share * 2 ** 32), limit: 2 * sampleSize };
  const result = await reader.query({ query: selectSample(filter), query_params: { ...params, ...bounds }, format: 'JSONEachRow' });
  const rows: Row[] = [];
  for await (const part of result.stream<Row>()) {
    for (const row of part) {
      rows.push(row.json());
      const pause = breathe();
      if (pause) await pause;
    }
  }
  // The figures may be some seconds behind the posts, and have whole quarter-hours.
  return { posts: share === 1 ? rows.length : posts, rows };
}

/** The first of some near-duplicates stands for them, and the first posts with a term are its examples. */
const mostEngagedFirst = (a: Row, b: Row): number =>
  b.engagement - a.engagement || Number(a.createdAtMs) - Number(b.createdAtMs) || (a.id < b.id ? -1 : 1);

function driverOf({ term, z }: Picked, label: Label, distinct: readonly Distinct<Row>[]): Driver {
  const having = distinct.filter(({ terms }) => terms.includes(term.code));
  return {
    term: term.term.shown,
    kind: term.term.kind,
    z,
    n: term[label],
    withCopies: having.reduce((sum, { posts }) => sum + posts, 0),
    share: term[label] / distinct.length,
    netSentiment: netSentiment(term.positive, term.negative, term.neutral),
    examples: having.slice(0, mostExamples).map(({ post }) => exampleOf(post)),
  };
}

function exampleOf({ platform, id, createdAtMs, text, url, engagement }: Row): Example {
  return { platform, id, createdAt: new Date(Number(createdAtMs)).toISOString(), text, engagement, ...(url ? { url } : {}) };
}
