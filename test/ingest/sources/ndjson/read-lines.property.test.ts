import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AckableBatch } from '../../../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../../../src/domain/post.ts';
import { createNdjsonSource } from '../../../../src/ingest/sources/ndjson/ndjson-source.ts';
import { type Line, readLines } from '../../../../src/ingest/sources/ndjson/read-lines.ts';
import { collectLetters, defaultMapping, now } from '../../field-samples.ts';

/** Bytes with many ends of lines among them, cut anywhere. */
const content = fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(255) }, { weight: 1, arbitrary: fc.constantFrom(0x0a, 0x0d) }), {
  maxLength: 300,
});
const cuts = fc.array(fc.nat(300), { maxLength: 20 });

function chunksOf(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...at.filter((place) => place < bytes.length), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

async function linesOf(chunks: Buffer[], longest: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const completed of readLines(Readable.from(chunks, { objectMode: true }), longest)) lines.push(...completed);
  return lines;
}

it('lines are what stands between the ends of lines, wherever the stream is cut, and each is kept up to its bound', async () => {
  await fc.assert(
    fc.asyncProperty(content, cuts, fc.integer({ min: 1, max: 40 }), async (values, at, longest) => {
      const bytes = Buffer.from(values);
      const parts = bytes.toString('latin1').split('\n');
      if (parts.at(-1) === '') parts.pop();
      const lines = await linesOf(chunksOf(bytes, at), longest);
      expect(lines.map(({ number, size }) => [number, size])).toEqual(parts.map((part, index) => [index + 1, part.length]));
      for (const [index, part] of parts.entries()) {
        const whole = part.length <= longest ? part.replace(/\r$/, '') : part.slice(0, longest);
        expect(lines[index]?.bytes.toString('latin1')).toBe(whole);
      }
    }),
    { numRuns: 500 },
  );
});

const post = fc.nat(1_000_000).map((id) => JSON.stringify({ platform: 'murmur', id, text: 'x' }));
const line = fc.oneof(post, post, fc.constantFrom('', '  ', '\t\r', 'nonsense', '{}', '[1]'));

it('every line of an NDJSON feed is a post or a dead letter, in order, at its own number; blank ones are neither', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 60 }), cuts, fc.integer({ min: 1, max: 7 }), async (lines, at, sliceSize) => {
      const letters = collectLetters();
      const items: SourceRecord[] = [];
      const take = ({ items: offered, settle }: AckableBatch<SourceRecord>): void => {
        items.push(...offered);
        setImmediate(settle);
      };
      const input = Readable.from(chunksOf(Buffer.from(lines.join('\n')), at), { objectMode: true });
      const clock = { now: () => now, sleep: async () => {} };
      await createNdjsonSource({ input, name: 'f', mapping: defaultMapping, deadLetters: letters, clock, sliceSize }).run(
        take,
        new AbortController().signal,
      );
      const numbered = lines.map((text, index) => ({ text, offset: String(index + 1) })).filter(({ text }) => text.trim() !== '');
      const [posts, others] = [
        numbered.filter(({ text }) => text.includes('murmur')),
        numbered.filter(({ text }) => !text.includes('murmur')),
      ];
      expect(items.map(({ position, post: { id } }) => [position.offset, Number(id)])).toEqual(
        posts.map(({ offset, text }) => [offset, JSON.parse(text).id]),
      );
      expect(letters.letters.map(({ position, bytes }) => ({ offset: position.offset, text: bytes.toString() }))).toEqual(
        others.map(({ offset, text }) => ({ offset, text })),
      );
    }),
    { numRuns: 200 },
  );
});
