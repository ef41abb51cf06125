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

/** Starts a source and records the batches it emits. */
function start(input: NodeJS.ReadableStream, chunkSize?: number) {
  const letters = collectLetters();
  const emitted: AckableBatch<SourceRecord>[] = [];
  const stop = new AbortController();
  const source = createNdjsonSource({
    input,
    name: 'ndjson',
    file: 'feed',
    mapping: defaultMapping,
    deadLetters: letters,
    clock,
    ...(chunkSize ? { chunkSize } : {}),
  });
  let ended = false;
  const run = source
    .run((batch) => void emitted.push(batch), stop.signal)
    .finally(() => {
      ended = true;
    });
  run.catch(() => {});
  return { run, stop, letters, emitted, hasEnded: () => ended };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 500) throw new Error('condition not met in time');
    await sleep(2);
  }
}

describe('NDJSON source', () => {
  it('emits chunks, two in flight, and ends when all are acknowledged', async () => {
    const feed = start(Readable.from(Array.from({ length: 10 }, (_, index) => post(index))), 3);
    await until(() => feed.emitted.length === 2);
    await sleep(20);
    expect(feed.emitted).toHaveLength(2);
    const ackedSizes: number[] = [];
    for (let next = 0; next < feed.emitted.length; next += 1) {
      expect(feed.hasEnded()).toBe(false);
      expect(feed.emitted.length - next).toBeLessThanOrEqual(2);
      const batch = feed.emitted[next] as AckableBatch<SourceRecord>;
      ackedSizes.push(batch.items.length);
      batch.ack();
      await sleep(5);
    }
    await feed.run;
    expect(ackedSizes.reduce((sum, size) => sum + size, 0)).toBe(10);
    expect(Math.max(...ackedSizes)).toBe(3);
    expect(feed.emitted.flatMap(({ items }) => items.map(({ post: { id } }) => id))).toEqual([
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

  it('stops reading while nothing is acknowledged', async () => {
    let pulled = 0;
    function* endless() {
      for (; ; pulled += 1) yield post(pulled);
    }
    const feed = start(Readable.from(endless()), 4);
    await until(() => feed.emitted.length === 2);
    await sleep(30);
    const reached = pulled;
    await sleep(30);
    expect(pulled).toBe(reached);
    expect(pulled).toBeLessThan(60);
    feed.stop.abort();
    for (const { ack } of feed.emitted) ack();
    await feed.run;
  });

  it('does not wait for a full chunk', async () => {
    const input = new PassThrough();
    const feed = start(input);
    input.write(post('a'));
    await until(() => feed.emitted.length === 1);
    expect(feed.emitted[0]?.items[0]).toMatchObject({ post: { id: 'a' }, position: { topic: 'ndjson:feed', partition: 0, offset: '1' } });
    feed.emitted[0]?.ack();
    input.end();
    await feed.run;
  });

  it('numbers every line, skips blank ones, accepts any line ending and a last line without one', async () => {
    const feed = start(Readable.from([Buffer.from(`${post(1).trimEnd()}\r\n\r\n  \n${post(2)}nonsense\n${post(3).trimEnd()}`)]));
    await until(() => feed.emitted.length === 2);
    for (const { ack } of feed.emitted) ack();
    await feed.run;
    expect(feed.emitted.flatMap(({ items }) => items.map(({ position, post: { id } }) => [id, position.offset]))).toEqual([
      ['1', '1'],
      ['2', '4'],
      ['3', '6'],
    ]);
    expect(feed.letters.letters).toMatchObject([{ reason: 'not-json', position: { offset: '5' }, bytes: Buffer.from('nonsense') }]);
    expect(feed.letters.observed).toEqual([true, true, false, true]);
  });

  it('decodes characters split across stream chunks', async () => {
    const bytes = Buffer.from(post('é😀'));
    const feed = start(Readable.from([...bytes].map((byte) => Buffer.from([byte]))));
    await until(() => feed.emitted.length === 1);
    expect(feed.emitted[0]?.items[0]?.post).toMatchObject({ id: 'é😀', text: 'post é😀' });
    feed.emitted[0]?.ack();
    await feed.run;
  });

  it('dead-letters a line of 1 MB whole, and the beginning of a longer one', async () => {
    const long = `"${'x'.repeat(999_998)}"`;
    const feed = start(Readable.from([Buffer.from(`${long}\n`), Buffer.alloc(3_000_000, 0x79), Buffer.from(`\n${post(1)}`)]));
    await until(() => feed.emitted.length === 1);
    feed.emitted[0]?.ack();
    await feed.run;
    expect(feed.letters.letters.map(({ reason, bytes, truncatedFrom }) => [reason, bytes.length, truncatedFrom])).toEqual([
      ['too-large', 1_000_000, undefined],
      ['too-large', 1_048_576, 3_000_000],
    ]);
  });

  it('rejects with the error of a chunk that cannot become durable', async () => {
    const feed = start(Readable.from([post(1)]));
    await until(() => feed.emitted.length === 1);
    feed.emitted[0]?.nack(new Error('the database is gone'));
    await expect(feed.run).rejects.toThrow('the database is gone');
  });

  it('rejects when the stream fails', async () => {
    const input = new PassThrough();
    const feed = start(input);
    input.destroy(new Error('disk on fire'));
    await expect(feed.run).rejects.toMatchObject({ code: 'FILE_INACCESSIBLE', message: expect.stringContaining('disk on fire') });
  });

  it('ends on abort although the stream delivers nothing', async () => {
    const input = new PassThrough();
    const feed = start(input);
    input.write(post(1));
    await until(() => feed.emitted.length === 1);
    feed.stop.abort();
    await sleep(10);
    expect(feed.hasEnded()).toBe(false);
    feed.emitted[0]?.ack();
    await feed.run;
    expect(input.destroyed).toBe(true);
  });
});

it('yields the same lines wherever the stream is split', async () => {
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
