import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toCsv } from '../../src/web/csv.ts';

it('writes any text so that an RFC 4180 parser reads it back', () => {
  const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...';\t\n",=-@a ') }));
  // Only apostrophes are ever added.
  const bare = (text: string | undefined): string | undefined => text?.replaceAll("'", '');
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const read = parse(toCsv(['a', 'b'], rows), { relax_column_count: false });
      expect(read.length).toBe(rows.length + 1);
      for (const [index, row] of rows.entries())
        for (const [place, text] of row.entries()) expect(bare(read[index + 1]?.[place])).toBe(bare(text));
    }),
  );
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '＝1', '\tword', '\rword'])('prefixes %j so that it is not a formula', (text) => {
  expect(parse(toCsv(['a'], [[text]]))[1]?.[0]).toBe(`'${text}`);
});

it.each([
  ['word;=1+1', "word;'=1+1"],
  ['word\t+1', "word\t'+1"],
  ['word; @SUM(A1)', "word;' @SUM(A1)"],
  ['word;"=1"', `word;'"=1"`],
  ['word\n-1', "word\n'-1"],
  ['=1;=2', "'=1;'=2"],
  ['\t=1', "'\t'=1"],
  ['\r=1', "'\r'=1"],
])('prefixes a part of %j that is a formula where cells are split at semicolons or tabs', (text, safe) => {
  expect(parse(toCsv(['a'], [[text]]))[1]?.[0]).toBe(safe);
});

it('has no formula in any cell, whatever the separator', () => {
  const unit = fc.constantFrom(...';\t\n",=-@a ');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const cells = toCsv(['a', 'b'], [['word', text]]).split(/[;\t\r\n]/);
      for (const cell of cells) expect(cell.replaceAll('-)', '')).not.toMatch(/^[ "]*[=\-@]/);
    }),
  );
});

it('does not change text that is not a formula', () => {
  expect(toCsv(['a'], [['so good ;-) 2-1; well']])).toBe('a\r\nso good ;-) 2-1; well\r\n');
});

it('keeps numbers as numbers, and missing values empty', () => {
  expect(toCsv(['a', 'b', 'c', 'd'], [[-1.5, null, undefined, 'plain']])).toBe('a,b,c,d\r\n-1.5,,,plain\r\n');
});

it('uses semicolons and decimal commas where spreadsheets expect them', () => {
  const rows = [['a;b', 'c,d', 1.5, 'e"f', null]];
  expect(toCsv(['h;1', 'h2', 'h3', 'h4', 'h5'], rows, { decimalComma: true })).toBe('"h;1";h2;h3;h4;h5\r\n"a;b";c,d;1,5;"e""f";\r\n');
});

it('keeps the digits of long IDs, and numbers as they are', () => {
  expect(toCsv(['id'], [['1164149377123456789'], ['123456789012345'], [1_164_149_377_123_456]])).toBe(
    "id\r\n'1164149377123456789\r\n123456789012345\r\n1164149377123456\r\n",
  );
});
