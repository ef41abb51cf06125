import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { watchFiles } from '../../src/lib/watched-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'feedpulse-watched-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const path = (name: string): string => join(dir, name);

test('returns the content of the moment, also of the same length', () => {
  writeFileSync(path('one'), 'first');
  const read = watchFiles([path('one')], ([bytes]) => String(bytes));
  expect(read()).toBe('first');
  writeFileSync(path('one'), 'later');
  expect(read()).toBe('later');
});

test('follows a link that is replaced, as Kubernetes updates a secret', () => {
  writeFileSync(path('version-1'), 'first');
  writeFileSync(path('version-2'), 'later');
  symlinkSync(path('version-1'), path('link'));
  const read = watchFiles([path('link')], ([bytes]) => String(bytes));
  expect(read()).toBe('first');
  symlinkSync(path('version-2'), path('next'));
  renameSync(path('next'), path('link'));
  expect(read()).toBe('later');
});

test('keeps the last good content while a file is missing or does not fit the other one', () => {
  writeFileSync(path('name'), 'a');
  writeFileSync(path('value'), 'a1');
  const read = watchFiles([path('name'), path('value')], ([name, value]) => {
    if (!String(value).startsWith(String(name))) throw new Error('no pair');
    return String(value);
  });
  writeFileSync(path('name'), 'b');
  expect(read()).toBe('a1');
  rmSync(path('value'));
  expect(read()).toBe('a1');
  writeFileSync(path('value'), 'b1');
  expect(read()).toBe('b1');
});

test('the first read must succeed', () => {
  expect(() => watchFiles([path('none')], String)).toThrow('ENOENT');
});
