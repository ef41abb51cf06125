import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cursor, countMatches, type PostQuery, searchFolded, searchPosts } from '../../../src/analytics/search/search-posts.ts';
import type { ScoredPost } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { foldText } from '../../../src/lib/fold-text.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { applyCorrection } from '../../../src/sink/maintenance/corrections.ts';
import { foldedText } from '../../../src/sink/queries/post-conditions.ts';
import { createRollups, type Rollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

const hour = 3_600_000;
const now = Math.floor(Date.now() / hour) * hour;

let db: Database;
let remove: () => Promise<void>;
let rollups: Rollups;
let write: (posts: readonly ScoredPost[]) => Promise<unknown>;

const post = (id: string, hoursAgo: number, given: Partial<ScoredPost> = {}) =>
  scoredPost({ id, createdAt: new Date(now - hoursAgo * hour).toISOString(), ...given });

const heron = (id: string, hoursAgo: number, given: Partial<ScoredPost> = {}) => post(id, hoursAgo, { brands: ['Heron'], ...given });
const texts = [
  'ÇA VA? Déjà vu at the Straße café',
  'A 100% _plain_ text, with \\ and C++ (beta) [x]',
  'the data breach was bad',
  'breached by data thieves: the data, the breach',
  'ソニーの新しいカメラ',
  '#Recall now! me@heron.example',
  'the recall',
];

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  rollups = createRollups(shared);
  write = createWriter(shared).write;
  await write([
    post('1', 3),
    post('2', 2.5, { label: 'negative', confidence: 0.9, platform: 'forum' }),
    post('3', 2, { label: 'unscored', lang: 'ja', confidence: 0 }),
    post('4', 1, { author: { id: 'u7', handle: '@Inês' }, confidence: 0.7 }),
    post('5', 1, { brands: ['Kestrel', "O'Hare"], engagement: { likes: 5, reposts: 1, replies: 0 } }),
    post('6', 0.5, { brands: [], engagement: { likes: 50, reposts: 0, replies: 0 } }),
    post('7', 0.5, { deleted: true, text: '' }),
    post('old', 24 * 300, { brands: ['Kestrel', 'Seldom'] }),
    post('older', 24 * 500, { brands: ['Kestrel', 'Seldom'] }),
    ...texts.map((text, index) => heron(`t${index}`, 5 + index, { text })),
  ]);
  await rollups.catchUp();
});
afterAll(() => remove());

const ask = (given: Partial<PostQuery>) => searchPosts(db.reader, { brand: 'Kestrel', sort: 'time', limit: 50, ...given }, systemClock);
const idsOf = async (given: Partial<PostQuery>) => (await ask(given)).posts.map(({ id }) => id);

/** Every page of a question; between two pages `meanwhile` happens. */
async function pagesOf(given: Partial<PostQuery>, meanwhile: (page: number) => Promise<unknown> = async () => {}): Promise<string[]> {
  const seen: string[] = [];
  let before: Cursor | undefined;
  for (let page = 0; page < 500; page++) {
    const { posts, next } = await ask({ ...given, before });
    seen.push(...posts.map(({ platform, id }) => `${platform} ${id}`));
    if (!next) return seen;
    before = next;
    await meanwhile(page);
  }
  throw new Error('there is no end');
}

test('posts come newest first, without deleted ones, however far apart they lie', async () => {
  expect(await idsOf({})).toEqual(['5', '4', '3', '2', '1', 'old', 'older']);
  expect(await idsOf({ brand: 'Seldom' })).toEqual(['old', 'older']);
  expect(await idsOf({ brand: '*', limit: 1 })).toEqual(['6']);
  expect(await idsOf({ brand: ['Seldom', "O'Hare"] })).toEqual(['5', 'old', 'older']);
  expect(await pagesOf({ brand: ['Seldom', "O'Hare"], limit: 1 })).toEqual(['5', 'old', 'older'].map((id) => `chirper ${id}`));
  expect(await idsOf({ brand: '*', from: new Date(now - 2 * hour), to: new Date(now) })).toEqual(['6', '5', '4', '3']);
  expect((await ask({ limit: 1 })).posts[0]).toMatchObject({
    brands: ['Kestrel', "O'Hare"],
    engagement: { likes: 5, reposts: 1, replies: 0 },
  });
});

test.each<[string, Partial<PostQuery>, string[]]>([
  ['label', { label: 'negative' }, ['2']],
  ['unscored', { label: 'unscored' }, ['3']],
  ['platform', { platform: 'forum' }, ['2']],
  ['language', { lang: 'ja' }, ['3']],
  ['id of the author', { author: 'u7' }, ['4']],
  ['handle', { author: '@INÊS' }, ['4']],
  ['handle without @', { author: 'inês' }, ['4']],
  ['part of a handle', { author: 'in%' }, []],
  ['confidence, both ends included', { minConfidence: 0.7, maxConfidence: 0.7, from: new Date(now - 24 * hour) }, ['5', '4', '1']],
  ['confidence from', { minConfidence: 0.71 }, ['2']],
  ['brand with a quote', { brand: "O'Hare" }, ['5']],
  ['brand that is a pattern', { brand: '%' }, []],
  ['start of the range', { from: new Date(now - 2 * hour) }, ['5', '4', '3']],
  ['end of the range', { from: new Date(now - 2 * hour), to: new Date(now - hour) }, ['3']],
])('posts are found by %s', async (_, given, ids) => {
  expect(await idsOf(given)).toEqual(ids);
});

test.each([
  ['cafe', ['t0']],
  ['ça "DEJA VU"', ['t0']],
  ['strasse', ['t0']],
  ['vu cafe plain', []],
  ['100% _plain_', ['t1']],
  ['%', ['t1']],
  ['_', []],
  ['.*', []],
  ['\\', ['t1']],
  ['c++', ['t1']],
  ['(beta)', ['t1']],
  ['[x]', ['t1']],
  ['data breach', ['t2', 't3']],
  ['"data breach"', ['t2']],
  ['"breach', ['t2', 't3']],
  ['カメラ', ['t4']],
  ['recall', ['t5', 't6']],
  ['#recall', ['t5']],
  ['@heron', []],
  ["'; DROP TABLE posts; --", []],
  ['camera OR cafe OR recall', ['t0', 't5', 't6']],
  ['recall -now', ['t6']],
  ['data -(thieves OR nothing)', ['t2']],
  ['(cafe OR plain) -beta', ['t0']],
  ['rec*', ['t5', 't6']],
  ['thief OR recalls', ['t5', 't6']],
  ['breach', ['t2', 't3']],
  ['"thieve"', []],
])('a search for %s finds what holds these words', async (text, ids) => {
  expect(await idsOf({ brand: 'Heron', text })).toEqual(ids);
});

test.each(['', '""', ' \u0000\n', '1 2 3 4 5 6 7 8 9 10 11'])('a search for %j is refused', async (text) => {
  await expect(ask({ text })).rejects.toMatchObject({ code: 'USAGE' });
});

test('the database folds texts as the brand matcher does', async () => {
  const pieces = [
    'İstanbul',
    'Straße',
    'ΣΊΣΥΦΟΣ',
    'ﬁn',
    'Ａｃｍｅ',
    '\u00a0',
    '\u2003 ',
    '’',
    'e\u0301',
    '\u00ad',
    '\u200b',
    '\ufe0f',
    'が',
    'ไทย',
    'أهلاً',
    'ٱلله',
    'مـرحبا',
    'ﻃﻔﻼً',
    'ئ',
    '😤',
    '\t\v',
    'ı',
    'ǅ',
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 })
    .map((parts) => parts.join(''));
  const samples = fc.sample(text, 3_000).map((sample) => sample.toWellFormed());
  const query = `SELECT ${foldedText} AS folded FROM (SELECT arrayJoin({samples:Array(String)}) AS text) AS p`;
  const folded = await queryRows<{ folded: string }>(db, query, { samples });
  for (const [index, sample] of samples.entries()) expect([sample, folded[index]?.folded]).toEqual([sample, foldText(sample)]);
});

test('by engagement, the most engaged come first, page by page, over a range', async () => {
  const range = { brand: '*', from: new Date(now - 4 * hour), to: new Date(now), sort: 'engagement' } as const;
  expect((await pagesOf({ ...range, limit: 2 })).map((name) => name.split(' ')[1])).toEqual(['6', '5', '4', '3', '2', '1']);
  await expect(ask({ sort: 'engagement' })).rejects.toMatchObject({ code: 'USAGE' });
  await expect(ask({ sort: 'engagement', from: new Date(now - 32 * 24 * hour) })).rejects.toMatchObject({ code: 'USAGE' });
  const { next } = await ask({ limit: 1 });
  await expect(ask({ ...range, before: next ?? undefined })).rejects.toMatchObject({ code: 'USAGE' });
});

test('a post is found before its figures are computed', async () => {
  await write([post('late', 24 * 100, { brands: ['Quick'] })]);
  expect(await idsOf({ brand: 'Quick' })).toEqual(['late']);
  await rollups.catchUp();
  expect(await idsOf({ brand: 'Quick' })).toEqual(['late']);
});

test('page by page every post that was there comes once, whatever is added, edited and deleted meanwhile', async () => {
  const moments = Array.from({ length: 300 }, (_, index) => (index < 100 ? 10 : 10 + index / 7));
  const given = moments.map((hoursAgo, index) =>
    post(`p${index % 150}`, hoursAgo, { platform: index < 150 ? 'chirper' : 'forum', brands: ['Marlow'] }),
  );
  await write(given);
  let meanwhile = 0;
  const disturb = async () => {
    meanwhile += 1;
    const edited = given[(meanwhile * 37) % given.length] ?? post('none', 1);
    await write([
      post(`new ${meanwhile}`, 10 + (meanwhile % 40), { platform: ['a', 'chirper', 'z'][meanwhile % 3] ?? 'a', brands: ['Marlow'] }),
      // An edit that claims another time stays where the post was first seen.
      {
        ...edited,
        text: 'edited',
        label: 'negative',
        createdAt: new Date(now).toISOString(),
        updatedAt: new Date(now + meanwhile).toISOString(),
      },
    ]);
    if (meanwhile % 5 === 0) await rollups.catchUp();
  };
  const seen = await pagesOf({ brand: 'Marlow', limit: 12 }, disturb);
  expect(meanwhile).toBeGreaterThan(20);
  expect(new Set(seen).size).toBe(seen.length);
  expect(given.map(({ platform, id }) => `${platform} ${id}`).filter((name) => !seen.includes(name))).toEqual([]);
});

test('a search that takes long hands over what it has, and goes on with the next page', async () => {
  let time = now;
  const hurried = { now: () => (time += 3_000) };
  const seen: string[] = [];
  let before: Cursor | undefined;
  let pages = 0;
  do {
    const page = await searchPosts(
      db.reader,
      { brand: 'Marlow', text: 'lovely', label: 'positive', sort: 'time', limit: 1_000, before },
      hurried,
    );
    seen.push(...page.posts.map(({ id, platform }) => `${platform} ${id}`));
    before = page.next ?? undefined;
    pages += 1;
  } while (before && pages < 50);
  expect(pages).toBeLessThan(50);
  expect(seen.sort()).toEqual((await pagesOf({ brand: 'Marlow', text: 'lovely', label: 'positive', limit: 1_000 })).sort());
  expect(seen.length).toBeGreaterThan(150);
});

test('a search that finds nothing comes to its end, however many posts lie in one quarter-hour', async () => {
  let time = now;
  const hurried = { now: () => (time += 3_000) };
  let before: Cursor | undefined;
  let pages = 0;
  do {
    const page = await searchPosts(db.reader, { brand: 'Marlow', text: 'nowhere', sort: 'time', limit: 1, before }, hurried);
    expect(page.posts).toEqual([]);
    before = page.next ?? undefined;
    pages += 1;
  } while (before && pages < 50);
  expect(pages).toBeGreaterThan(1);
  expect(pages).toBeLessThan(50);
});

test('of several brands, a post has the label of what it says of the one that is asked about', async () => {
  const of = (brand: string, label: 'negative' | 'positive') => ({ brand, label, negative: 0.25, neutral: 0, positive: 0.75 });
  const both = { brands: ['Ibis', 'Osprey'], label: 'neutral' } as const;
  await write([
    post('apart', 0.2, { ...both, brandSentiment: [of('Ibis', 'positive'), of('Osprey', 'negative')] }),
    post('half', 0.3, { ...both, brandSentiment: [of('Osprey', 'negative')] }),
  ]);
  await rollups.catchUp();
  expect(await idsOf({ brand: 'Ibis', label: 'positive' })).toEqual(['apart']);
  expect(await idsOf({ brand: 'Ibis', label: 'neutral' })).toEqual(['half']);
  expect(await idsOf({ brand: 'Osprey', label: 'negative' })).toEqual(['apart', 'half']);
  expect(await idsOf({ brand: ['Ibis', 'Tern'], label: 'positive' })).toEqual(['apart']);
  expect(await idsOf({ brand: ['Ibis', 'Tern'], label: 'negative' })).toEqual([]);
  expect(await idsOf({ brand: '*', label: 'neutral' })).toEqual(expect.arrayContaining(['apart', 'half']));
  const [found] = (await ask({ brand: 'Ibis', label: 'positive' })).posts;
  expect(found).toMatchObject({
    label: 'neutral',
    brandSentiment: [{ brand: 'Ibis', label: 'positive', positive: 0.75 }, { brand: 'Osprey' }],
  });
  await applyCorrection(db, { posts: { platform: 'chirper', id: 'apart' }, label: 'negative', by: 'ines', reason: '' });
  expect(await idsOf({ brand: 'Ibis', label: 'negative' })).toEqual(['apart']);
  expect((await ask({ brand: 'Ibis', label: 'negative' })).posts[0]).not.toHaveProperty('brandSentiment');
});

test('in other orders, the highest rank comes first, and a cursor continues there', async () => {
  const author = (followers: number) => ({ author: { id: `${followers}`, handle: `h${followers}`, followers } });
  await write([
    post('r1', 50, { brands: ['Hobby'], confidence: 0.9, ...author(10) }),
    post('r2', 51, { brands: ['Hobby'], confidence: 0.5, ...author(100_000) }),
    post('r3', 52, { brands: ['Hobby'], confidence: 0.95, ...author(0), engagement: { likes: 3, reposts: 0, replies: 0 } }),
  ]);
  const range = { brand: 'Hobby', from: new Date(now - 60 * hour), to: new Date(now) };
  expect(await idsOf({ ...range, sort: 'reach' })).toEqual(['r2', 'r1', 'r3']);
  expect(await idsOf({ ...range, sort: 'confidence' })).toEqual(['r3', 'r1', 'r2']);
  // 0.5 × (1 + ln 100,001) = 6.3; 0.9 × (1 + ln 11) = 3.1; 0.95 × (1 + ln 4) = 2.3
  expect(await idsOf({ ...range, sort: 'impact' })).toEqual(['r2', 'r1', 'r3']);
  expect((await pagesOf({ ...range, sort: 'impact', limit: 1 })).map((name) => name.split(' ')[1])).toEqual(['r2', 'r1', 'r3']);
  expect(await idsOf({ ...range, excludedHandles: ['h10'] })).toEqual(['r2', 'r3']);
  expect(await idsOf({ ...range, onlyHandles: ['h10', 'h0'] })).toEqual(['r1', 'r3']);
});

test('near-duplicates on a page are folded, each post is on one page, and all are counted', async () => {
  const statement = 'Customers who were charged twice will be repaid in full by the end of the week';
  const others = ['the parcel never arrived and support hung up on me', 'lovely shop, friendly people and quick delivery today'];
  const at = (index: number) => 70 + index / 10;
  await write([
    ...Array.from({ length: 6 }, (_, index) =>
      post(`s${index}`, at(2 * index), { brands: ['Merlin'], text: `${statement} https://example.com/${index}`, label: 'negative' }),
    ),
    ...others.map((text, index) => post(`o${index}`, at(1 + 4 * index), { brands: ['Merlin'], text, label: 'positive' })),
  ]);
  await rollups.catchUp();
  const query: PostQuery = { brand: 'Merlin', sort: 'time', limit: 2 };
  const first = await searchFolded(db.reader, query, systemClock);
  expect(first.posts.map(({ id, similar }) => [id, similar?.count, similar?.posts.map((other) => other.id)])).toEqual([
    ['s0', 2, ['s1', 's2']],
    ['o0', undefined, undefined],
  ]);
  const second = await searchFolded(db.reader, { ...query, before: first.next ?? undefined }, systemClock);
  expect(second.posts.map(({ id, similar }) => [id, similar?.count])).toEqual([
    ['o1', undefined],
    ['s3', 2],
  ]);
  expect(second.next).toBeNull();
  const counts = await countMatches(db.reader, { brand: 'Merlin', from: new Date(now - 80 * hour), to: new Date(now - 60 * hour) });
  expect(counts.total).toBe(8);
  expect(counts.buckets.reduce((sum, { negative }) => sum + negative, 0)).toBe(6);
  expect(counts.buckets.length).toBeGreaterThan(1);
  const some = await countMatches(db.reader, {
    ...{ brand: ['Merlin', 'Hobby'], text: 'charge -parcel', label: 'negative' },
    ...{ from: new Date(now - 80 * hour), to: new Date(now - 60 * hour) },
  });
  expect(some.total).toBe(6);
  const tooLong = { brand: '*', from: new Date(now - 24 * 93 * hour), to: new Date(now) };
  await expect(countMatches(db.reader, tooLong)).rejects.toMatchObject({ code: 'USAGE' });
});
