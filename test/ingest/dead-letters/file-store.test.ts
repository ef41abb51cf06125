import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../src/ingest/dead-letters/dead-letter.ts';
import type { DeadLetterStore, StoredDeadLetter } from '../../../src/ingest/dead-letters/dead-letter-store.ts';
import { createFileDeadLetterSink } from '../../../src/ingest/dead-letters/file-sink.ts';
import { createFileDeadLetterStore } from '../../../src/ingest/dead-letters/file-store.ts';
import { type ReplayOutcome, replayDeadLetters } from '../../../src/ingest/dead-letters/replay-dead-letters.ts';
import { compileMapping, type MessageContent, parseMessage } from '../../../src/ingest/mapping/parse-message.ts';
import { defaultMapping, now } from '../field-samples.ts';

let folder: string;
let path: string;
let store: DeadLetterStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'feedpulse-replay-'));
  path = join(folder, 'dead-letters.ndjson');
  store = createFileDeadLetterStore(path);
});
afterEach(() => rmSync(folder, { recursive: true }));

function letter(line: number, text: string, more: Partial<DeadLetter> = {}): DeadLetter {
  const position = { topic: 'ndjson:feed', partition: 0, offset: String(line) };
  return {
    reason: 'missing-text',
    position,
    bytes: Buffer.from(text),
    timestamp: now,
    at: '2026-06-15T12:00:00.000Z',
    version: '0.0.0',
    ...more,
  };
}

/** A message that the usual mapping refuses, and one that says where its text is takes. */
const bodied = (id: number) => JSON.stringify({ platform: 'murmur', id, body: `post ${id}` });

async function keep(...letters: DeadLetter[]): Promise<void> {
  const sink = await createFileDeadLetterSink(path);
  await sink.write(letters);
  await sink.close();
}

async function readAll(): Promise<{ letters: StoredDeadLetter[]; unreadable: number }> {
  const letters: StoredDeadLetter[] = [];
  const { unreadable } = await store.read((read) => void letters.push(read));
  return { letters, unreadable };
}

function replay(
  options: { dryRun?: boolean; filter?: (letter: StoredDeadLetter) => boolean; from?: DeadLetterStore } = {},
): Promise<ReplayOutcome> {
  const clock = { now: () => now };
  const mapping = compileMapping({ ...defaultMapping, text: 'body' });
  const { dryRun = false, filter = () => true, from = store } = options;
  const source = { source: 'ndjson', store: from, parse: (message: MessageContent, at: number) => parseMessage(message, mapping, at) };
  return replayDeadLetters([source], { clock, filter, dryRun });
}

/** Lines of all that was put back. */
function fed(): string[] {
  const replays = join(folder, 'replays');
  const folders = readdirSync(replays).filter((name) => /^\d+$/.test(name));
  return folders.sort().flatMap((name) =>
    readFileSync(join(replays, name, 'posts.ndjson'), 'utf8')
      .split('\n')
      .filter(Boolean),
  );
}

it('keeps the headers of a message, whatever bytes they hold', async () => {
  const rawHeaders = [
    ['Trace', Buffer.from('first')],
    ['Trace', Buffer.from('second')],
    ['raw', Buffer.from([0, 255])],
  ] as const;
  await keep(letter(1, 'x', { rawHeaders }), letter(2, 'y'));
  const [first, second] = (await readAll()).letters;
  expect(first?.rawHeaders).toEqual(rawHeaders);
  expect(first?.headers).toEqual(Object.assign(Object.create(null), { trace: 'second', raw: '\0\ufffd' }));
  expect(second?.rawHeaders).toBeUndefined();
});

describe('dead-letter file', () => {
  it('returns what was written, copies once', async () => {
    const odd = letter(7, '', { bytes: Buffer.from([0, 0xff, 0x0a]), key: Buffer.from([1]), truncatedFrom: 9 });
    await keep(letter(1, bodied(1)), odd);
    await keep(letter(1, bodied(1), { at: '2026-06-16T00:00:00.000Z' }), letter(1, bodied(2)));
    const { letters } = await readAll();
    expect(letters.map(({ id: _, ...facts }) => facts)).toEqual([letter(1, bodied(1)), odd, letter(1, bodied(2))]);
    expect(new Set(letters.map(({ id }) => id)).size).toBe(3);
  });

  it('reads a message of 1 MiB', async () => {
    await keep(letter(1, 'x'.repeat(1_048_576)));
    expect((await readAll()).letters[0]?.bytes.length).toBe(1_048_576);
  });

  it('loses no dead letter after a line that a crash has truncated', async () => {
    await keep(letter(1, bodied(1)), letter(2, bodied(2)));
    truncateSync(path, readFileSync(path).length - 20);
    await keep(letter(3, bodied(3)));
    const { letters, unreadable } = await readAll();
    expect([letters.map(({ position }) => position.offset), unreadable]).toEqual([['1', '3'], 1]);
  });

  it('skips lines that are not dead letters', async () => {
    await keep(letter(1, bodied(1)));
    appendFileSync(path, 'null\n{"reason":"x"}\n[]\n\n{"reason":"x","bytes":"","position":{"topic":"t","partition":0,"offset":"../1"}}\n');
    expect(await readAll()).toMatchObject({ letters: [{ reason: 'missing-text' }], unreadable: 4 });
  });

  it('is empty if it does not exist', async () => {
    expect(await readAll()).toEqual({ letters: [], unreadable: 0 });
    expect((await replay()).replayed).toBe(0);
  });
});

describe('file replay', () => {
  it('replays each dead letter once, however often it runs, and skips invalid ones', async () => {
    await keep(letter(1, bodied(1)), letter(2, '{', { reason: 'not-json' }), letter(3, bodied(3), { truncatedFrom: 99 }));
    const first = await replay();
    expect(first).toMatchObject({ replayed: 1, alreadyReplayed: 0, skipped: { 'not-json': 1, truncated: 1 } });
    expect(first.examples.map(({ position: { offset }, reason }) => [offset, reason])).toEqual([
      ['2', 'not-json'],
      ['3', 'truncated'],
    ]);
    expect(readFileSync(first.destinations[0]?.name ?? '', 'utf8')).toBe(`${bodied(1)}\n`);
    await keep(letter(4, bodied(4)));
    expect(await replay()).toMatchObject({ replayed: 1, alreadyReplayed: 1 });
    expect(await replay()).toMatchObject({ replayed: 0, alreadyReplayed: 2 });
    expect(fed()).toEqual([bodied(1), bodied(4)]);
  });

  it('replays a dead letter with copies once', async () => {
    await keep(letter(1, bodied(1)), letter(1, bodied(1)), letter(1, bodied(1)));
    expect(await replay()).toMatchObject({ replayed: 1 });
    expect(fed()).toEqual([bodied(1)]);
  });

  it('replays only what the filter selects, and nothing in a dry run', async () => {
    await keep(letter(1, bodied(1)), letter(2, bodied(2), { reason: 'bad-date' }));
    const filter = ({ reason }: StoredDeadLetter) => reason === 'bad-date';
    expect(await replay({ dryRun: true, filter })).toMatchObject({ replayed: 1 });
    expect(readdirSync(folder)).toEqual(['dead-letters.ndjson']);
    expect(await replay({ filter })).toMatchObject({ replayed: 1 });
    expect(fed()).toEqual([bodied(2)]);
  });

  it('has replayed nothing if it crashes', async () => {
    await keep(...Array.from({ length: 700 }, (_, index) => letter(index, bodied(index))));
    const dying: DeadLetterStore = {
      ...store,
      // As a killed process would: what is written stays, nothing is finished or removed.
      beginReplay: async () => ({
        ...(await store.beginReplay()),
        finish: () => Promise.reject(new Error('killed')),
        close: async () => {},
      }),
    };
    await expect(replay({ from: dying })).rejects.toThrow('killed');
    expect(fed()).toEqual([]);
    expect(await replay()).toMatchObject({ replayed: 700, alreadyReplayed: 0 });
    expect(new Set(fed()).size).toBe(700);
    expect(fed()).toHaveLength(700);
  });

  it('one of two concurrent replays fails', async () => {
    await keep(...Array.from({ length: 50 }, (_, index) => letter(index, bodied(index))));
    const outcomes = await Promise.allSettled([replay(), replay(), replay()]);
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(lost).toEqual(['REPLAY_CONFLICT', 'REPLAY_CONFLICT']);
    expect(fed()).toHaveLength(50);
    expect(await replay()).toMatchObject({ replayed: 0, alreadyReplayed: 50 });
    expect(readdirSync(join(folder, 'replays')).filter((name) => name.startsWith('draft-'))).toEqual([]);
  });

  it('removes drafts of replays that crashed a day ago', async () => {
    await keep(letter(1, bodied(1)));
    const left = await store.beginReplay();
    const [draft = ''] = readdirSync(join(folder, 'replays'));
    utimesSync(join(folder, 'replays', draft), 0, 0);
    await replay();
    expect(readdirSync(join(folder, 'replays'))).toEqual(['000001']);
    await left.close();
  });
});
