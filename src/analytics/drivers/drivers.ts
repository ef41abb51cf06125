import type { ClickHouseClient } from '@clickhouse/client';
import { netSentiment } from '../../domain/label-counts.ts';
import type { Label } from '../../domain/post.ts';
import { createYielder } from '../../lib/yield-to-event-loop.ts';
import { type Range, toSeconds } from '../../sink/queries/metrics.ts';
import { rollup15m } from '../../sink/queries/rollups.ts';
import { countScored, type SampledPost, sampleScored } from '../../sink/queries/samples.ts';
import { type CountedTerm, countTerms, type DistinctPost, minPosts, type TermTable } from './count-terms.ts';
import { zScores } from './log-odds.ts';
import type { TermKind } from './term-extractor.ts';

export interface DriversQuery extends Range {
  /** `*` is all posts. */
  readonly brand: string;
  /** The brand's names, which are not reported as drivers. */
  readonly names: readonly string[];
  readonly platform?: string | undefined;
  readonly lang?: string | undefined;
  /** Maximum number of drivers per label. */
  readonly limit: number;
}

export interface Drivers {
  /** Scored posts in the range; if only a sample was read, in the range's 15-minute buckets. */
  readonly posts: number;
  /** Posts analyzed. */
  readonly sampled: number;
  /** Posts after removing near-duplicates. */
  readonly distinct: number;
  readonly negative: readonly Driver[];
  readonly positive: readonly Driver[];
}

export interface Driver {
  readonly term: string;
  readonly kind: TermKind;
  /** How strongly it distinguishes the posts of this label from the others, in standard deviations. */
  readonly z: number;
  /** Distinct posts with this label and the term; near-duplicates count once. */
  readonly posts: number;
  /** Posts with this label and the term, near-duplicates included. */
  readonly postsWithDuplicates: number;
  /** `posts` as a fraction of the distinct posts with this label. */
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

/** Maximum posts analyzed. More of them hardly change the top drivers, and take longer. */
export const sampleSize = 8_000;
/** Maximum time (ms) between two yields to the event loop. */
const yieldIntervalMs = 10;
const maxExamples = 3;

/**
 * The words, word pairs, hashtags and emoji that distinguish the negative and the positive posts of a range from its
 * other scored posts. A post counts once per term, and near-duplicates with the same label count once. Above
 * `sampleSize` posts a deterministic sample is read, selected by a hash of the post key.
 * @throws USAGE for an empty range
 */
export async function findDrivers(reader: ClickHouseClient, query: DriversQuery): Promise<Drivers> {
  const yieldToEventLoop = createYielder(yieldIntervalMs);
  const { posts, rows } = await readSample(reader, query, yieldToEventLoop);
  const table = await countTerms(rows.sort(byEngagement), query.names, yieldToEventLoop);
  const { negative, neutral, positive } = table.distinct;
  const rankDrivers = async (label: Label): Promise<Driver[]> => {
    await yieldToEventLoop();
    return pickDrivers(table, label, query.limit).map((picked) => toDriver(picked, label, table.distinct[label]));
  };
  return {
    posts,
    sampled: rows.length,
    distinct: negative.length + neutral.length + positive.length,
    negative: await rankDrivers('negative'),
    positive: await rankDrivers('positive'),
  };
}

async function readSample(
  reader: ClickHouseClient,
  { brand, platform, lang, ...range }: DriversQuery,
  yieldToEventLoop: () => Promise<void>,
): Promise<{ posts: number; rows: SampledPost[] }> {
  const filter = { brand, platform, lang };
  const seconds = toSeconds(range, rollup15m);
  const posts = await countScored(reader, filter, seconds);
  const share = Math.min(1, sampleSize / Math.max(1, posts));
  const bounds = { fromMs: range.from.getTime(), toMs: range.to.getTime(), threshold: Math.ceil(share * 2 ** 32), limit: 2 * sampleSize };
  const rows: SampledPost[] = [];
  for await (const part of sampleScored(reader, filter, { ...seconds, ...bounds })) {
    rows.push(...part);
    await yieldToEventLoop();
  }
  // The rollup may be some seconds stale, and holds whole buckets.
  return { posts: share === 1 ? rows.length : posts, rows };
}

/** The most engaged first: it represents its near-duplicates, and the first posts with a term are its examples. */
const byEngagement = (a: SampledPost, b: SampledPost): number =>
  b.engagement - a.engagement || a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);

function toDriver({ term, z }: RankedTerm, label: Label, distinct: readonly DistinctPost<SampledPost>[]): Driver {
  const matching = distinct.filter(({ terms }) => terms.includes(term.code));
  return {
    term: term.term.display,
    kind: term.term.kind,
    z,
    posts: term[label],
    postsWithDuplicates: matching.reduce((sum, { posts }) => sum + posts, 0),
    share: term[label] / distinct.length,
    netSentiment: netSentiment(term.positive, term.negative, term.neutral),
    examples: matching.slice(0, maxExamples).map(({ post }) => toExample(post)),
  };
}

function toExample({ platform, id, createdAtMs, text, url, engagement }: SampledPost): Example {
  return { platform, id, createdAt: new Date(createdAtMs).toISOString(), text, engagement, ...(url ? { url } : {}) };
}

interface RankedTerm {
  readonly term: CountedTerm;
  /** How strongly the term distinguishes the posts of a label, in standard deviations. */
  readonly z: number;
}

/** Two-sided 95% level. */
const minZ = 1.96;

/** The terms with the highest z-scores in posts of a label. Of terms that almost always occur together the longest is kept. */
function pickDrivers(table: TermTable<unknown>, label: Label, limit: number): RankedTerm[] {
  const { terms } = table;
  const scores = zScores(
    terms.map((term) => ({ inside: term[label], outside: term.negative + term.neutral + term.positive - term[label] })),
    table.totals(label),
  );
  const ranked = terms
    .map((term, index) => ({ term, z: scores[index] ?? 0 }))
    .filter(({ term, z }) => z >= minZ && term[label] >= minPosts)
    .sort((a, b) => b.z - a.z || (a.term.term.key < b.term.term.key ? -1 : 1));
  let picked: RankedTerm[] = [];
  for (const candidate of ranked) {
    const redundant = picked.filter(({ term }) => isRedundant(term, candidate.term, label));
    const isMoreSpecific = candidate.term.term.kind === 'bigram' && redundant.every(({ term }) => term.term.kind === 'word');
    if (redundant.length === 0 && picked.length < limit) picked.push(candidate);
    if (redundant.length > 0 && isMoreSpecific) picked = [...picked.filter((ranked) => !redundant.includes(ranked)), candidate];
  }
  return picked.sort((a, b) => b.z - a.z);
}

/** Whether two terms that share a word, at least one of them a pair, almost always occur together. */
function isRedundant(a: CountedTerm, b: CountedTerm, label: Label): boolean {
  if (Math.min(a[label], b[label]) < 0.8 * Math.max(a[label], b[label])) return false;
  if (a.term.kind !== 'bigram' && b.term.kind !== 'bigram') return false;
  const words = a.term.key.split(' ');
  return b.term.key.split(' ').some((word) => words.includes(word));
}
