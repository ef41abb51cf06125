import { expect, test } from 'vitest';
import { drawChart } from './chart.ts';

const chart = { title: 'Lag', unit: 'messages', points: [], markers: [] };

test('missing measurements are not drawn', () => {
  const svg = drawChart({
    ...chart,
    points: [
      [0, 1],
      [10, 2],
      [20, undefined],
      [30, 4],
      [60, 3],
    ],
  });
  expect(/class="line" d="([^"]+)"/.exec(svg)?.[1]).toMatch(/^M[\d. ]+L[\d. ]+M[\d. ]+L[\d. ]+$/);
});

test('the axis maximum is a round value above the data', () => {
  const svg = drawChart({
    ...chart,
    points: [
      [0, 610],
      [60, 733],
    ],
  });
  for (const label of ['>0<', '>200<', '>400<', '>600<', '>800<', '>0 min<', '>1 min<']) expect(svg).toContain(label);
});

test('text is escaped', () => {
  const svg = drawChart({ ...chart, title: '<script>"&', markers: [{ seconds: 1, name: '</title><b>', symbol: '<b>' }] });
  expect(svg).not.toMatch(/<script|<b>/);
  expect(svg).toContain('&#60;script&#62;&#34;&#38;');
});
