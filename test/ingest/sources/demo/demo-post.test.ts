import { describe, expect, test } from 'vitest';
import { configSchema } from '../../../../src/config/schema.ts';
import type { Post } from '../../../../src/domain/post.ts';
import { createBrandMatcher } from '../../../../src/ingest/brands/brand-matcher.ts';
import { compileMapping, parseMessage } from '../../../../src/ingest/mapping/parse-message.ts';
import { brandProfiles, demoBrands } from '../../../../src/ingest/sources/demo/demo-brands.ts';
import { createDemoPost } from '../../../../src/ingest/sources/demo/demo-post.ts';
import { ambiguousText } from '../../../../src/ingest/sources/demo/post-text.ts';
import { scenarioAt } from '../../../../src/ingest/sources/demo/scenarios.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { postsFrom, quietBefore, strongestMoment } from './scenario-posts.ts';

const start = Date.UTC(2026, 4, 4);

/** One post a minute and a bit, for about three weeks. */
const posts = Array.from({ length: 20_000 }, (_, index) => createDemoPost(1, start + index * 97_000, index % 7));
const quiet = (_: Post, index: number) => scenarioAt(1, start + index * 97_000) === undefined;
const wordsOf = ({ text }: Post) => text.split(/\s+/);
const shareOf = (some: readonly Post[], wanted: (post: Post) => boolean) => some.filter(wanted).length / some.length;

describe('demoPost', () => {
  test('is the same for the same seed, time and number, and different otherwise', () => {
    expect(posts.slice(0, 500)).toEqual(Array.from({ length: 500 }, (_, index) => createDemoPost(1, start + index * 97_000, index % 7)));
    const { text } = createDemoPost(1, start, 0);
    for (const other of [createDemoPost(2, start, 0), createDemoPost(1, start + 1, 0), createDemoPost(1, start, 1)])
      expect(other.text).not.toBe(text);
  });

  test('has a unique id', () => {
    expect(new Set(posts.map(({ id }) => id)).size).toBe(posts.length);
    expect(new Set(Array.from({ length: 500 }, (_, number) => createDemoPost(1, start, number).id)).size).toBe(500);
  });

  test('is valid input of a source', () => {
    const mapping = compileMapping(configSchema.parse({}).mapping);
    for (const post of posts.slice(0, 500)) {
      const message = { bytes: JSON.stringify(post), timestamp: start };
      expect(parseMessage(message, mapping, start + 100 * 86_400_000)).toEqual({ posts: [post] });
    }
  });
});

describe('texts', () => {
  test.each([
    ['an unfilled slot', /[{}|]|undefined|null/],
    ['double punctuation', /(?<!\.)\.\.(?!\.)|[!?][.,]|,[.!?]|\.,|\.{4}/],
    ['a space before punctuation', / [.,!?](?= |$)/],
    ['double spaces', / {2}|^ | $/],
    ['a wrong article', /\ba (?:[aeio]\w+)\b(?<!\ba (?:one|once)\w*)|\ban [bcdfgjklmnpqrstvwxyz]\w+/i],
    ['a repeated word', /(?<!-)\b([a-z]{2,}) \1\b/i],
  ])('never have %s', (_, blemish) => {
    expect(posts.filter(({ lang, text }) => lang === 'en' && blemish.test(text)).map(({ text }) => text)).toEqual([]);
  });

  test('have 3 to 60 words', () => {
    const english = posts.filter(({ lang }) => lang === 'en');
    expect(english.filter((post) => wordsOf(post).length < 3 || wordsOf(post).length > 60).map(({ text }) => text)).toEqual([]);
  });

  test('rarely repeat: fewer than 1 % of 10,000 English posts of ordinary hours', ({ annotate }) => {
    const texts = posts
      .filter(quiet)
      .filter(({ lang }) => lang === 'en')
      .slice(0, 10_000)
      .map(({ text }) => text);
    expect(texts).toHaveLength(10_000);
    const repeated = 1 - new Set(texts).size / texts.length;
    annotate(`${(repeated * 100).toFixed(2)} % repeated`);
    expect(repeated).toBeLessThan(0.01);
  });

  test('come from several platforms and languages and many authors', () => {
    const kinds = (of: (post: Post) => string | undefined) => new Set(posts.map(of)).size;
    expect(kinds(({ platform }) => platform)).toBe(5);
    expect(kinds(({ lang }) => lang)).toBe(7);
    expect(kinds(({ author }) => author?.id)).toBeGreaterThan(1_000);
    expect(shareOf(posts, ({ lang }) => lang === 'en')).toBeGreaterThan(0.6);
  });

  test('follow the style of their platform', () => {
    const on = (platform: string) => posts.filter((post) => post.platform === platform && post.lang !== 'ja');
    const tagged = ({ text }: Post) => text.includes('#');
    expect(
      shareOf(
        on('reviews').filter(({ lang }) => lang === 'en'),
        ({ text }) => /★|stars?\b|\/5|\/10/i.test(text),
      ),
    ).toBeGreaterThan(0.99);
    expect(shareOf(on('photogram'), tagged)).toBeGreaterThan(2 * shareOf(on('chirp'), tagged));
    expect(shareOf(on('forum'), ({ text }) => text.includes('?'))).toBeGreaterThan(0.2);
    expect(shareOf(on('forum'), ({ inReplyTo }) => inReplyTo !== undefined)).toBeGreaterThan(0.15);
  });
});

describe('brands in the texts', () => {
  const matcher = createBrandMatcher(demoBrands);

  test('are found where a post names them, as most posts do', () => {
    const excluded = demoBrands.flatMap(({ exclude }) => exclude);
    for (const { name } of demoBrands) {
      const naming = posts.filter(({ text }) => new RegExp(`\\b${name}\\b`, 'i').test(text));
      const meant = naming.filter(({ text }) => !excluded.some((term) => text.toLowerCase().includes(term)));
      expect(meant.filter(({ text }) => !matcher.match(text).includes(name)).map(({ text }) => text)).toEqual([]);
      expect(meant.length).toBeGreaterThan(1_000);
    }
    expect(shareOf(posts, ({ text }) => matcher.match(text).length > 0)).toBeGreaterThan(0.9);
    expect(shareOf(posts, ({ text }) => matcher.match(text).length === 0)).toBeGreaterThan(0.05);
    expect(shareOf(posts, ({ text }) => matcher.match(text).length > 1)).toBeGreaterThan(0.01);
  });

  test('are not found where the name means something else', () => {
    for (const brand of brandProfiles) {
      const random = createRandom(5);
      const texts = Array.from({ length: 50 }, () => ambiguousText(brand, random).text);
      expect(texts.filter((text) => matcher.match(text).length > 0)).toEqual([]);
      expect(texts.every((text) => text.toLowerCase().includes(brand.rule.name.toLowerCase()))).toBe(true);
    }
  });
});

test.each(['crisis', 'success'] as const)('a %s dominates the posts and changes their words', (kind) => {
  const { brand, time } = strongestMoment(kind);
  const matcher = createBrandMatcher(demoBrands);
  const english = ({ lang }: Post) => lang === 'en';
  const about = (some: readonly Post[]) => some.filter(({ text }) => matcher.match(text).includes(brand));
  const during = about(postsFrom(time, 600, english));
  const before = about(postsFrom(quietBefore(time), 600, english));
  expect(during.length).toBeGreaterThan(2 * before.length);
  const sour = /shame|lied|sick|disgust|boycott|never again|awful|unacceptable|refund/i;
  const sweet = /love|thank|happy|bravo|well done|hats off|heroes|wonderful/i;
  const tilt = (some: readonly Post[]) => shareOf(some, ({ text }) => sweet.test(text)) - shareOf(some, ({ text }) => sour.test(text));
  const change = tilt(during) - tilt(before);
  expect(kind === 'crisis' ? -change : change).toBeGreaterThan(0.15);
});
