import { describe, expect, it } from 'vitest';
import { createStreamWriter } from '../../../../src/ingest/sources/live/stream-writer.ts';
import type { RawMessage } from '../../../../src/ingest/sources/process-chunk.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

interface OpenChunk {
  readonly size: number;
  done(): void;
  fail(error: Error): void;
}

function start({ save, saveIntervalMs }: { save?: (cursor: string) => Promise<void>; saveIntervalMs?: number } = {}) {
  const clock = createManualClock();
  const chunks: OpenChunk[] = [];
  const saved: string[] = [];
  let failures = 0;
  const writer = createStreamWriter({
    process: (messages) => new Promise((done, fail) => chunks.push({ size: messages.length, done, fail })),
    cursors: { load: async () => undefined, save: save ?? (async (cursor) => void saved.push(cursor)) },
    ...(saveIntervalMs !== undefined && { saveIntervalMs }),
    clock,
    onFailure: () => (failures += 1),
  });
  return { clock, chunks, saved, writer, failures: () => failures };
}

function message(offset: number, bytes = Buffer.from('{}')): RawMessage {
  return { bytes, timestamp: 0, position: { topic: 't', partition: 0, offset: String(offset) } };
}

function add(writer: ReturnType<typeof start>['writer'], from: number, to: number): void {
  for (let index = from; index < to; index += 1) writer.add({ message: message(index), cursor: String(index) });
}

describe('stream writer', () => {
  it('starts a chunk when it is full, or a quarter of a second after its first event', async () => {
    const { clock, chunks, writer } = start();
    add(writer, 0, 300);
    expect(chunks.map(({ size }) => size)).toEqual([256]);
    await clock.advance(240);
    expect(chunks).toHaveLength(1);
    await clock.advance(20);
    expect(chunks.map(({ size }) => size)).toEqual([256, 44]);
  });

  it('saves the newest cursor below which everything is durable, once a second', async () => {
    const { clock, chunks, saved, writer } = start();
    add(writer, 0, 256 * 3);
    chunks[1]?.done();
    await clock.advance(2_000);
    expect(saved).toEqual([]);
    chunks[0]?.done();
    await clock.advance(10);
    expect(saved).toEqual(['511']);
    chunks[2]?.done();
    await clock.advance(900);
    expect(saved).toEqual(['511']);
    await clock.advance(200);
    expect(saved).toEqual(['511', '767']);
  });

  it.each([3_600_000, -3_600_000])('goes on saving, and tells the age of a chunk, when the clock is set by %i ms', async (step) => {
    const { clock, chunks, saved, writer } = start();
    add(writer, 0, 512);
    chunks[0]?.done();
    await clock.advance(10);
    clock.step(step);
    await clock.advance(1_000);
    expect(writer.oldestChunkMs()).toBe(1_010);
    chunks[1]?.done();
    await clock.advance(1_000);
    expect(saved).toEqual(['255', '511']);
  });

  it('advances the cursor over events that bring no message', async () => {
    const { clock, chunks, saved, writer } = start();
    writer.add({ cursor: 'start' });
    await clock.advance(300);
    expect(saved).toEqual(['start']);
    expect(chunks).toEqual([]);
  });

  it('has four chunks in flight at most, says when it is full, and when there is room again', async () => {
    const { clock, chunks, writer } = start();
    add(writer, 0, 256 * 8);
    expect(chunks).toHaveLength(4);
    expect(writer.isFull()).toBe(false);
    add(writer, 256 * 8, 256 * 8 + 1);
    expect(writer.isFull()).toBe(true);
    let hasRoom = false;
    void writer.waitForRoom(new AbortController().signal).then(() => (hasRoom = true));
    chunks[0]?.done();
    chunks[1]?.done();
    await clock.advance(1);
    expect(hasRoom).toBe(false);
    chunks[2]?.done();
    await clock.advance(1);
    expect(hasRoom).toBe(true);
    expect(writer.oldestChunkMs()).toBe(2);
  });

  it('counts bytes as well', () => {
    const { chunks, writer } = start();
    const large = Buffer.alloc(1_048_576);
    for (let index = 0; index < 8; index += 1) writer.add({ message: message(index, large), cursor: '' });
    expect(chunks).toHaveLength(1);
    expect(writer.isFull()).toBe(false);
  });

  it('saves as seldom as it is told, and no cursor twice', async () => {
    const { clock, chunks, saved, writer } = start({ saveIntervalMs: 15_000 });
    for (let second = 0; second < 60; second += 1) {
      writer.add({ message: message(second), cursor: String(Math.floor(second / 45)) });
      await clock.advance(1_000);
      chunks.at(-1)?.done();
    }
    await clock.advance(15_000);
    expect(saved).toEqual(['0', '1']);
  });

  it('stops at a chunk that cannot become durable, and saves what is durable before it', async () => {
    const { clock, chunks, saved, writer, failures } = start();
    add(writer, 0, 256 * 6);
    chunks[0]?.done();
    await clock.advance(1);
    chunks[1]?.fail(new Error('disk full'));
    await clock.advance(1);
    expect(failures()).toBe(1);
    chunks[2]?.done();
    await clock.advance(1);
    expect(chunks).toHaveLength(5);
    await expect(writer.close()).rejects.toThrow('disk full');
    expect(saved).toEqual(['255']);
  });

  it('stops when the cursor cannot be saved', async () => {
    const { clock, chunks, writer, failures } = start({ save: () => Promise.reject(new Error('no table')) });
    add(writer, 0, 256);
    chunks[0]?.done();
    await clock.advance(1);
    expect(failures()).toBe(1);
    await expect(writer.close()).rejects.toThrow('no table');
  });

  it('closes after the chunks in flight, whose cursor it saves at once, and drops the rest', async () => {
    const { clock, chunks, saved, writer } = start();
    add(writer, 0, 256 * 5);
    let isClosed = false;
    void writer.close().then(() => (isClosed = true));
    chunks.slice(0, 3).map(({ done }) => done());
    await clock.advance(1);
    expect(isClosed).toBe(false);
    chunks[3]?.done();
    await clock.advance(1);
    expect(isClosed).toBe(true);
    expect(chunks).toHaveLength(4);
    expect(saved.at(-1)).toBe('1023');
  });
});
