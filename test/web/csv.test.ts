import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toCsv } from '../../src/web/csv.ts';

it('writes what a reader of RFC 4180 reads back, whatever the text holds', () => {
  const cell = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const read = parse(toCsv(['a', 'b'], rows), { relax_column_count: false });
      expect(read.length).toBe(rows.length + 1);
      for (const [index, row] of rows.entries())
        for (const [place, text] of row.entries()) expect([text, `'${text}`]).toContain(read[index + 1]?.[place]);
    }),
  );
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '\r=1', '＝1', '\tword'])('keeps %j from being a formula', (text) => {
  expect(parse(toCsv(['a'], [[text]]))[1]?.[0]).toBe(`'${text}`);
});

it('leaves numbers numbers, and what is not known empty', () => {
  expect(toCsv(['a', 'b', 'c', 'd'], [[-1.5, null, undefined, 'plain']])).toBe('a,b,c,d\r\n-1.5,,,plain\r\n');
});
