import { expect, it } from 'vitest';
import { decodeHeaders, headerBytes, readHeaders, toKafkaHeaders } from '../../src/ingest/message-headers.ts';

const headers = { 'CE-Type': Buffer.from('post'), trace: [Buffer.from('é'), Buffer.from('b')], empty: null, constructor: Buffer.from('x') };

it('reads every header of the producer, and none of our own', () => {
  const raw = readHeaders({ ...headers, 'feedpulse-timestamp': Buffer.from('1') });
  expect(raw.map(([name, value]) => `${name}=${value}`)).toEqual(['CE-Type=post', 'trace=é', 'trace=b', 'empty=', 'constructor=x']);
  expect(headerBytes(raw)).toBe(7 + 4 + 5 + 2 + 5 + 1 + 5 + 11 + 1);
});

it('restores them', () => {
  const restored = toKafkaHeaders(readHeaders(headers));
  expect(restored).toEqual({
    'CE-Type': [Buffer.from('post')],
    trace: headers.trace,
    empty: [Buffer.alloc(0)],
    constructor: [Buffer.from('x')],
  });
});

it('decodes them by name in lower case, without inherited ones', () => {
  const decoded = decodeHeaders(readHeaders(headers));
  expect([decoded['ce-type'], decoded['trace'], decoded['constructor']]).toEqual(['post', 'b', 'x']);
  expect(decodeHeaders([])['constructor']).toBeUndefined();
});
