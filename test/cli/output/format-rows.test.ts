import { expect, test } from 'vitest';
import { type Column, formatCsv, formatRows, formatTable } from '../../../src/cli/output/format-rows.ts';

interface Row {
  readonly term: string;
  readonly net: number | null;
}

const columns: readonly Column<Row>[] = [
  { title: 'TERM', name: 'term', value: ({ term }) => term },
  { title: 'NET', name: 'net', value: ({ net }) => net, show: ({ net }) => (net === null ? '–' : net.toFixed(1)) },
];

test('a table lines up, whatever the width of its characters, with numbers to the right', () => {
  const rows = [
    { term: 'kettle', net: -12.345 },
    { term: '最高です', net: 7 },
    { term: '👩‍👧', net: null },
  ];
  expect(formatTable(rows, columns)).toBe(['TERM        NET', 'kettle    -12.3', '最高です    7.0', '👩‍👧            –', ''].join('\n'));
});

test('text in a table stays on its line and cannot steer the terminal', () => {
  expect(formatTable([{ term: 'a\u001b[31m\nb\u202e', net: 1 }], columns)).toContain('a\\u{1b}[31m\\u{a}b\\u{202e}');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])('a spreadsheet does not run the text %j', (term) => {
  const [, line = ''] = formatCsv([{ term, net: 0 }], columns).split('\r\n');
  expect(line.replace(/^"/, '')).toMatch(/^'/);
});

test('negative numbers stay numbers in CSV, and unknown values are empty', () => {
  const rows = [
    { term: 'a "quoted", one', net: -0.5 },
    { term: 'b', net: null },
  ];
  expect(formatCsv(rows, columns)).toBe('term,net\r\n"a ""quoted"", one",-0.5\r\nb,\r\n');
});

test('JSON has the whole result, on one line', () => {
  const whole = { rows: [{ term: '\u009b2J', net: 1 }], sampled: false };
  expect(formatRows('json', whole.rows, columns, whole)).toBe('{"rows":[{"term":"\\u009b2J","net":1}],"sampled":false}\n');
});
