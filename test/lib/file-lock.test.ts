import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFileLock } from '../../src/lib/file-lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-claim-'));
});
afterEach(() => rm(folder, { recursive: true }));

const claim = (pid: number): string => join(folder, `.tiny.lock-${pid}`);
const work = async (): Promise<string> => 'done';

test('of two calls for one model the second is refused, and the way is free afterwards, also after a failure', async () => {
  await withFileLock(folder, 'tiny', async () => {
    expect(readdirSync(folder)).toEqual([`.tiny.lock-${process.pid}`]);
    await expect(withFileLock(folder, 'tiny', work)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    expect(await withFileLock(folder, 'other', work)).toBe('done');
  });
  await expect(withFileLock(folder, 'tiny', () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await withFileLock(folder, 'tiny', work)).toBe('done');
  expect(readdirSync(folder)).toEqual([]);
});

test('another process that lives goes first, and what to do is said', async () => {
  await writeFile(claim(process.ppid), '');
  const message = expect.stringMatching(new RegExp(`^Process ${process.ppid} fetches tiny .*Wait for it.*remove ${claim(process.ppid)}`));
  await expect(withFileLock(folder, 'tiny', work)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED', message });
  expect(readdirSync(folder)).toEqual([`.tiny.lock-${process.ppid}`]);
});

test('one that is gone stands in nobody’s way, nor does an earlier one of the same number', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(claim(pid), '');
  await writeFile(claim(process.pid), '');
  expect(await withFileLock(folder, 'tiny', work)).toBe('done');
  expect(readdirSync(folder)).toEqual([]);
});
