import avsc from 'avsc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import type { DeadLetterReason } from '../../../src/ingest/dead-letters/dead-letter.ts';
import { createMessageParser, type ParseMessage, preserveOrder } from '../../../src/ingest/decode/message-parser.ts';
import { compileMapping, type ParsedMessage } from '../../../src/ingest/mapping/parse-message.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { framed, startRegistry, type TestRegistry } from '../../support/schema-registry.ts';
import { quiet } from '../../support/test-database.ts';
import { defaultMapping, now } from '../field-samples.ts';

const fields = [
  { name: 'platform', type: 'string' },
  { name: 'id', type: 'long' },
  { name: 'text', type: 'string' },
];
const postSchema = { type: 'record', name: 'Post', namespace: 'feed', fields };
/** A later version: one more field that may be absent. */
const laterSchema = { ...postSchema, fields: [...fields, { name: 'lang', type: ['null', 'string'], default: null }] };
const post = { platform: 'murmur', id: 7, text: 'What a day' };

let registry: TestRegistry;
let stop: AbortController;
/** Time passes only while somebody sleeps, and then at once. */
let time: number;

beforeEach(async () => {
  registry = await startRegistry();
  stop = new AbortController();
  time = now;
  registry.register(1, { schema: JSON.stringify(postSchema) });
  registry.register(2, { schema: JSON.stringify(laterSchema) });
  registry.register(3, { schema: '{"type":"object"}', schemaType: 'JSON' });
  registry.register(4, { schema: 'syntax = "proto3";', schemaType: 'PROTOBUF' });
});
afterEach(async () => {
  stop.abort();
  await registry.stop();
});

function parser(more: Partial<TestRegistry['config']> = {}): ParseMessage {
  const clock: Clock = {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
  };
  const { kafka: config } = configSchema.parse({ kafka: { schemaRegistry: { ...registry.config, ...more } } });
  return createMessageParser({ mapping: compileMapping(defaultMapping), config, clock, log: quiet, signal: stop.signal });
}

function avro(id: number, schema: object, value: unknown): Buffer {
  return framed(id, avsc.Type.forSchema(schema as avsc.Schema).toBuffer(value)); // written above
}

const parse = async (bytes: Buffer, by = parser(), timestamp = now): Promise<ParsedMessage> => by({ bytes, timestamp }, now);

const rejected = (reason: DeadLetterReason): ParsedMessage => ({ posts: [], rejected: reason });

describe('messages with a schema id', () => {
  it('are parsed as Avro, JSON Schema and plain JSON in one topic', async () => {
    const by = parser();
    const json = Buffer.from(JSON.stringify(post));
    const expected = { posts: [{ platform: 'murmur', id: '7', text: 'What a day' }] };
    expect(await parse(avro(1, postSchema, post), by)).toMatchObject(expected);
    expect(await parse(framed(3, json), by)).toMatchObject(expected);
    expect(await parse(json, by)).toMatchObject(expected);
  });

  it('are parsed with the version of the schema that they name', async () => {
    const by = parser();
    expect(await parse(avro(1, postSchema, post), by)).not.toHaveProperty('posts.0.lang');
    expect(await parse(avro(2, laterSchema, { ...post, lang: 'pt' }), by)).toHaveProperty('posts.0.lang', 'pt');
    expect(await parse(avro(2, laterSchema, { ...post, lang: null }), by)).not.toHaveProperty('posts.0.lang');
  });

  it('keep an id beyond the safe integers', async () => {
    const big = Buffer.concat([Buffer.from([2, 0x70]), Buffer.from('feffffffffffffffff01', 'hex'), Buffer.from([2, 0x78])]);
    expect(await parse(framed(1, big))).toMatchObject({ posts: [{ platform: 'p', id: '9223372036854775807', text: 'x' }] });
  });

  it('may have a schema with references', async () => {
    const author = { type: 'record', name: 'feed.Author', fields: [{ name: 'id', type: 'string' }] };
    const referring = { ...postSchema, fields: [...fields, { name: 'author', type: 'Author' }] };
    registry.registerSubject('feed author', 3, { schema: JSON.stringify(author) });
    registry.register(9, { schema: JSON.stringify(referring), references: [{ name: 'feed.Author', subject: 'feed author', version: 3 }] });
    const whole = { ...postSchema, fields: [...fields, { name: 'author', type: author }] };
    expect(await parse(avro(9, whole, { ...post, author: { id: 'u1' } }))).toHaveProperty('posts.0.author.id', 'u1');
  });

  it.each([
    ['undecodable', () => framed(1, Buffer.from([2, 0x70, 14]))],
    ['undecodable', () => Buffer.concat([avro(1, postSchema, post), Buffer.from('rest')])],
    ['unsupported-schema', () => framed(4, Buffer.from('x'))],
    ['not-json', () => framed(3, Buffer.from('{'))],
    ['not-json', () => Buffer.from([0, 0, 0])],
    ['too-large', () => framed(1, Buffer.alloc(300_000))],
    ['missing-text', () => avro(1, postSchema, { ...post, text: ' ' })],
  ])('are refused as %s', async (reason, message) => {
    expect(await parse(message())).toEqual({ posts: [], rejected: reason });
  });

  it('are dead letters if no registry is configured', async () => {
    const { kafka: config } = configSchema.parse({});
    const plain = createMessageParser({
      mapping: compileMapping(defaultMapping),
      config,
      clock: { now: () => 0, sleep: async () => {} },
      log: quiet,
      signal: stop.signal,
    });
    expect(plain({ bytes: avro(1, postSchema, post), timestamp: now }, now)).toEqual(rejected('not-json'));
  });
});

describe('schemas', () => {
  it('are fetched once', async () => {
    const by = parser();
    await Promise.all(Array.from({ length: 100 }, () => parse(avro(1, postSchema, post), by)));
    await parse(avro(1, postSchema, post), by);
    expect(registry.requests()).toBe(1);
  });

  it('are evicted beyond the cache limit, whatever ids arrive', async () => {
    const by = parser();
    for (let id = 1_000; id < 2_100; id += 1) {
      registry.register(id, { schema: JSON.stringify(postSchema) });
      await parse(avro(id, postSchema, post), by);
    }
    const before = registry.requests();
    await parse(avro(2_099, postSchema, post), by);
    expect(registry.requests()).toBe(before);
    await parse(avro(1_000, postSchema, post), by);
    expect(registry.requests()).toBe(before + 1);
  });

  it.each([['503', 503] as const, ['resets', 'reset'] as const, ['a proxy’s 429', 429] as const])(
    'are asked for again after %s',
    async (_, how) => {
      registry.fail(6, how);
      expect(await parse(avro(1, postSchema, post))).toHaveProperty('posts.0');
      expect(registry.requests()).toBe(7);
    },
  );

  it('that the registry does not have yet are retried', async () => {
    const by = parser();
    const early = parse(avro(5, postSchema, post), by, time);
    registry.register(5, { schema: JSON.stringify(postSchema) });
    expect(await early).toHaveProperty('posts.0');
    const never = time;
    expect(await parse(avro(6, postSchema, post), by, time)).toEqual(rejected('unknown-schema'));
    expect(time - never).toBeGreaterThan(50_000);
  });

  it('of old messages are retried only briefly, so that a flood of unknown ids cannot stop the source', async () => {
    const by = parser();
    const old = now - 3_600_000;
    const answers = Array.from({ length: 256 }, (_, index) => parse(avro(10_000 + index, postSchema, post), by, old));
    expect(new Set((await Promise.all(answers)).map((answer) => answer.rejected))).toEqual(new Set(['unknown-schema']));
    const began = time;
    await parse(avro(20_000, postSchema, post), by, old);
    expect(time - began).toBeLessThanOrEqual(2_000);
    const requests = registry.requests();
    expect(await parse(avro(20_000, postSchema, post), by, old)).toEqual(rejected('unknown-schema'));
    expect(registry.requests()).toBe(requests);
  });

  it('that are unavailable for five minutes stop the source without dead letters', async () => {
    registry.fail(10_000, 503);
    const stopped = parse(avro(1, postSchema, post));
    await expect(stopped).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE', retry: true });
    expect(time - now).toBeGreaterThan(290_000);
  });

  it('that the registry rejects stop the source at once, without secrets in the error', async () => {
    const refused = parse(avro(1, postSchema, post), parser({ password: 'guessed' }));
    await expect(refused).rejects.toMatchObject({
      code: 'REGISTRY_REJECTED',
      retry: false,
      message: expect.not.stringContaining('guessed'),
    });
    expect(registry.requests()).toBe(1);
  });

  it('need an encrypted connection or allowPlaintext', () => {
    expect(() => parser({ url: 'http://registry.example:8081' })).toThrow(expect.objectContaining({ code: 'KAFKA_PLAINTEXT' }));
    expect(() => parser({ url: 'https://registry.example:8081' })).not.toThrow();
    expect(() => parser({ url: 'https://me:secret@registry.example' })).toThrow(/set the user name and password separately/);
  });
});

it('results keep the order of the messages while a schema is fetched', async () => {
  const ends: ((reason: 'too-old') => void)[] = [];
  const slow = new Promise<ParsedMessage>((resolve) => ends.push((reason) => resolve(rejected(reason))));
  const outcomes: (ParsedMessage | Promise<ParsedMessage>)[] = [rejected('not-json'), slow, rejected('too-deep')];
  const by = preserveOrder(() => outcomes.shift() ?? rejected('bad-id'));
  const told: unknown[] = [];
  const tell = async () => told.push(await by({ bytes: Buffer.alloc(0), timestamp: 0 }, 0));
  expect(by({ bytes: Buffer.alloc(0), timestamp: 0 }, 0)).toEqual(rejected('not-json'));
  const all = Promise.all([tell(), tell(), tell()]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([]);
  ends[0]?.('too-old');
  await all;
  expect(told).toEqual([rejected('too-old'), rejected('too-deep'), rejected('bad-id')]);
  expect(by({ bytes: Buffer.alloc(0), timestamp: 0 }, 0)).toEqual(rejected('bad-id'));
});
