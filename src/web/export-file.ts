import { fetchPosts, type PostResponse } from './api/history.ts';
import { type Cell, toCsv } from './csv.ts';
import { formatDecimal, formatInteger } from './format.ts';
import { view } from './state/router.ts';
import type { Brands, PostFilter, TimeRange } from './state/view-state.ts';
import { timeZone } from './state/zone.ts';
import { describeRangeForFile } from './zoned-time.ts';

/** Downloads that are created in the browser. */

/** In the format of the reader's region. Starts with a byte order mark: without it some spreadsheets do not recognize UTF-8. */
export function saveCsv(name: string, header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  save(
    `${name}.csv`,
    new Blob(['\ufeff', toCsv(header, rows, { decimalComma: formatDecimal(0.5).includes(',') })], { type: 'text/csv;charset=utf-8' }),
  );
}

/** The name of a file with data of the selected range. */
export const rangeFileName = (...parts: readonly string[]): string =>
  fileName('feedpulse', ...parts, describeRangeForFile(view.value, timeZone()));

/** A name that is valid on every file system. */
export const fileName = (...parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')).join('-') || 'feedpulse';

/** Saves a file under a name. */
export function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const pageSize = 1_000;
const maxSavedPosts = 10_000;
const timeoutMs = 60_000;

const columns: readonly (readonly [string, (post: PostResponse) => string | number | undefined])[] = [
  ['created', ({ createdAt }) => createdAt],
  ['platform', ({ platform }) => platform],
  ['id', ({ id }) => id],
  ['author', ({ author }) => author && (author.handle || author.name || author.id)],
  ['official', ({ official }) => (official ? 'yes' : undefined)],
  ['followers', ({ author }) => author?.followers],
  ['brands', ({ brands }) => brands.join('; ')],
  ['label', ({ label }) => label],
  ['negative', ({ negative }) => negative],
  ['neutral', ({ neutral }) => neutral],
  ['positive', ({ positive }) => positive],
  ['confidence', ({ confidence }) => confidence],
  ['model', ({ modelVersion }) => modelVersion],
  ['model label', ({ correction }) => correction?.modelLabel],
  ['likes', ({ engagement }) => engagement?.likes],
  ['reposts', ({ engagement }) => engagement?.reposts],
  ['replies', ({ engagement }) => engagement?.replies],
  ['stars', ({ rating }) => rating],
  ['language', ({ lang }) => lang],
  ['url', ({ url }) => url],
  ['text', ({ text }) => text],
];

/** Saves all matching posts, not only those on the page; at most ten thousand. Resolves to a notice if there are more. */
export async function savePosts(brand: Brands, range: TimeRange, filter: PostFilter): Promise<string | undefined> {
  const posts: PostResponse[] = [];
  let before: string | null | undefined;
  const signal = AbortSignal.timeout(timeoutMs);
  do {
    const page = await fetchPosts(brand, range, { ...filter, fold: 'false' }, { limit: pageSize, before: before ?? undefined }, signal);
    posts.push(...page.posts);
    before = page.next;
  } while (before && posts.length < maxSavedPosts);
  savePostsCsv(rangeFileName('posts', brandsFileName(brand)), posts);
  return before ? `Saved the first ${formatInteger(posts.length)} posts; the range has more.` : undefined;
}

/** Saves the posts of the live list. */
export const saveLivePosts = (posts: readonly PostResponse[], brand: Brands): void =>
  savePostsCsv(fileName('feedpulse', 'live', brandsFileName(brand)), posts);

function savePostsCsv(name: string, posts: readonly PostResponse[]): void {
  const header = columns.map(([column]) => column);
  const rows = posts.map((post) => columns.map(([, getValue]) => getValue(post)));
  saveCsv(name, header, rows);
}

/** The number of brands if there are several: all their names may be too long for a file name. */
const brandsFileName = (brand: Brands): string => (brand === '*' ? 'all' : typeof brand === 'string' ? brand : `${brand.length}-brands`);
