import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFileCursorStore } from '../../../../src/ingest/sources/live/file-cursor-store.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-cursor-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('keeps the newest cursor in a file, and creates its directory', async () => {
  const store = createFileCursorStore(join(dir, 'new', 'cursor.json'));
  expect(await store.load()).toBeUndefined();
  await store.save('one');
  await store.save('two');
  expect(await createFileCursorStore(join(dir, 'new', 'cursor.json')).load()).toBe('two');
  expect(await readdir(join(dir, 'new'))).toEqual(['cursor.json']);
});

it('rejects with FILE_INACCESSIBLE', async () => {
  const store = createFileCursorStore(dir);
  await expect(store.load()).rejects.toMatchObject({ code: 'FILE_INACCESSIBLE' });
  await expect(store.save('one')).rejects.toMatchObject({ code: 'FILE_INACCESSIBLE' });
});
