import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFileLock } from '../../src/lib/file-lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const lockOf = (pid: number): string => join(folder, `.tiny.lock-${pid}`);
const work = async (): Promise<string> => 'done';

test('rejects a second call with the same lock, and releases it afterwards, also after a failure', async () => {
  await withFileLock(folder, 'tiny', async () => {
    expect(readdirSync(folder)).toEqual([`.tiny.lock-${process.pid}`]);
    await expect(withFileLock(folder, 'tiny', work)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    expect(await withFileLock(folder, 'other', work)).toBe('done');
  });
  await expect(withFileLock(folder, 'tiny', () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await withFileLock(folder, 'tiny', work)).toBe('done');
  expect(readdirSync(folder)).toEqual([]);
});

test('rejects a lock of a running process with advice', async () => {
  await writeFile(lockOf(process.ppid), '');
  const message = expect.stringMatching(
    new RegExp(`^Process ${process.ppid} has locked tiny.*Wait for it.*delete ${lockOf(process.ppid)}`),
  );
  await expect(withFileLock(folder, 'tiny', work)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED', message });
  expect(readdirSync(folder)).toEqual([`.tiny.lock-${process.ppid}`]);
});

test('ignores the lock of a process that has ended, and one of an earlier process with the same ID', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(lockOf(pid), '');
  await writeFile(lockOf(process.pid), '');
  expect(await withFileLock(folder, 'tiny', work)).toBe('done');
  expect(readdirSync(folder)).toEqual([]);
});

test('waits for the lock, in order to run one call after the other', async () => {
  let running = 0;
  const exclusive = async (): Promise<void> => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
  };
  await Promise.all(Array.from({ length: 10 }, () => withFileLock(folder, 'tiny', exclusive, { waitMs: 10_000 })));
  expect(readdirSync(folder)).toEqual([]);
});
