import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedpulse, runCommand } from '../../support/feedpulse.ts';

let folder: string;
let posts: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-score-'));
  posts = join(folder, 'posts.txt');
  await writeFile(posts, 'I love this camera\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('score accepts its file as an argument or with --in, but not both', async () => {
  const score = async (...args: string[]) => {
    const scored = JSON.parse((await feedpulse('score', ...args, '--log-level', 'error')).stdout);
    return { ...scored, createdAt: 0, updatedAt: 0, scoredAt: 0 }; // the time of the call
  };
  const scored = await score(posts);
  expect(scored).toMatchObject({ text: 'I love this camera', label: 'positive' });
  expect(await score('--in', posts)).toEqual(scored);
  const { code, output } = await runCommand(['score', posts, '--in', posts]);
  expect([code, output]).toEqual([2, expect.stringMatching(/^USAGE: Give the file as an argument or with --in, not both\./)]);
});
