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

test('score reads NDJSON byte for byte as the ndjson source does', async () => {
  const file = join(folder, 'posts.ndjson');
  const message = (id: string, text: string) => Buffer.from(`{"platform":"chirper","id":"${id}","text":"${text}"}\n`, 'latin1');
  await writeFile(
    file,
    Buffer.concat([message('1', 'I love Brixomel'), message('2', 'caf\u00e9'), Buffer.from('I love it\n'), message('3', '   ')]),
  );
  const { stdout } = await feedpulse('score', file, '--log-level', 'error');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    expect.objectContaining({ id: '1', text: 'I love Brixomel' }),
    { line: 2, deadLetter: 'not-json' },
    { line: 3, deadLetter: 'not-json' },
    { line: 4, deadLetter: 'missing-text' },
  ]);
});

test('score and run refuse a JSON array, and say how to convert it', async () => {
  const file = join(folder, 'posts.json');
  await writeFile(file, '[\n{"platform":"chirper","id":"1","text":"I love Brixomel"}\n]\n');
  const run = ['run', '--source', 'ndjson', '--in', file, '--no-server', '--data-dir', join(folder, 'data'), '--log-level', 'error'];
  for (const args of [['score', file], run]) {
    const { code, output } = await runCommand(args);
    expect([code, output]).toEqual([2, expect.stringMatching(/USAGE: The input is a JSON array.*jq -c '\.\[\]' FILE/)]);
  }
});

test('score --source maps as that source does', async () => {
  const [config, file] = [join(folder, 'sources.yaml'), join(folder, 'reviews.ndjson')];
  const sources = [{ name: 'reviews', type: 'kafka', mapping: { text: 'review' } }, { type: 'demo' }];
  await writeFile(config, JSON.stringify({ sources })); // JSON is YAML
  await writeFile(file, '{"platform":"chirper","id":"1","review":"I love Brixomel"}\n');
  const { stdout } = await feedpulse('score', file, '--config', config, '--source', 'reviews', '--log-level', 'error');
  expect(JSON.parse(stdout)).toMatchObject({ id: '1', text: 'I love Brixomel' });
});
