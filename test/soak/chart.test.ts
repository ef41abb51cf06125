import { expect, test } from 'vitest';
import { drawChart } from './chart.ts';

const chart = { title: 'Lag', unit: 'messages', points: [], marks: [] };

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

test('the axis ends at a round value above all others', () => {
  const svg = drawChart({
    ...chart,
    points: [
      [0, 610],
      [60, 733],
    ],
  });
  for (const label of ['>0<', '>200<', '>400<', '>600<', '>800<', '>0 min<', '>1 min<']) expect(svg).toContain(label);
});

test('text is text, not markup', () => {
  const svg = drawChart({ ...chart, title: '<script>"&', marks: [{ seconds: 1, name: '</title><b>', sign: '<b>' }] });
  expect(svg).not.toMatch(/<script|<b>/);
  expect(svg).toContain('&#60;script&#62;&#34;&#38;');
});
