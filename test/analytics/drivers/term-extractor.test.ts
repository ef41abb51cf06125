import { expect, test } from 'vitest';
import { createTermExtractor } from '../../../src/analytics/drivers/term-extractor.ts';

/** The terms of a text, as they are shown. */
function termsOf(text: string, { language = 'en', names = [] as string[] } = {}): string[] {
  const reader = createTermExtractor(names);
  return reader
    .extract(text, language)
    .terms()
    .map((code) => reader.term(code).display);
}

test.each([
  ['words and their neighbours', 'Battery drains overnight', ['battery', 'drains', 'battery drains', 'overnight', 'drains overnight']],
  ['nothing across a comma or a stop word', 'Refund, please: waste of money', ['refund', 'please', 'waste', 'money']],
  ['neither links nor handles', 'Recall https://t.example/recall www.recall.example @recall_desk cc me@recall.example', ['recall', 'cc']],
  ['hashtags apart from words', '#Recall recall', ['#recall', 'recall']],
  ['emoji whatever their skin and style, families and flags whole', '👍🏽 👍 ❤️ 👩‍👩‍👧 🇧🇷 ™', ['👍', '❤', '👩‍👩‍👧', '🇧🇷']],
  ['no number by itself, but beside a word', 'error 500 in 2026', ['error', 'error 500']],
  ['no contractions and no single letters', "I can't, won't and don't: it's x", []],
  ['entities as what they stand for', 'salt &amp; pepper &lt;b&gt;', ['salt', 'pepper']],
  ['one term whatever the accents', 'Café cafe CAFÉ', ['café']],
  ['a hyphen joins', 'check-in desk', ['check', 'desk']],
])('a post is read as %s', (_, text, terms) => {
  expect(termsOf(text)).toEqual(terms);
});

test.each([
  ['en', 'it is the only one and they have been very good to us', ['good']],
  ['de', 'das ist nicht die einzige und wir haben eine Störung', ['einzige', 'störung']],
  ['es', 'no es el mejor de los servicios y me han cobrado', ['mejor', 'servicios', 'cobrado']],
  ['fr', "ce n'est pas la panne de l'application", ['panne', 'application']],
  ['it', "non è la batteria dell'auto", ['batteria', 'auto', 'batteria auto']],
  ['pt', 'não é o serviço que eu queria', ['serviço', 'queria']],
  ['nl', 'dit is niet het beste van de winkel', ['beste', 'winkel']],
])('stop words are those of the language: %s', (language, text, allowed) => {
  const terms = termsOf(text, { language });
  expect(terms.length).toBeGreaterThan(0);
  expect(terms.filter((term) => !allowed.includes(term))).toEqual([]);
});

test('a word that is a stop word elsewhere stays: to die is no German article', () => {
  expect(termsOf('phones die early')).toContain('die');
});

test('the names of a brand are no terms, its competitors are', () => {
  const names = ['Blue River', 'ACMÉ', '#acmefail', '@acme'];
  const text = "Acme's blue river and #Blue_River #acme #AcmeFail @acme: the river is blue, Globex is not";
  expect(termsOf(text, { names })).toEqual(['#blue_river', 'river', 'blue', 'globex']);
});

test('scripts without spaces are cut into words', () => {
  expect(termsOf('新しいカメラのバッテリーが熱い', { language: 'ja' })).toEqual(expect.arrayContaining(['カメラ', 'バッテリー']));
  expect(termsOf('电池发热 iPhone发热', { language: 'zh' })).toEqual(expect.arrayContaining(['电池', 'iphone']));
  expect(termsOf('แบตเตอรี่ร้อนมาก', { language: 'th' }).length).toBeGreaterThan(1);
});

test.each([
  ['markup', '<script>alert(1)</script><img src=x onerror=boom>'],
  ['controls', '\u0000\u0007\u001b[31mred\u001b[0m\r\n'],
  ['marks of direction', '\u202egnp.exe\u202c \u2066hidden\u2069'],
  ['endless marks', `a${'\u0301'.repeat(900)}`],
  ['numbers of entities', '&#0; &#xD800; &#x202E; &bogus;'],
  ['names of properties', '__proto__ constructor hasOwnProperty toString'],
])('%s come out as words or not at all', (_, text) => {
  const terms = termsOf(text);
  expect(terms.join('')).not.toMatch(/[<>\p{Cc}\p{Bidi_Control}]/u);
  expect(terms.every((term) => term === term.toWellFormed())).toBe(true);
});

test('a text of one kind of character only is read in time', () => {
  for (const character of ['a', '#', '@', "'", '👩‍', '、', '&', 'ー', '-', '🇧']) {
    const since = performance.now();
    termsOf(character.repeat(1_000));
    expect(performance.now() - since).toBeLessThan(1_000);
  }
});
