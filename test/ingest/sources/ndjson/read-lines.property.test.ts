import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AckableBatch } from '../../../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../../../src/domain/post.ts';
import { createNdjsonSource } from '../../../../src/ingest/sources/ndjson/ndjson-source.ts';
import { type Line, readLines } from '../../../../src/ingest/sources/ndjson/read-lines.ts';
import { collectLetters, defaultMapping, now } from '../../field-samples.ts';

/** Bytes with many line endings among them, split anywhere. */
const content = fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(255) }, { weight: 1, arbitrary: fc.constantFrom(0x0a, 0x0d) }), {
  maxLength: 300,
});
const cuts = fc.array(fc.nat(300), { maxLength: 20 });

function chunksOf(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...at.filter((place) => place < bytes.length), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

async function linesOf(chunks: Buffer[], maxLineBytes: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const completed of readLines(Readable.from(chunks, { objectMode: true }), maxLineBytes)) lines.push(...completed);
  return lines;
}

it('splits at newlines wherever the stream is split, and keeps each line up to its limit', async () => {
  await fc.assert(
    fc.asyncProperty(content, cuts, fc.integer({ min: 1, max: 40 }), async (values, at, maxLineBytes) => {
      const bytes = Buffer.from(values);
      const parts = bytes.toString('latin1').split('\n');
      if (parts.at(-1) === '') parts.pop();
      const lines = await linesOf(chunksOf(bytes, at), maxLineBytes);
      expect(lines.map(({ number, size }) => [number, size])).toEqual(parts.map((part, index) => [index + 1, part.length]));
      for (const [index, part] of parts.entries()) {
        const whole = part.length <= maxLineBytes ? part.replace(/\r$/, '') : part.slice(0, maxLineBytes);
        expect(lines[index]?.bytes.toString('latin1')).toBe(whole);
      }
    }),
    { numRuns: 500 },
  );
});

const post = fc.nat(1_000_000).map((id) => JSON.stringify({ platform: 'murmur', id, text: 'x' }));
const line = fc.oneof(post, post, fc.constantFrom('', '  ', '\t\r', 'nonsense', '{}', '[1]'));
/** An input that begins with an array is refused as a whole. */
const lines = fc.array(line, { maxLength: 60 }).filter((all) => all.find((text) => text.trim() !== '') !== '[1]');

it('turns every line that is not blank into a post or a dead letter, in order, with its own line number', async () => {
  await fc.assert(
    fc.asyncProperty(lines, cuts, fc.integer({ min: 1, max: 7 }), async (lines, at, chunkSize) => {
      const letters = collectLetters();
      const items: SourceRecord[] = [];
      const emit = ({ items: emitted, ack }: AckableBatch<SourceRecord>): void => {
        items.push(...emitted);
        setImmediate(ack);
      };
      const input = Readable.from(chunksOf(Buffer.from(lines.join('\n')), at), { objectMode: true });
      const clock = { now: () => now, sleep: async () => {} };
      await createNdjsonSource({ input, name: 'ndjson', file: 'f', mapping: defaultMapping, deadLetters: letters, clock, chunkSize }).run(
        emit,
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
