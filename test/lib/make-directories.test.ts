import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDirectories } from '../../src/lib/make-directories.ts';

const dir = mkdtempSync(join(tmpdir(), 'feedpulse-directories-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('creates what is missing, also for several callers at once, and accepts what is there', async () => {
  const path = join(dir, 'a b', 'ü', 'c');
  await Promise.all(Array.from({ length: 8 }, () => makeDirectories(path, 0o700)));
  await makeDirectories(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a file in the way is an error', async () => {
  writeFileSync(join(dir, 'file'), '');
  await expect(makeDirectories(join(dir, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDirectories(join(dir, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.runIf(existsSync('/proc/self'))(
  'a file system without new directories is an error, not an endless loop',
  async () => {
    for (const path of ['/proc/feedpulse/data', '/proc/self/fd/data/clickhouse'])
      await expect(makeDirectories(path)).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
  },
  2_000,
);
