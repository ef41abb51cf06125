import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { createFileDeadLetterSink } from '../../../src/ingest/dead-letters/file-sink.ts';
import { listDeadLetters } from '../../../src/ingest/dead-letters/list-dead-letters.ts';
import { openDeadLetters, type SourceDeadLetters } from '../../../src/ingest/dead-letters/open-dead-letters.ts';
import { replayDeadLetters } from '../../../src/ingest/dead-letters/replay-dead-letters.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/lib/log.ts';

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'feedpulse-several-'));
  const sink = await createFileDeadLetterSink(join(folder, 'dead-letters.ndjson'));
  const letter = (topic: string, line: number, bytes: string) => ({
    reason: 'missing-text' as const,
    position: { topic, partition: 0, offset: String(line) },
    bytes: Buffer.from(bytes),
    timestamp: 5,
    at: `2026-06-15T12:00:0${line}.000Z`,
    version: '0.0.0',
  });
  await sink.write([
    letter('reviews:a.ndjson', 1, '{"platform":"murmur","id":1,"review":"Kestrivo was late"}'),
    letter('chats:b.ndjson', 2, '{"platform":"murmur","id":2,"body":"Kestrivo was early"}'),
    letter('renamed:c.ndjson', 3, '{"platform":"murmur","id":3}'),
    letter('chats:b.ndjson', 4, '{"platform":"murmur","id":4,"review":"not mapped here"}'),
  ]);
  await sink.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (only?: string): readonly SourceDeadLetters[] => {
  const { mapping } = configSchema.parse({});
  const config = configSchema.parse({
    dataDir: folder,
    sources: [
      { name: 'reviews', type: 'ndjson', ndjson: { path: 'a.ndjson' }, mapping: { ...mapping, text: 'review' } },
      { name: 'chats', type: 'ndjson', ndjson: { path: 'b.ndjson' }, mapping: { ...mapping, text: 'body' } },
    ],
  });
  return openDeadLetters({ config, clock: systemClock, log: createLog('silent') }, new AbortController().signal, only);
};

const all = { filter: () => true, limit: 10 };

test('sources that share a file are told apart by position; the first has what belongs to none', async () => {
  const { deadLetters } = await listDeadLetters(open(), all);
  expect(deadLetters.map(({ source, position }) => `${source} ${position}`)).toEqual([
    'reviews reviews:a.ndjson/0/1',
    'chats chats:b.ndjson/0/2',
    'reviews renamed:c.ndjson/0/3',
    'chats chats:b.ndjson/0/4',
  ]);
  expect((await listDeadLetters(open('chats'), all)).counts).toEqual({ 'missing-text': 2 });
  expect((await listDeadLetters(open(), { ...all, limit: 2 })).deadLetters.map(({ position }) => position)).toEqual([
    'renamed:c.ndjson/0/3',
    'chats:b.ndjson/0/4',
  ]);
});

test('a source that cannot be read does not hide the others', async () => {
  const [reviews, chats] = open() as [SourceDeadLetters, SourceDeadLetters]; // as configured above
  const read = () => Promise.reject(new Error('No broker answers.'));
  const broken = { ...reviews, store: { ...reviews.store, read } };
  expect(await listDeadLetters([broken, chats], all)).toMatchObject({
    counts: { 'missing-text': 2 },
    unavailable: ['reviews: No broker answers.'],
  });
  await expect(listDeadLetters([broken], all)).rejects.toThrow('No broker answers.');
});

test('each source replays to a file of its own, with its own mapping', async () => {
  const { destinations, ...outcome } = await replayDeadLetters(open(), { clock: systemClock, filter: () => true, dryRun: false });
  expect(outcome).toMatchObject({ replayed: 2, alreadyReplayed: 0, skipped: { 'missing-text': 2 } });
  expect(destinations.map(({ source, name }) => [source, readFileSync(name, 'utf8')])).toEqual([
    ['reviews', '{"platform":"murmur","id":1,"review":"Kestrivo was late"}\n'],
    ['chats', '{"platform":"murmur","id":2,"body":"Kestrivo was early"}\n'],
  ]);
  expect(await replayDeadLetters(open(), { clock: systemClock, filter: () => true, dryRun: false })).toMatchObject({
    replayed: 0,
    alreadyReplayed: 2,
  });
});

test('the wrong settings of one source do not hide the dead letters of the others', async () => {
  const remote = { name: 'remote', type: 'kafka', kafka: { brokers: ['broker.example:9092'] } };
  const config = configSchema.parse({ dataDir: folder, sources: [remote, { name: 'chats', type: 'ndjson' }] });
  const sources = openDeadLetters({ config, clock: systemClock, log: createLog('silent') }, new AbortController().signal);
  const { counts, unavailable } = await listDeadLetters(sources, all);
  expect([counts, unavailable]).toEqual([{ 'missing-text': 4 }, [expect.stringMatching(/^remote: .*not be encrypted/)]]);
});
