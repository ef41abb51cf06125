import { expect, it } from 'vitest';
import {
  checkResume,
  createRewind,
  formatCursor,
  parseCursor,
  resumeFrom,
} from '../../../../src/ingest/sources/bluesky/jetstream-cursor.ts';
import { readFrame } from '../../../../src/ingest/sources/bluesky/jetstream-frame.ts';

const timeUs = 1_795_168_800_123_456;
const cursor = { endpoint: 'wss://a.example', seq: 77, timeUs };

it('keeps a cursor as text, and accepts nothing else', () => {
  expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  const withoutSeq = { endpoint: 'wss://a.example', timeUs };
  expect(parseCursor(formatCursor(withoutSeq))).toEqual(withoutSeq);
  for (const text of ['', 'null', '[]', '{}', '{"endpoint":"a","timeUs":"1"}', '{"endpoint":"a","timeUs":-1}', 'nonsense'])
    expect(parseCursor(text), text).toBeUndefined();
});

it('resumes by sequence number at the same server only, and by time a little earlier', () => {
  const rewind = createRewind(5_000);
  expect(resumeFrom(undefined, 'wss://a.example', rewind, true)).toEqual({ by: 'live' });
  expect(resumeFrom(cursor, 'wss://a.example', rewind, true)).toEqual({ by: 'seq', value: 77, cursor });
  const byTime = { by: 'time', value: timeUs - 5_000_000 };
  expect(resumeFrom(cursor, 'wss://b.example', rewind, true)).toMatchObject(byTime);
  expect(resumeFrom(cursor, 'wss://a.example', rewind, false)).toMatchObject(byTime);
});

it('advances however little a connection delivers, and does not while connections fail', () => {
  const rewind = createRewind(600_000);
  let cursorUs = timeUs;
  let startUs = rewind('wss://a.example', cursorUs);
  expect(startUs).toBe(timeUs - 600_000_000);
  // Each connection delivers ten seconds; the cursor follows what it delivers.
  for (let connections = 0; connections < 10; connections += 1) {
    expect(rewind('wss://a.example', cursorUs)).toBe(startUs);
    cursorUs = startUs + 10_000_000;
    const next = rewind('wss://a.example', cursorUs);
    expect(next - startUs).toBe(5_000_000);
    startUs = next;
  }
  // One that delivers an hour is rewound as a whole, and another server knows nothing of this one.
  expect(rewind('wss://a.example', cursorUs + 3_600_000_000)).toBe(cursorUs + 3_000_000_000);
  expect(rewind('wss://b.example', cursorUs)).toBe(cursorUs - 600_000_000);
});

it.each([
  ['the same event', 'seq', { seq: 77, timeUs }, 'ok'],
  ['the next event, where that of the cursor is gone', 'seq', { seq: 79, timeUs: timeUs + 900 }, 'ok'],
  ['the same number with another time', 'seq', { seq: 77, timeUs: timeUs - 1 }, 'other-archive'],
  ['an event from before', 'seq', { seq: 80, timeUs: timeUs - 50_000 }, 'other-archive'],
  ['an event from much later', 'seq', { seq: 80, timeUs: timeUs + 61_000_000 }, 'other-archive'],
  ['an event of the rewind', 'time', { timeUs: timeUs - 4_000_000 }, 'ok'],
  ['an event a minute later', 'time', { timeUs: timeUs + 60_000_000 }, 'ok'],
  ['an event from much later', 'time', { timeUs: timeUs + 61_000_000 }, 'late'],
  ['an event without a time', 'time', {}, 'ok'],
] as const)('a first event that is %s, resumed by %s', (_, by, frame, expected) => {
  expect(checkResume({ by, value: 77, cursor }, { kind: 'event', ...frame })).toBe(expected);
});

const nowMs = timeUs / 1_000;
const read = (frame: unknown) => readFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), nowMs);
const v2 = (fields: object) => read({ $type: 'message', payload: { $type: 'network.bsky.jetstream.subscribeEvents#commit', ...fields } });

it('reads position, operation and languages of both protocols', () => {
  const record = { text: 'Hello', langs: ['en', 7, 'pt-BR'] };
  expect(read({ did: 'did:plc:a', time_us: timeUs, kind: 'commit', commit: { operation: 'create', record } })).toEqual({
    kind: 'event',
    did: 'did:plc:a',
    timeUs,
    operation: 'create',
    langs: ['en', 'pt-BR'],
  });
  const witnessedAt = '2026-11-20T10:00:00.123456Z';
  expect(v2({ seq: 5, did: 'did:plc:a', time: '2020-01-01T00:00:00.000000Z', witnessedAt, operation: 'delete' })).toEqual({
    kind: 'event',
    did: 'did:plc:a',
    seq: 5,
    timeUs,
    operation: 'delete',
  });
  expect(v2({ seq: 5, time: '2026-11-20T11:00:00.1+01:00' }).timeUs).toBe(timeUs - 23_456);
});

it('reads notices and errors, whose names may go into the log', () => {
  expect(read({ $type: 'error', error: 'ConsumerTooSlow', message: 'x' })).toEqual({ kind: 'error', notice: 'ConsumerTooSlow' });
  expect(read({ $type: 'error', error: 'a\nb' })).toEqual({ kind: 'error', notice: 'unnamed notice' });
  const info = { $type: 'network.bsky.jetstream.subscribeEvents#info', name: 'OutdatedCursor' };
  expect(read({ $type: 'message', payload: info })).toEqual({ kind: 'info', notice: 'OutdatedCursor' });
});

it('takes no position from a time or a number that cannot be one', () => {
  for (const time_us of [0, -1, 1e14, 1.5e15 + 0.5, (nowMs + 86_400_001) * 1_000, 1e300, `${timeUs}`, null])
    expect(read({ time_us }), String(time_us)).toEqual({ kind: 'event' });
  for (const seq of [-1, 0.5, 1e15, '7', null]) expect(v2({ seq }), String(seq)).toEqual({ kind: 'event' });
  for (const text of ['', 'null', '[]', '7', '"text"', '{"$type":"message"}', '{"$type":"message","payload":7}'])
    expect(read(text), text).toEqual({ kind: 'event' });
});
