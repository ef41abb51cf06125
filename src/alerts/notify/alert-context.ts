import type { ClickHouseClient } from '@clickhouse/client';
import type { Calibrations } from '../../analytics/calibration/calibrations.ts';
import { findDrivers } from '../../analytics/drivers/drivers.ts';
import { officialHandles } from '../../config/official-accounts.ts';
import type { BrandConfig } from '../../config/schema.ts';
import type { AlertContext, AlertEvent, AlertTransition, Evaluation, ExamplePost } from '../../domain/alert.ts';
import { type Calibration, describeBasis } from '../../domain/calibration.ts';
import type { StoredLabel } from '../../domain/post.ts';
import { brandTerms } from '../../ingest/brands/brand-matcher.ts';
import { extractCopyWords, minCopyLength } from '../../lib/copy-words.ts';
import { foldText } from '../../lib/fold-text.ts';
import { normalizeHandle } from '../../lib/handle.ts';
import { publicHolidays } from '../../lib/holidays.ts';
import { createNearDuplicateIndex } from '../../lib/near-duplicates.ts';
import { toLocalDay } from '../../lib/time-zone.ts';
import { readWindowPosts, type WindowPost } from '../../sink/queries/alert-posts.ts';
import { eventsDuring } from '../calendar.ts';
import { emptyContext } from './explain.ts';

const maxDrivers = 5;
const maxExamples = 3;
/** Posts of a window that are read. */
const maxPosts = 3_000;
/** A text is the story of a window if it makes up this fraction of the posts; so are the brand's own posts. */
const storyShare = 0.5;
const notableShare = 0.1;

/** Explains the start of an alert from the posts in its window: terms, sample posts, copies. */
export function createAlertContext(deps: {
  readonly reader: ClickHouseClient;
  readonly brands: () => readonly BrandConfig[];
  /** The planned events that end after a time. */
  readonly readEvents: (since: number) => Promise<readonly AlertEvent[]>;
  readonly calibrations?: Pick<Calibrations, 'readFor'>;
}): (transition: Pick<AlertTransition, 'kind' | 'brand' | 'evaluation'>) => Promise<AlertContext> {
  const { reader, readEvents, calibrations } = deps;
  return async ({ kind, brand, evaluation }) => {
    const brands = deps.brands();
    const { timeZone = 'UTC', country } = brands.find(({ name }) => name === brand) ?? {};
    if (kind === 'resolved' || evaluation.metric === 'noData') return { ...emptyContext, timeZone };
    const { metric, from, to, posts } = evaluation;
    const names = brand === '*' ? [] : brandTerms(brand, brands);
    const labels = adverseLabels(evaluation);
    const found = await findDrivers(reader, { brand, names, from: new Date(from), to: new Date(to), limit: maxDrivers });
    const drivers = labels
      .flatMap((label) => found[label])
      .sort((a, b) => b.z - a.z)
      .slice(0, maxDrivers)
      .map(({ term }) => term);
    const share = Math.min(1, maxPosts / Math.max(1, posts));
    const sample = (await readWindowPosts(reader, { brand, from, to, share, limit: 2 * maxPosts })).filter(isCounted(evaluation));
    const official = officialAccounts(brand === '*' ? brands : brands.filter(({ name }) => name === brand));
    const groups = groupByText(sample, official);
    const events = eventsDuring(await readEvents(from), brand, evaluation);
    return {
      timeZone,
      notes: [
        ...(metric === 'netSentiment' && calibrations ? [noteCalibration((await calibrations.readFor([brand]))(brand))] : []),
        ...events.map(({ name }) => `Planned then: ${name}.`),
        ...noteHoliday(to, timeZone, country),
      ],
      drivers,
      examples: pickExamples(groups, { labels, drivers, posts: sample.length }),
      ...(sample.length > 0 && { composition: countPosts(groups, share < 1 ? posts / sample.length : 1) }),
    };
  };
}

/** Says which points the rule's threshold and the message are in. */
const noteCalibration = (calibration: Calibration): string =>
  `Net sentiment is ${describeBasis(calibration)}${calibration.basis === 'history' ? '; changes are corrected for the errors of the model, its level is not' : ''}.`;

/** A sentence about the public holiday at the end of a window, if it is one. */
function noteHoliday(to: number, timeZone: string, country: string | undefined): string[] {
  const name = country && publicHolidays(country).nameOn(toLocalDay(to - 1, timeZone));
  return name ? [`It is a public holiday: ${name}.`] : [];
}

/** The labels of the posts that explain an alert best. */
function adverseLabels({ metric, direction }: Evaluation): readonly ('negative' | 'positive')[] {
  if (metric === 'negativeVolume') return ['negative'];
  if (metric === 'netSentiment') return [direction === 'down' ? 'negative' : 'positive'];
  return ['negative', 'positive'];
}

/** Whether the metric counts a post. */
function isCounted({ metric }: Evaluation): (post: { readonly label: StoredLabel }) => boolean {
  if (metric === 'negativeVolume') return ({ label }) => label === 'negative';
  if (metric === 'netSentiment') return ({ label }) => label !== 'unscored';
  return () => true;
}

/** Tells the brands' own accounts by their handle. */
function officialAccounts(brands: readonly BrandConfig[]): (post: WindowPost) => boolean {
  const handles = new Set(officialHandles(brands));
  return ({ handle }) => handles.has(normalizeHandle(handle));
}

/** Posts with one text, the most engaged first. */
interface TextGroup {
  readonly posts: readonly (WindowPost & { readonly isOfficial: boolean })[];
  /** Whether the text is too long for different people to have written it by chance. */
  readonly isLong: boolean;
}

/** Groups posts by text, the largest group first. */
function groupByText(posts: readonly WindowPost[], isOfficial: (post: WindowPost) => boolean): TextGroup[] {
  const { assignGroup } = createNearDuplicateIndex();
  const groups = new Map<number | WindowPost, { posts: TextGroup['posts'][number][]; isLong: boolean }>();
  for (const post of posts.toSorted((a, b) => b.engagement - a.engagement || a.createdAtMs - b.createdAtMs)) {
    const { words, length } = extractCopyWords(post.text);
    // Texts without words, such as single emoji, are not compared.
    const key = words.length === 0 ? post : assignGroup(words);
    const group = groups.get(key) ?? { posts: [], isLong: length >= minCopyLength };
    group.posts.push({ ...post, isOfficial: isOfficial(post) });
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.posts.length - a.posts.length);
}

/** Counts of the window. @param scale how many posts each sampled one stands for */
function countPosts(groups: readonly TextGroup[], scale: number): NonNullable<AlertContext['composition']> {
  const count = (groups: readonly TextGroup[]): number => groups.reduce((sum, { posts }) => sum + posts.length, 0);
  const sameText = groups.find(({ isLong }) => isLong)?.posts.length ?? 0;
  const official = groups.flatMap(({ posts }) => posts).filter(({ isOfficial }) => isOfficial).length;
  return { posts: Math.round(scale * count(groups)), sameText: Math.round(scale * sameText), official: Math.round(scale * official) };
}

interface ExampleChoice {
  /** If there is one label, only its posts are chosen; of several, they are preferred to others. */
  readonly labels: readonly StoredLabel[];
  readonly drivers: readonly string[];
  /** Posts in all groups. */
  readonly posts: number;
}

/**
 * Chooses sample posts with different texts by different authors: first the text that many posts repeat, then texts with a
 * driver, then the most engaged. Posts by the brand's own accounts are chosen only if they, with their copies, are the story.
 */
function pickExamples(groups: readonly TextGroup[], { labels, drivers, posts: total }: ExampleChoice): ExamplePost[] {
  const official = groups.filter(({ posts }) => posts.some(({ isOfficial }) => isOfficial));
  const isOfficialStory = official.reduce((sum, { posts }) => sum + posts.length, 0) >= storyShare * total;
  const terms = drivers.map(foldText);
  const isExplained = ({ label }: WindowPost): boolean => labels.length > 1 || labels.some((explained) => explained === label);
  const rank = ({ posts }: TextGroup): readonly number[] => {
    const [first] = posts;
    const text = foldText(first?.text ?? '');
    const repeated = posts.length > 1 && posts.length >= notableShare * total ? posts.length : 0;
    return [
      repeated,
      Number(posts.some(({ label }) => labels.includes(label))),
      Number(terms.some((term) => text.includes(term))),
      first?.engagement ?? 0,
    ];
  };
  const authors = new Set<string>();
  const examples: ExamplePost[] = [];
  for (const { group } of groups.map((group) => ({ group, rank: rank(group) })).sort((a, b) => compareRanks(b.rank, a.rank))) {
    const post = group.posts.find((post) => isExplained(post) && !authors.has(authorKey(post)) && (!post.isOfficial || isOfficialStory));
    if (!post) continue;
    authors.add(authorKey(post));
    examples.push(toExample(post, group.posts.length));
    if (examples.length === maxExamples) break;
  }
  return examples;
}

/** Posts of unknown authors count as by different ones. */
const authorKey = ({ platform, author, id }: WindowPost): string => JSON.stringify(author === '' ? [platform, '', id] : [platform, author]);

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

const toExample = ({ platform, text, url, handle, isOfficial }: TextGroup['posts'][number], posts: number): ExamplePost => ({
  ...{ platform, text, posts },
  ...(handle && { author: handle }),
  ...(url && { url }),
  ...(isOfficial && { isOfficial }),
});
