import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LabeledPosts, readLabeledPosts } from '../../../src/app/model-evaluation/labeled-posts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-labeled-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string): Promise<LabeledPosts> {
  await writeFile(join(folder, name), content);
  return readLabeledPosts(join(folder, name));
}

test('TSV rows are split at the first tab, and quotes are kept', async () => {
  const found = await read('posts.tsv', 'label\ttext\nnegative\t"no"\tnever\r\n\npositive\ta, b\n');
  expect(found).toEqual({ texts: ['"no"\tnever', 'a, b'], truth: ['negative', 'positive'], lines: [2, 4] });
});

test('with a header, columns may be in any order, and a further one tells groups', async () => {
  const csv = 'platform,text,label\nboard,"a, b",positive\nchirper,c,neutral\n';
  expect(await read('posts.csv', csv)).toEqual({ texts: ['a, b', 'c'], truth: ['positive', 'neutral'], lines: [2, 3] });
  const grouped = await readLabeledPosts(join(folder, 'posts.csv'), 'platform');
  expect(grouped.groups).toEqual(['board', 'chirper']);
  await expect(readLabeledPosts(join(folder, 'posts.csv'), 'topic')).rejects.toThrow(/posts\.csv has no column topic in its header/);
  await read('posts.tsv', 'label\ttext\ttopic\nnegative\tno\tx\n').catch(() => {});
  expect((await readLabeledPosts(join(folder, 'posts.tsv'), 'topic')).groups).toEqual(['x']);
});

test('CSV fields may have quotes, commas and line breaks', async () => {
  const found = await read('posts.CSV', '\uFEFFlabel,text\r\nneutral,"a, ""b""\nc"\r\npositive,fine\r\n');
  expect(found).toEqual({ texts: ['a, "b"\nc', 'fine'], truth: ['neutral', 'positive'], lines: [2, 4] });
});

test.each([
  [
    'an unknown label',
    'posts.tsv',
    'positive\tok\nnegativ\tno\n',
    /posts\.tsv:2: expected negative, neutral, positive, a tab and the text/,
  ],
  ['a label alone', 'posts.tsv', 'positive\n', /posts\.tsv:1: expected/],
  [
    'a row of one column',
    'posts.csv',
    'positive,"o\nk"\nnegative\n',
    /posts\.csv:3: expected negative, neutral, positive, a comma and the text/,
  ],
  ['a row of three', 'posts.csv', 'positive,a,b\n', /posts\.csv:1: expected/],
  ['a quote that is not closed', 'posts.csv', 'positive,"a\n', /posts\.csv: not CSV \(CSV_QUOTE_NOT_CLOSED\)/],
  ['a file without posts', 'posts.csv', 'label,text\n', /has no labeled posts/],
])('%s is rejected', async (_, name, content, message) => {
  await expect(read(name, content)).rejects.toMatchObject({ code: 'FILE_INACCESSIBLE', message: expect.stringMatching(message) });
});
