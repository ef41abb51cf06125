import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AckableBatch } from '../../../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../../../src/domain/post.ts';
import { createNdjsonSource } from '../../../../src/ingest/sources/ndjson/ndjson-source.ts';
import { readLines } from '../../../../src/ingest/sources/ndjson/read-lines.ts';
import type { Clock } from '../../../../src/lib/clock.ts';
import { collectLetters, defaultMapping, now } from '../../field-samples.ts';

const clock: Clock = { now: () => now, sleep: async () => {} };

function post(id: number | string): string {
  return `${JSON.stringify({ platform: 'murmur', id, text: `post ${id}` })}\n`;
}

/** A running source and what it offered. */
function start(input: NodeJS.ReadableStream, sliceSize?: number) {
  const letters = collectLetters();
  const offered: AckableBatch<SourceRecord>[] = [];
  const stop = new AbortController();
  const source = createNdjsonSource({
    input,
    name: 'feed',
    mapping: defaultMapping,
    deadLetters: letters,
    clock,
    ...(sliceSize ? { sliceSize } : {}),
  });
  let ended = false;
  const run = source
    .run((envelope) => void offered.push(envelope), stop.signal)
    .finally(() => {
      ended = true;
    });
  run.catch(() => {});
  return { run, stop, letters, offered, hasEnded: () => ended };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 500) throw new Error('waited in vain');
    await sleep(2);
  }
}

describe('an NDJSON feed', () => {
  it('offers slices, two in flight, and ends when all are settled', async () => {
    const feed = start(Readable.from(Array.from({ length: 10 }, (_, index) => post(index))), 3);
    await until(() => feed.offered.length === 2);
    await sleep(20);
    expect(feed.offered).toHaveLength(2);
    const settledSizes: number[] = [];
    for (let next = 0; next < feed.offered.length; next += 1) {
      expect(feed.hasEnded()).toBe(false);
      expect(feed.offered.length - next).toBeLessThanOrEqual(2);
      const envelope = feed.offered[next] as AckableBatch<SourceRecord>;
      settledSizes.push(envelope.items.length);
      envelope.settle();
      await sleep(5);
    }
    await feed.run;
    expect(settledSizes.reduce((sum, size) => sum + size, 0)).toBe(10);
    expect(Math.max(...settledSizes)).toBe(3);
    expect(feed.offered.flatMap(({ items }) => items.map(({ post: { id } }) => id))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
    ]);
  });

  it('stops reading while nothing settles', async () => {
    let pulled = 0;
    function* endless() {
      for (; ; pulled += 1) yield post(pulled);
    }
    const feed = start(Readable.from(endless()), 4);
    await until(() => feed.offered.length === 2);
    await sleep(30);
    const reached = pulled;
    await sleep(30);
    expect(pulled).toBe(reached);
    expect(pulled).toBeLessThan(60);
    feed.stop.abort();
    for (const envelope of feed.offered) envelope.settle();
    await feed.run;
  });

  it('does not wait for a full slice', async () => {
    const input = new PassThrough();
    const feed = start(input);
    input.write(post('a'));
    await until(() => feed.offered.length === 1);
    expect(feed.offered[0]?.items[0]).toMatchObject({ post: { id: 'a' }, position: { topic: 'ndjson:feed', partition: 0, offset: '1' } });
    feed.offered[0]?.settle();
    input.end();
    await feed.run;
  });

  it('numbers lines as they stand, passes over blank ones, takes any line end and a last line without one', async () => {
    const feed = start(Readable.from([Buffer.from(`${post(1).trimEnd()}\r\n\r\n  \n${post(2)}nonsense\n${post(3).trimEnd()}`)]));
    await until(() => feed.offered.length === 2);
    for (const { settle } of feed.offered) settle();
    await feed.run;
    expect(feed.offered.flatMap(({ items }) => items.map(({ position, post: { id } }) => [id, position.offset]))).toEqual([
      ['1', '1'],
      ['2', '4'],
      ['3', '6'],
    ]);
    expect(feed.letters.letters).toMatchObject([{ reason: 'not-json', position: { offset: '5' }, bytes: Buffer.from('nonsense') }]);
    expect(feed.letters.observed).toEqual([true, true, false, true]);
  });

  it('reads characters that chunks cut apart', async () => {
    const bytes = Buffer.from(post('é😀'));
    const feed = start(Readable.from([...bytes].map((byte) => Buffer.from([byte]))));
    await until(() => feed.offered.length === 1);
    expect(feed.offered[0]?.items[0]?.post).toMatchObject({ id: 'é😀', text: 'post é😀' });
    feed.offered[0]?.settle();
    await feed.run;
  });

  it('puts a line of 1 MB whole to the dead letters, and of a longer one its beginning', async () => {
    const long = `"${'x'.repeat(999_998)}"`;
    const feed = start(Readable.from([Buffer.from(`${long}\n`), Buffer.alloc(3_000_000, 0x79), Buffer.from(`\n${post(1)}`)]));
    await until(() => feed.offered.length === 1);
    feed.offered[0]?.settle();
    await feed.run;
    expect(feed.letters.letters.map(({ reason, bytes, truncatedFrom }) => [reason, bytes.length, truncatedFrom])).toEqual([
      ['too-large', 1_000_000, undefined],
      ['too-large', 1_048_576, 3_000_000],
    ]);
  });

  it('rejects with the error of a slice that never becomes durable', async () => {
    const feed = start(Readable.from([post(1)]));
    await until(() => feed.offered.length === 1);
    feed.offered[0]?.settle(new Error('the database is gone'));
    await expect(feed.run).rejects.toThrow('the database is gone');
  });

  it('rejects when the stream breaks', async () => {
    const input = new PassThrough();
    const feed = start(input);
    input.destroy(new Error('disk on fire'));
    await expect(feed.run).rejects.toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining('disk on fire') });
  });

  it('ends when it is told to, although the stream is silent', async () => {
    const input = new PassThrough();
    const feed = start(input);
    input.write(post(1));
    await until(() => feed.offered.length === 1);
    feed.stop.abort();
    await sleep(10);
    expect(feed.hasEnded()).toBe(false);
    feed.offered[0]?.settle();
    await feed.run;
    expect(input.destroyed).toBe(true);
  });
});

it('lines are the same however the stream is cut', async () => {
  const text = 'a\nbb\r\n\nccc\r\r\ndddd';
  const cuts = [1, 2, 3, 5, 100];
  const read = await Promise.all(
    cuts.map(async (size) => {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
        Buffer.from(text.slice(index * size, (index + 1) * size)),
      );
      const lines: string[] = [];
      for await (const completed of readLines(Readable.from(chunks)))
        lines.push(...completed.map(({ bytes, number }) => `${number}:${bytes}`));
      return lines;
    }),
  );
  for (const lines of read) expect(lines).toEqual(['1:a', '2:bb', '3:', '4:ccc\r', '5:dddd']);
});
