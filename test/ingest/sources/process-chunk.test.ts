import { expect, it } from 'vitest';
import { compileMapping } from '../../../src/ingest/mapping/parse-message.ts';
import { chunkSize, countForChunk } from '../../../src/ingest/sources/process-chunk.ts';

const one = compileMapping({});
const several = compileMapping({ forEach: 'items.*' });
const count = (sizes: readonly number[], mapping = several, maxSize?: number) => countForChunk(sizes, (size) => size, mapping, maxSize);

it('makes chunks of as many messages as are allowed, where each is one post', () => {
  const sizes = Array.from({ length: 1_000 }, () => 200_000);
  expect(count(sizes, one)).toBe(chunkSize);
  expect(count(sizes, one, 3)).toBe(3);
  expect(count([], one)).toBe(0);
});

it('limits the bytes of a chunk, where a message may be thousands of posts', () => {
  expect(count([200_000, 200_000])).toBe(1);
  expect(count([60_000, 5_000, 1_000, 10])).toBe(2);
  expect(count(Array.from({ length: 1_000 }, () => 100))).toBe(chunkSize);
  expect(count([100, 200_000])).toBe(1);
  expect(count([])).toBe(0);
});
