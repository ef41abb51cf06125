import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inflections, parseQuery, positiveTerms, type Query } from '../../src/domain/query-language.ts';

/** A query in a notation with every parenthesis. */
function print(query: Query | undefined): string {
  if (!query) return '';
  if (query.kind === 'not') return `-${print(query.part)}`;
  if ('parts' in query) return `(${query.parts.map(print).join(query.kind === 'or' ? ' | ' : ' & ')})`;
  return query.kind === 'phrase' ? `"${query.text}"` : `${query.text}${query.kind === 'prefix' ? '*' : ''}`;
}

it.each([
  ['refund', 'refund'],
  ['late refund', '(late & refund)'],
  ['late AND refund', '(late & refund)'],
  ['refund OR "money back"', '(refund | "money back")'],
  ['a b OR c', '((a & b) | c)'],
  ['a (b OR c)', '(a & (b | c))'],
  ['refund -app -"last week"', '(refund & -app & -"last week")'],
  ['NOT (a OR b) c', '(-(a | b) & c)'],
  ['-(a b)', '-(a & b)'],
  ['batter*', 'batter*'],
  ['.* a* -- - follow-up', '(.* & a* & -- & - & follow-up)'],
  [':-( f(x) c++ (beta)', '(:-( & f(x) & c++ & beta)'],
  ['or and not', '(or & and & not)'],
])('reads %s as %s', (text, expected) => {
  expect(print(parseQuery(text))).toBe(expected);
});

it.each([
  ['refund OR', 'refund'],
  ['OR refund', 'refund'],
  ['(refund', 'refund'],
  ['refund)', 'refund)'],
  ['a NOT', 'a'],
  ['a AND OR b', '(a | b)'],
  ['"open phrase', '"open phrase"'],
  ['()', ''],
  ['"" OR', ''],
  ['', ''],
])('forgives %s while it is typed', (text, expected) => {
  expect(print(parseQuery(text))).toBe(expected);
});

it('reads any text without an error, and every term of it is there', () => {
  const piece = fc.constantFrom('a', '-', '(', ')', '"', 'OR', 'AND', 'NOT', ' ', 'b*', '\u0000', '\ud800', 'é');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      for (const { text } of positiveTerms(parseQuery(pieces.join('')))) expect(text.trim()).not.toBe('');
    }),
  );
});

it('names the terms to highlight', () => {
  expect(positiveTerms(parseQuery('a (bat* OR "c d") -e')).map(({ text }) => text)).toEqual(['a', 'bat', 'c d']);
});

it.each([
  ['refunds', ['refund', 'refunds', 'refunded', 'refunding'], ['refunder', 'fund']],
  ['refund', ['refund', 'refunds'], []],
  ['battery', ['battery', 'batteries'], ['batter']],
  ['batteries', ['battery', 'batteries'], []],
  ['charged', ['charge', 'charges', 'charging'], ['charger']],
  ['crashes', ['crash', 'crashed'], []],
  ['stopping', ['stop', 'stopped', 'stops'], ['stoper']],
  ['delays', ['delay', 'delayed', 'delays'], []],
])('%s finds its inflections', (word, found, others) => {
  const pattern = new RegExp(`^(?:${inflections(word)})$`);
  for (const other of found) expect(other).toMatch(pattern);
  for (const other of others) expect(other).not.toMatch(pattern);
});

it.each(['app', 'c++', 'café', '#recall', 'bus', 'ios'])('%s has no inflections', (word) => {
  expect(inflections(word)).toBeUndefined();
});
