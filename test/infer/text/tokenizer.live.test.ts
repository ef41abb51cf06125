import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../../src/infer/model/model.ts';
import { loadTokenizer, type Tokenize } from '../../../src/infer/text/tokenizer.ts';
import { modelUnderTest } from '../model-under-test.ts';

interface WordPieceCase {
  readonly text: string;
  readonly ids: number[];
}

const longest = 128;
let tokenize: Tokenize;

beforeAll(async () => {
  tokenize = await loadTokenizer({ ...(await loadModel(modelUnderTest)), maxLength: longest });
});

test('produces the ids of the training tokenizer', () => {
  // Ids from Hugging Face's own tokenizers (the Rust library), which training uses.
  const cases = JSON.parse(readFileSync(new URL('../word-piece-cases.json', import.meta.url), 'utf8')) as WordPieceCase[];
  expect(cases.map(({ text }) => tokenize(text).ids)).toEqual(cases.map(({ ids }) => ids));
});

test('a text at the limit is complete; one more word is truncated, and [CLS] and [SEP] stay', () => {
  const fits = tokenize('good '.repeat(longest - 2));
  expect(fits).toMatchObject({ truncated: false });
  const over = tokenize('good '.repeat(longest - 1));
  expect(over.truncated).toBe(true);
  expect(over.ids).toEqual(fits.ids);
  expect([over.ids.length, over.ids[0], over.ids.at(-1)]).toEqual([longest, 101, 102]);
});

test('of a longer text, the beginning and the end stay, however long it is', () => {
  const [bad] = tokenize('bad').ids.slice(1, -1);
  const [fine] = tokenize('fine').ids.slice(1, -1);
  for (const words of [longest, 1_000, 100_000]) {
    const { ids, truncated } = tokenize(`bad ${'word '.repeat(words)}fine`);
    expect(truncated).toBe(true);
    expect([ids.length, ids[0], ids[1], ids.at(-2), ids.at(-1)]).toEqual([longest, 101, bad, fine, 102]);
  }
});

test.each([
  ['words', 'word '.repeat(200_000)],
  ['one word', 'a'.repeat(1_000_000)],
  ['emoji', '😂'.repeat(25_000)],
  ['accents', `e${'\u0301'.repeat(100_000)}`],
])('a megabyte of %s is truncated in linear time', (_, text) => {
  const startedAt = performance.now();
  const { ids, truncated } = tokenize(text);
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(ids.length).toBeLessThanOrEqual(longest);
  expect(truncated).toBe(true);
});
