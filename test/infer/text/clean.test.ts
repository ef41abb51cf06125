import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cleanForModel, cleanPlain } from '../../../src/infer/text/clean.ts';

interface CleaningCase {
  readonly raw: string;
  readonly clean: string;
}

test.each([
  ['cleaning-cases.json', cleanForModel],
  ['plain-cleaning-cases.json', cleanPlain],
])('reproduces every case of the Python implementation in %s', (file, clean) => {
  // The Python tests check the same file against clean.py.
  const cases = JSON.parse(readFileSync(new URL(`../../../training/text/${file}`, import.meta.url), 'utf8')) as CleaningCase[];
  expect(cases.length).toBeGreaterThan(0);
  expect(cases.map(({ raw }) => clean(raw))).toEqual(cases.map(({ clean: cleaned }) => cleaned));
});

test.each<[string, string, string]>([
  ['a lone surrogate', 'so \ud83d good', 'so \ufffd good'],
  ['a whole pair', 'so \ud83d\ude82 good', 'so locomotive good'],
  ['entities, even if encoded twice', 'fish &amp;amp; chips &lt;5', 'fish & chips <5'],
  ['an entity without its semicolon', 'fish &amp chips', 'fish &amp chips'],
  ['an entity in an unknown longer name', 'I said &notit; twice', 'I said ¬it; twice'],
  ['a numeric entity for a control character', 'a&#11;b', 'ab'],
  ['a numeric entity for a surrogate', 'a&#xD83D;b', 'a\ufffdb'],
  ['a numeric entity for a non-character', 'a&#xFDD0;b', 'ab'],
  ['an entity that makes a handle', '&#64;halden hi', '@user hi'],
  ['a URL up to white space', 'see HTTPS://halden.example/a?b=c#d) now', 'see http now'],
  ['www', 'at www.halden.example today', 'at http today'],
  ['a URL inside a word', 'xhttp://halden.example', 'xhttp://halden.example'],
  ['a URL ended by an ideographic space', 'http://a.example\u3000良い', 'http 良い'],
  ['handles', 'hey @Halden_Cycles, @x!', 'hey @user, @user!'],
  ['an address', 'write to me@halden.example', 'write to me@halden.example'],
  ['two at signs', '@@halden', '@@halden'],
  ['white space and control characters', '\t a\u0000\u00a0b\u2028c\u0085 \ufeff', 'a b c'],
  ['zero-width spaces', 'spl\u200bit', 'split'],
  ['only whitespace', ' \n\u3000 ', ''],
])('%s', (_, raw, cleaned) => {
  expect(cleanForModel(raw)).toBe(cleaned);
});

/** Parts of hostile texts. */
const parts = [
  ...[
    '&',
    '@',
    '<',
    '<a ',
    '*',
    '*a',
    '**a ',
    '_a',
    '[',
    '[a](',
    '`',
    '⭐',
    '⭐ a ',
    '⭐☆',
    '1/',
    '5/5 ',
    'one out of ',
    '#',
    '#a',
    '#hatemondays ',
  ],
  ...[
    'a ',
    'a.',
    'a1a1a1 ',
    'a*',
    '-_',
    '^',
    '(‿',
    '😂',
    '😂😭',
    'ɐ',
    'ɐʇ ',
    '> ',
    '> a\n',
    '\\n',
    '!?',
    '.',
    'http:/',
    'aa.bb/ ',
    'aaabbb',
    '“',
  ],
  ...[
    ' ',
    ' <',
    'F you ',
    '&amp;amp;',
    '½',
    'one star ',
    'rated ',
    '~~a',
    'T_',
    ';_',
    '@a@a.',
    'RT @a ',
    '\n# ',
    'a\u0301\u0323',
    '\u05d0\u05c1\u05b0',
  ],
  ...['\u0640', '\u064b', '\ufdfa', '\ufe77', '\uff21', '\u{1f1e9}', '#aA ', '\u0915\u094d\u200d', '\u{1f44d}\u{1f3fd}'],
];

test.each(parts)('takes linear time for a long text of %j', (part) => {
  const startedAt = performance.now();
  for (const clean of [cleanForModel, cleanPlain]) clean(`RT @user: x${part.repeat(100_000 / part.length)} end!`);
  // A quadratic step would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});
