import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readOpenFileLimit } from '../../src/lib/open-file-limit.ts';

let root = '';
afterEach(() => rmSync(root, { recursive: true, force: true }));

test.each([
  [
    'Max processes             95000                95000                processes\nMax open files            256                  4096                 files\n',
    256,
  ],
  ['Max open files            unlimited            unlimited            files\n', undefined],
])('the limit that holds now is read', (limits, expected) => {
  root = mkdtempSync(join(tmpdir(), 'feedpulse-limits-'));
  mkdirSync(join(root, 'proc/self'), { recursive: true });
  writeFileSync(join(root, 'proc/self/limits'), limits);
  expect(readOpenFileLimit(root)).toBe(expected);
});

test('without /proc there is none', () => {
  expect(readOpenFileLimit('/nowhere')).toBeUndefined();
});
