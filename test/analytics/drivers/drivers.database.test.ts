import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Drivers, findDrivers, sampleSize } from '../../../src/analytics/drivers/drivers.ts';
import { priorWeight } from '../../../src/analytics/drivers/log-odds.ts';
import type { Label, ScoredPost, StoredLabel } from '../../../src/domain/post.ts';
import { scenarioAt } from '../../../src/ingest/sources/demo/scenarios.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { postsFrom, quietBefore, strongestMoment } from '../../ingest/sources/demo/scenario-posts.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 2);
const range = { from: new Date(start), to: new Date(start + 24 * hour) };

let db: Database;
let remove: () => Promise<void>;
let number = 0;

const post = (brand: string, label: StoredLabel, text: string, given: Partial<ScoredPost> = {}) => {
  number += 1;
  return scoredPost({ id: `${number}`, createdAt: new Date(start + number * 1_000).toISOString(), brands: [brand], label, text, ...given });
};
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** Words that no other post has: without them, posts that say the same would be copies. */
const own = (index: number) => ['q', 'w', 'e', 'r', 't', 'z', 'u'].map((letter) => `${letter}${index}`).join(' ');

/** Posts of invented words, one of which correlates with a label. */
const small = times(120, (index) => {
  const label = (['negative', 'neutral', 'positive'] as const)[index % 3] ?? 'neutral';
  const words = times(4, (place) => `vob${(index * 31 + place * place * 17 + index * index * (place + 1)) % 41}`);
  return { label, text: [...words, label === 'negative' && index % 2 === 0 ? 'zorp' : 'blen'].join(', ') };
});
const viral = 'Shocking video of a melted charger, the whole family watched it burn on the kitchen table';
const hostile = '<script>alert(1)</script> \u202eevil\u202c \u0000 ruined \u001b[31m "; DROP TABLE posts; -- ruined';
const crisis = strongestMoment('crisis');

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const ofBrand = (text: string) => new RegExp(crisis.brand, 'i').test(text);
  const storyPosts = postsFrom(crisis.time, 400, ({ text, lang = 'en' }) => ofBrand(text) && lang === 'en');
  const quietPosts = postsFrom(quietBefore(crisis.time), 400, ({ text, lang = 'en' }) => ofBrand(text) && lang === 'en');
  await createWriter(shared).write([
    ...small.map(({ label, text }) => post('Small', label, text)),
    ...times(300, (index) => post('Viral', 'negative', index === 0 ? viral : `${viral} https://t.example/${index} @friend${index}`)),
    ...times(40, (index) => post('Viral', 'negative', `Late delivery again. ${own(index)}`)),
    ...times(200, (index) => post('Viral', 'positive', `Lovely camera, great colours: ${own(index)}`)),
    ...times(30, (index) => post('Hostile', 'negative', `${hostile} ${own(index)} ${own(-index)}`)),
    ...times(30, (index) => post('Hostile', 'positive', `plain and lovely ${own(index)}`)),
    ...times(60, (index) => post('Filtered', 'negative', `winter tyre${index}`, { platform: 'forum', lang: 'de' })),
    ...times(60, (index) => post('Filtered', index % 2 === 0 ? 'positive' : 'negative', `summer tyre${index}`)),
    ...times(20, () => post('Filtered', 'unscored', 'unread words')),
    ...storyPosts.map(({ text }, index) => post(crisis.brand, index % 10 === 0 ? 'neutral' : 'negative', text)),
    ...quietPosts.map(({ text }, index) =>
      post(crisis.brand, (['positive', 'neutral', 'negative'] as const)[index % 3] ?? 'neutral', text),
    ),
  ]);
  await createRollups(shared).catchUp();
});
afterAll(() => remove());

const ask = (brand: string, given: { platform?: string; lang?: string; limit?: number; names?: string[] } = {}): Promise<Drivers> =>
  findDrivers(db.reader, { brand, names: [brand], limit: 10, ...range, ...given });
const termsOf = (found: Drivers, label: 'negative' | 'positive') => found[label].map(({ term }) => term);

test('z-scores, counts, shares and net sentiment are those of a plain count', async () => {
  const wordsOf = (text: string) => new Set(text.split(', '));
  const having = (word: string, label: Label) => small.filter((one) => one.label === label && wordsOf(one.text).has(word)).length;
  const vocabulary = [...new Set(small.flatMap(({ text }) => [...wordsOf(text)]))];
  const all = (wanted: (label: Label) => boolean) =>
    small.filter(({ label }) => wanted(label)).reduce((sum, { text }) => sum + wordsOf(text).size, 0);
  const [inside, outside] = [all((label) => label === 'negative'), all((label) => label !== 'negative')];
  const weight = priorWeight({ inside, outside });
  const expected = vocabulary
    .map((word) => {
      const [negative, neutral, positive] = [having(word, 'negative'), having(word, 'neutral'), having(word, 'positive')];
      const prior = (weight * (negative + neutral + positive)) / (inside + outside);
      const logit = (y: number, n: number) => Math.log((y + prior) / (n + weight - y - prior));
      const delta = logit(negative, inside) - logit(neutral + positive, outside);
      const z = delta / Math.sqrt(1 / (negative + prior) + 1 / (neutral + positive + prior));
      const net = (100 * (positive - negative)) / (negative + neutral + positive);
      return { term: word, z: z.toFixed(6), posts: negative, share: negative / 40, netSentiment: net };
    })
    .filter(({ z, posts }) => Number(z) >= 1.96 && posts >= 3)
    .sort((a, b) => Number(b.z) - Number(a.z));
  const found = await ask('Small');
  expect(found).toMatchObject({ posts: 120, sampled: 120, distinct: 120 });
  expect(expected.length).toBeGreaterThan(0);
  expect(found.negative.map(({ term, z, posts, share, netSentiment }) => ({ term, z: z.toFixed(6), posts, share, netSentiment }))).toEqual(
    expected,
  );
});

test('the words of a crisis are found, the name of the brand and stop words are not', async () => {
  const found = await ask(crisis.brand);
  const scenario = scenarioAt(1, crisis.time)?.scenario;
  const phrases = ['event', 'happened', 'tag'].flatMap((list) => scenario?.[list] ?? []);
  const told = phrases.join(' ').toLowerCase();
  const ofScenario = termsOf(found, 'negative').filter((term) => term.split(' ').every((word) => told.includes(word)));
  expect(ofScenario.length).toBeGreaterThanOrEqual(5);
  const words = (['negative', 'positive'] as const).flatMap((label) => termsOf(found, label)).flatMap((term) => term.split(' '));
  expect(words.filter((word) => ['the', 'is', 'not', 'a', 'my', crisis.brand.toLowerCase()].includes(word))).toEqual([]);
  expect(found.negative[0]?.examples).toHaveLength(3);
});

test('three hundred near-duplicates of a viral post count once', async () => {
  const found = await ask('Viral', { limit: 100 });
  expect(found).toMatchObject({ posts: 540, sampled: 540, distinct: 241 });
  expect(termsOf(found, 'negative')).toContain('late delivery');
  expect(termsOf(found, 'negative').filter((term) => /melted|charger|kitchen|shocking/.test(term))).toEqual([]);
  expect(found.negative.find(({ term }) => term === 'late delivery')).toMatchObject({
    posts: 40,
    postsWithDuplicates: 40,
    share: 40 / 41,
    kind: 'bigram',
  });
});

test('what hostile posts hold comes out as data', async () => {
  const found = await ask('Hostile');
  expect(found.negative[0]?.posts).toBe(30);
  expect(termsOf(found, 'negative').join(' ')).toContain('ruined');
  expect(termsOf(found, 'negative').join('')).not.toMatch(/[<>"\p{Cc}\p{Bidi_Control}]/u);
  expect(found.negative[0]?.examples[0]?.text).toContain('<script>');
});

test('platform and language narrow the posts down; unscored ones never count', async () => {
  expect(await ask('Filtered')).toMatchObject({ posts: 120, sampled: 120 });
  expect(await ask('Filtered', { platform: 'forum' })).toMatchObject({ posts: 60, sampled: 60, positive: [] });
  expect(await ask('Filtered', { lang: 'de' })).toMatchObject({ posts: 60 });
  expect(await ask('*')).toMatchObject({ posts: 120 + 540 + 60 + 120 + 800 });
});

test('a brand without posts has no drivers', async () => {
  expect(await ask("x' OR '1'='1")).toEqual({ posts: 0, sampled: 0, distinct: 0, negative: [], positive: [] });
});

test('of very many posts always the same sample is read, and what drives them is found in it', async () => {
  await db.writer.command({
    query: `INSERT INTO posts (created_at, platform, id, version, text, brands, label, lang)
      SELECT toDateTime64('2026-11-02 00:00:00', 3, 'UTC') + number, 'chirper', concat('many', toString(number)), 1,
        concat(if(number % 40 = 0, 'awful outage', 'fine day'), ' ', arrayStringConcat(arrayMap(i -> concat('w', toString(cityHash64(number, i) % 900)), range(8)), ' ')),
        ['Many'], if(number % 40 = 0, 'negative', 'positive'), 'en'
      FROM numbers(40000)`,
  });
  await db.writer.command({ query: 'INSERT INTO rollup_dirty_minutes (minute) SELECT DISTINCT minute FROM posts' });
  await createRollups({ db, clock: systemClock, log: quiet, metrics: createMetrics() }).catchUp();
  const turns: number[] = [];
  let last = performance.now();
  const beat = setInterval(() => {
    turns.push(performance.now() - last);
    last = performance.now();
  }, 1);
  const found = await ask('Many');
  clearInterval(beat);
  expect(found.posts).toBe(40_000);
  expect(found.sampled).toBeGreaterThan(0.95 * sampleSize);
  expect(found.sampled).toBeLessThan(1.05 * sampleSize);
  expect(termsOf(found, 'negative')[0]).toBe('awful outage');
  expect(found.negative[0]?.share).toBe(1);
  expect(await ask('Many')).toEqual(found);
  // It takes turns with everything else of the process; a machine under load makes turns longer.
  expect(Math.max(...turns)).toBeLessThan(0.35 * turns.reduce((sum, turn) => sum + turn, 0));
  const [stored] = await queryRows<{ posts: string }>(db, "SELECT count() AS posts FROM posts FINAL WHERE has(brands, 'Many')");
  expect(Number(stored?.posts)).toBe(40_000);
});
