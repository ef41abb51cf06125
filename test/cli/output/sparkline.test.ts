import { expect, test } from 'vitest';
import { downsample, sparkline } from '../../../src/cli/output/sparkline.ts';

test('values are bars between the minimum and the maximum, and a gap is blank', () => {
  expect(sparkline([0, 1, 2, 3, null, 7])).toBe('▁▂▃▄ █');
  expect(sparkline([-10, 10])).toBe('▁█');
});

test('equal values are drawn at half height; missing values are blank', () => {
  expect([sparkline([5, 5]), sparkline([null, null]), sparkline([])]).toEqual(['▄▄', '  ', '']);
});

test('many values are combined in groups of neighbors', () => {
  const sum = (group: readonly number[]) => group.reduce((total, value) => total + value, 0);
  expect(downsample([1, 2, 3, null, null, null, 7], 4, sum)).toEqual([3, 3, null, 7]);
  expect(downsample([1, 2], 72, sum)).toEqual([1, 2]);
  expect(downsample([], 72, sum)).toEqual([]);
});
