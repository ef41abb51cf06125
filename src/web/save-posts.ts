import { fetchPosts, type ShownPost } from './api/history.ts';
import { fileName, rangeFileName, saveCsv } from './export-file.ts';
import { formatWhole } from './format.ts';
import type { Brands, PostFilter, Span } from './state/view-state.ts';

const pageSize = 1_000;
const mostSaved = 10_000;
const patienceMs = 60_000;

const columns: readonly (readonly [string, (post: ShownPost) => string | number | undefined])[] = [
  ['created', ({ createdAt }) => createdAt],
  ['platform', ({ platform }) => platform],
  ['id', ({ id }) => id],
  ['author', ({ author }) => author?.handle ?? author?.name],
  ['followers', ({ author }) => author?.followers],
  ['brands', ({ brands }) => brands.join('; ')],
  ['label', ({ label }) => label],
  ['negative', ({ negative }) => negative],
  ['neutral', ({ neutral }) => neutral],
  ['positive', ({ positive }) => positive],
  ['confidence', ({ confidence }) => confidence],
  ['model', ({ modelVersion }) => modelVersion],
  ['corrected from', ({ correction }) => correction?.modelLabel],
  ['likes', ({ engagement }) => engagement?.likes],
  ['reposts', ({ engagement }) => engagement?.reposts],
  ['replies', ({ engagement }) => engagement?.replies],
  ['language', ({ lang }) => lang],
  ['url', ({ url }) => url],
  ['text', ({ text }) => text],
];

/** All posts of a slice, not only those that are on the page; at most ten thousand. Resolves to what is to be said when there are more. */
export async function savePosts(brand: Brands, span: Span, filter: PostFilter): Promise<string | undefined> {
  const posts: ShownPost[] = [];
  let before: string | null | undefined;
  const signal = AbortSignal.timeout(patienceMs);
  do {
    const page = await fetchPosts(brand, span, filter, { limit: pageSize, before: before ?? undefined }, signal);
    posts.push(...page.posts);
    before = page.next;
  } while (before && posts.length < mostSaved);
  save(rangeFileName('posts', titleOf(brand)), posts);
  return before ? `The file has the first ${formatWhole(posts.length)} posts, in the order of this list. There are more.` : undefined;
}

/** The newest posts as they are at hand, of whatever stretch of time. */
export const saveLive = (posts: readonly ShownPost[], brand: Brands): void => save(fileName('feedpulse', 'live', titleOf(brand)), posts);

function save(name: string, posts: readonly ShownPost[]): void {
  const header = columns.map(([column]) => column);
  const rows = posts.map((post) => columns.map(([, of]) => of(post)));
  saveCsv(name, header, rows);
}

/** Of several brands how many: together their names may be longer than a file's name may be. */
const titleOf = (brand: Brands): string => (brand === '*' ? 'all' : typeof brand === 'string' ? brand : `${brand.length}-brands`);
