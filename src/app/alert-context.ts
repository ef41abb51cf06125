import type { ClickHouseClient } from '@clickhouse/client';
import type { AlertContext, ExamplePost } from '../alerts/notify/message.ts';
import { type Driver, findDrivers } from '../analytics/drivers/drivers.ts';
import { searchPosts } from '../analytics/search/search-posts.ts';
import type { BrandConfig } from '../config/schema.ts';
import type { AlertTransition } from '../domain/alert.ts';
import type { Label } from '../domain/post.ts';
import { brandTerms } from '../ingest/brands/brand-matcher.ts';
import type { Clock } from '../lib/clock.ts';
import { foldText } from '../lib/fold-text.ts';
import { createNearDuplicateIndex } from '../lib/near-duplicates.ts';

const maxDrivers = 5;
const maxExamples = 3;
/** Candidates for sample posts, by engagement. */
const maxCandidates = 60;

/** Finds drivers and sample posts for the start of an alert. */
export function createAlertContext(deps: {
  readonly reader: ClickHouseClient;
  readonly brands: readonly BrandConfig[];
  readonly clock: Clock;
}): (transition: AlertTransition) => Promise<AlertContext> {
  const { reader, brands, clock } = deps;
  return async ({ kind, brand, evaluation }) => {
    if (kind === 'resolved' || evaluation.metric === 'noData') return { drivers: [], examples: [] };
    const names = brand === '*' ? [] : brandTerms(brand, brands);
    const range = { from: new Date(evaluation.from), to: new Date(evaluation.to) };
    const found = await findDrivers(reader, { brand, names, ...range, limit: maxDrivers });
    const labels = labelsOf(evaluation);
    const picked = labels
      .flatMap((label) => found[label])
      .sort((a, b) => b.z - a.z)
      .slice(0, maxDrivers);
    const label = labels.length === 1 ? labels[0] : undefined;
    const examples = topExamples(picked);
    if (examples.length >= maxExamples) return { drivers: picked.map(({ term }) => term), examples };
    const { posts } = await searchPosts(reader, { brand, ...range, label, sort: 'engagement', limit: maxCandidates }, clock);
    return { drivers: picked.map(({ term }) => term), examples: dropNearDuplicates(posts) };
  };
}

function labelsOf({ metric, direction }: AlertTransition['evaluation']): Exclude<Label, 'neutral'>[] {
  if (metric === 'negativeVolume') return ['negative'];
  if (metric === 'netSentiment') return [direction === 'down' ? 'negative' : 'positive'];
  return ['negative', 'positive'];
}

/** Sample posts of the drivers by engagement, each once. The examples of one driver contain no near-duplicates. */
function topExamples(picked: readonly Driver[]): ExamplePost[] {
  const posts = new Map(picked.flatMap(({ examples }) => examples).map((post) => [`${post.platform} ${post.id}`, post]));
  return [...posts.values()]
    .sort((a, b) => b.engagement - a.engagement)
    .slice(0, maxExamples)
    .map(toExample);
}

/** The first posts, skipping near-duplicates of earlier ones. */
function dropNearDuplicates(posts: readonly ExamplePost[]): ExamplePost[] {
  const { assignGroup } = createNearDuplicateIndex();
  const wordIds = new Map<string, number>();
  const wordId = (word: string): number => {
    const known = wordIds.get(word) ?? wordIds.size + 1;
    wordIds.set(word, known);
    return known;
  };
  const seen = new Set<number>();
  const isNew = ({ text }: ExamplePost): boolean => {
    const group = assignGroup(foldText(text).split(' ').map(wordId));
    if (seen.has(group)) return false;
    seen.add(group);
    return true;
  };
  return posts.filter(isNew).slice(0, maxExamples).map(toExample);
}

const toExample = ({ platform, text, url }: ExamplePost): ExamplePost => ({ platform, text, ...(url && { url }) });
