import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitByBrand } from '../../../src/infer/brand-sentiment/split-by-brand.ts';
import { createBrandMatcher } from '../../../src/ingest/brands/brand-matcher.ts';

const rule = (name: string) => ({ name, aliases: [], exclude: [], timeZone: 'UTC' });
const { match } = createBrandMatcher(['Ibis', 'Osprey', 'Wren'].map(rule));
/** The text or the label of each brand. */
const clauses = (text: string) =>
  Object.fromEntries(splitByBrand(text, match).map((reading) => [reading.brand, 'text' in reading ? reading.text : reading.label]));

describe('splits a post by brand', () => {
  test.each([
    ['I love Ibis, hate the Osprey app', 'I love Ibis,', 'hate the Osprey app'],
    ['love Ibis, hate Osprey', 'love Ibis,', 'hate Osprey'],
    ['Ibis was late. Osprey was on time!', 'Ibis was late.', 'Osprey was on time!'],
    ['Osprey was on time! Ibis was late.', 'Ibis was late.', 'Osprey was on time!'],
    ['my Ibis is a joy but my Osprey broke twice', 'my Ibis is a joy', 'but my Osprey broke twice'],
    ['Unlike @ibis, who never answer, Osprey rang me back', 'Unlike @ibis, who never answer,', 'Osprey rang me back'],
    ['good coffee at Ibis; the Osprey one is burnt — again', 'good coffee at Ibis;', 'the Osprey one is burnt again'],
    ['Ibis sent me a new one. They even called! Osprey did nothing', 'Ibis sent me a new one. They even called!', 'Osprey did nothing'],
    ['so tired of waiting, Ibis is down and Osprey is still up', 'so tired of waiting, Ibis is down', 'and Osprey is still up'],
    ['Ibis is down. Osprey works fine #ibis #osprey', 'Ibis is down.', 'Osprey works fine #ibis #osprey'],
    ['Ibis 😍 Osprey 🤮', 'Ibis 😍', 'Osprey 🤮'],
    ['👍 Ibis 👎 Osprey', '👍 Ibis', '👎 Osprey'],
    ['Ibis: quick and kind / Osprey: slow and rude', 'Ibis: quick and kind', 'Osprey: slow and rude'],
    ['Tried Ibis and Osprey. The former was a dream, the latter a dump', 'Ibis was a dream,', 'Osprey a dump'],
    ['Ibis, then Osprey. Loved the first one! Never again, the second one.', 'Loved Ibis!', 'Never again, Osprey.'],
    ['I own an Ibis and an Osprey. Osprey is fine. The other one has died.', 'Ibis has died.', 'Osprey is fine.'],
  ])('%s', (text, ibis, osprey) => {
    const found = clauses(text);
    expect(found['Ibis']).toBe(ibis);
    expect(found['Osprey']).toBe(osprey);
  });
});

describe('ranks the brands of a comparison', () => {
  test.each([
    'Ibis is better than Osprey',
    'Osprey is so much slower than my Ibis',
    'Ibis beats Osprey hands down',
    "Osprey can't hold a candle to Ibis",
    "Osprey isn't half as good as Ibis",
    'give me Ibis over Osprey any day',
    'Ibis > Osprey',
    'Osprey<Ibis',
    'Ibis fixed what Osprey broke',
    'Ibis puts the whole Osprey menu to shame',
    'why is Osprey so much worse than Ibis?',
    'why would anyone choose Osprey over Ibis?',
    'who needs Osprey when you have Ibis',
    'wish Osprey had staff like Ibis',
    'should have gone with Ibis instead of Osprey',
    'I trust Ibis more than Osprey',
    'Osprey charges double what Ibis does',
    'my Ibis outlasted two Osprey phones',
    'Osprey could never do what Ibis did',
    'ditched Osprey for Ibis',
    'Osprey → Ibis, best upgrade',
    'bye Osprey, hello Ibis',
    'switched from Osprey to Ibis',
    'switched from Ibis to Osprey, what a mistake',
    'should never have left Ibis for Osprey',
    'going back to Ibis, Osprey was a mistake',
  ])('%s', (text) => expect(clauses(text)).toEqual({ Ibis: 'positive', Osprey: 'negative' }));

  test.each([
    ['Unlike Osprey, Ibis picks up', 'Ibis picks up'],
    ['Ibis picks up, unlike my old Osprey!', 'Ibis picks up'],
    ['Ibis picks up. Not like Osprey at all.', 'Ibis picks up.'],
    ['Ibis picks up, which is more than can be said for Osprey', 'Ibis picks up'],
    ['Ibis picks up. I wish I could say the same about Osprey', 'Ibis picks up.'],
    ['Ibis picks up, something Osprey never did', 'Ibis picks up'],
    ['Ibis picks up. Osprey is the opposite', 'Ibis picks up'],
    ['Ibis picks up. Osprey does not.', 'Ibis picks up'],
    ['love Ibis but not Osprey', 'love Ibis'],
    ['glad we flew Ibis instead of Osprey', 'glad we flew Ibis'],
  ])('%s: the opposite of what it says about the other', (text, clause) => {
    expect(new Set(splitByBrand(text, match))).toEqual(
      new Set([
        { brand: 'Ibis', text: clause, contrast: 'same' },
        { brand: 'Osprey', text: clause, contrast: 'opposite' },
      ]),
    );
  });

  test('coordinated brands rank alike', () => {
    expect(clauses('Ibis and Wren are both better than Osprey')).toEqual({ Ibis: 'positive', Wren: 'positive', Osprey: 'negative' });
    expect(clauses('Ibis is better than Osprey and Wren')).toEqual({ Ibis: 'positive', Wren: 'negative', Osprey: 'negative' });
  });

  test('brands of which the same is said share the clause', () => {
    expect(splitByBrand('Ibis is lovely, but so is Osprey', match)).toEqual(
      ['Ibis', 'Osprey'].map((brand) => ({ brand, text: 'Ibis is lovely, but', contrast: 'same' })),
    );
  });

  test('a change of provider counts only in a post with a feeling, unless the word has one', () => {
    const needsFeeling = (text: string) => splitByBrand(text, match).map((reading) => 'needsFeeling' in reading && reading.needsFeeling);
    expect(needsFeeling('moved from Osprey to Ibis in May')).toEqual([true, true]);
    expect(clauses('moved my number from Ibis to Osprey')).toEqual({ Ibis: 'neutral' });
    expect(needsFeeling('dumped Osprey for Ibis in May')).toEqual([false, false]);
  });
});

describe('a brand that is only the place or the way is neutral', () => {
  test.each(['my Ibis broke on the way to Osprey', 'Ibis crashed during the Osprey final', 'my Ibis died at the Osprey in town'])(
    '%s',
    (text) => expect(clauses(text)).toEqual({ Osprey: 'neutral' }),
  );
});

describe('does not split', () => {
  test.each([
    'I love Ibis',
    'no brand at all. None',
    'Ibis is bigger than Osprey',
    'is Ibis better than Osprey?',
    'Ibis is no better than Osprey',
    'Ibis beat Osprey 3-1',
    'Ibis, Osprey and Wren are all closed',
    'Ibis vs Osprey?',
    '#ibis #osprey',
  ])('%s', (text) => expect(splitByBrand(text, match)).toEqual([]));
});

test('clauses contain only words of the text, and only brands that it names', () => {
  const piece = fc.constantFrom(
    'Ibis',
    'osprey',
    '@Wren',
    'is',
    'good',
    'but',
    ',',
    '.',
    '!',
    '\n',
    ' – ',
    '#ibis',
    'and',
    'while',
    '😀',
    'than',
    'better',
    'unlike',
    'not like',
    'so is',
    'has not',
    'the latter',
    '>',
    ';',
    'ぱ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join(' ');
      const words = new Set(text.split(/\s+/));
      for (const clause of splitByBrand(text, match)) {
        expect(match(text)).toContain(clause.brand);
        if ('text' in clause) expect(clause.text.split(/\s+/).filter((word) => !words.has(word))).toEqual([]);
      }
    }),
  );
});

test('hostile texts take linear time', () => {
  const started = performance.now();
  for (const unit of [
    'Ibis, osprey and ',
    '. Ibis " ',
    ' but Ibis while Osprey ',
    '@@##',
    '\n – Ibis ',
    '_',
    ' ',
    ' #a',
    '."',
    'Ibis better ',
    ' unlike Ibis a, ',
    ' the former ',
    '/Ibis',
    ' moved from Ibis ',
  ])
    splitByBrand(`Ibis, Osprey #${unit.repeat(60_000)} x`, match);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test.each(['。', '، ', '। ', '؟', ' Ibis،'])('hostile texts in other languages take linear time: %j', (unit) => {
  const started = performance.now();
  splitByBrand(`Ibis, Osprey #${unit.repeat(60_000)} x`, match, 'ar');
  expect(performance.now() - started).toBeLessThan(1_000);
});

describe('in another language', () => {
  const plain = (text: string, lang: string) =>
    Object.fromEntries(splitByBrand(text, match, lang).map((reading) => [reading.brand, 'text' in reading ? reading.text : reading.label]));

  test.each([
    ['de', 'Ibis war zu spät. Osprey war pünktlich!', 'Ibis war zu spät.', 'Osprey war pünktlich!'],
    ['es', 'Me encanta la app de Ibis, odio la de Osprey', 'Me encanta la app de Ibis,', 'odio la de Osprey'],
    ['ar', 'أحب تطبيق Ibis كثيرا، أكره تطبيق Osprey جدا', 'أحب تطبيق Ibis كثيرا،', 'أكره تطبيق Osprey جدا'],
    ['hi', 'Ibis बहुत अच्छा है। Osprey बेकार है।', 'Ibis बहुत अच्छा है।', 'Osprey बेकार है।'],
    ['fr', 'Ibis 😍 Osprey 😡', 'Ibis 😍', 'Osprey 😡'],
  ])('punctuation and emoji split a post in %s', (lang, text, ibis, osprey) => {
    expect(plain(text, lang)).toEqual({ Ibis: ibis, Osprey: osprey });
  });

  test.each(['Ibis is better than Osprey', 'Ibis war gut but Osprey war schlecht', 'Ibis und Osprey sind gut'])(
    'English words do not split or rank: %s',
    (text) => {
      expect(plain(text, 'de')).toEqual({});
    },
  );
});
