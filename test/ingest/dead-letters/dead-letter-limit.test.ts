import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../src/ingest/dead-letters/dead-letter.ts';
import { createDeadLetterLimit, withDeadLetterLimits } from '../../../src/ingest/dead-letters/dead-letter-limit.ts';
import { createFileDeadLetterSink } from '../../../src/ingest/dead-letters/file-sink.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import { collectLetters } from '../field-samples.ts';

function letter(bytes: Buffer, more: Partial<DeadLetter> = {}): DeadLetter {
  const position = { topic: 'posts', partition: 1, offset: '42' };
  return { reason: 'not-json', position, bytes, timestamp: 5, at: '2026-06-15T12:00:00.000Z', version: '0.0.0', ...more };
}

describe('dead-letter limit', () => {
  const feed = (limits: { maxConsecutive: number; maxRatio: number }, outcomes: Iterable<boolean>) => {
    const limit = createDeadLetterLimit(limits);
    for (const isPost of outcomes) limit.observe(isPost);
    return () => limit.check();
  };
  const repeat = (times: number, of: (index: number) => boolean) => Array.from({ length: times }, (_, index) => of(index));

  it('allows maxConsecutive dead letters, not more', () => {
    const limits = { maxConsecutive: 10, maxRatio: 1 };
    expect(
      feed(
        limits,
        repeat(10, () => false),
      ),
    ).not.toThrow();
    expect(
      feed(
        limits,
        repeat(11, () => false),
      ),
    ).toThrow(expect.objectContaining({ code: 'TOO_MANY_DEAD_LETTERS' }));
  });

  it('restarts the run after a post', () => {
    expect(
      feed(
        { maxConsecutive: 10, maxRatio: 1 },
        repeat(500, (index) => index % 11 === 0),
      ),
    ).not.toThrow();
  });

  it('remembers a run that was too long', () => {
    expect(feed({ maxConsecutive: 2, maxRatio: 1 }, [false, false, false, true, true])).toThrow(/3 consecutive messages/);
  });

  it('checks the ratio only over a full window', () => {
    const limits = { maxConsecutive: 1_000_000, maxRatio: 0.5 };
    const mostlyDead = (index: number) => index % 4 === 0;
    expect(feed(limits, repeat(9_999, mostlyDead))).not.toThrow();
    expect(feed(limits, repeat(10_000, mostlyDead))).toThrow(/7500 of the last 10000/);
  });

  it('counts posts that are rejected later in the ratio', () => {
    const limit = createDeadLetterLimit({ maxConsecutive: 10, maxRatio: 0.5 });
    for (let index = 0; index < 10_000; index += 1) limit.observe(index % 4 !== 0);
    for (let index = 0; index < 2_500; index += 1) limit.reclassify();
    expect(() => limit.check()).not.toThrow();
    limit.reclassify();
    expect(() => limit.check()).toThrow(/5001 of the last 10000 messages were dead letters/);
  });

  it('drops old dead letters from the window', () => {
    const limits = { maxConsecutive: 1_000_000, maxRatio: 0.5 };
    expect(feed(limits, [...repeat(5_000, () => false), ...repeat(5_000, () => true), ...repeat(5_000, () => false)])).not.toThrow();
    expect(feed(limits, [...repeat(5_000, () => true), ...repeat(5_001, () => false)])).toThrow(/5001 of the last/);
  });
});

describe('withDeadLetterLimits', () => {
  it('writes the dead letter that exceeds the limit before it stops the feed, and counts by reason', async () => {
    const metrics = createMetrics();
    const kept = collectLetters();
    const sink = withDeadLetterLimits(kept, { limits: { maxConsecutive: 1, maxRatio: 1 }, source: 'kafka', metrics });
    sink.observe(false);
    await sink.write([letter(Buffer.from('a'))]);
    sink.observe(false);
    await expect(sink.write([letter(Buffer.from('b'), { reason: 'too-old' })])).rejects.toMatchObject({ code: 'TOO_MANY_DEAD_LETTERS' });
    expect(kept.letters.map(({ bytes }) => bytes.toString())).toEqual(['a', 'b']);
    expect((await metrics.deadLetters.get()).values.map(({ labels, value }) => [labels.reason, value])).toEqual([
      ['not-json', 1],
      ['too-old', 1],
    ]);
  });
});

describe('dead-letter file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'feedpulse-letters-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps bytes and metadata, line by line, over several runs', async () => {
    const path = join(folder, 'made', 'dead-letters.ndjson');
    const bytes = Buffer.from([0, 0xff, 0x0a, 0x22]);
    const first = await createFileDeadLetterSink(path);
    await Promise.all([
      first.write([letter(bytes, { key: Buffer.from('k') }), letter(Buffer.alloc(0))]),
      first.write([letter(Buffer.from('three'))]),
    ]);
    await first.close();
    const second = await createFileDeadLetterSink(path);
    await second.write([letter(Buffer.from('four'), { truncatedFrom: 9 })]);
    await second.close();
    const lines = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => Buffer.from(line.bytes, 'base64'))).toEqual([
      bytes,
      Buffer.alloc(0),
      Buffer.from('three'),
      Buffer.from('four'),
    ]);
    const { bytes: _, ...facts } = letter(bytes);
    expect(lines[0]).toEqual({ ...facts, key: 'aw==', bytes: bytes.toString('base64') });
    expect(lines[3].truncatedFrom).toBe(9);
  });
});
