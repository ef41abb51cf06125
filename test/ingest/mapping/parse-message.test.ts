import { describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../src/config/mapping.ts';
import type { Post } from '../../../src/domain/post.ts';
import { compileMapping, type ParsedMessage, parseMessage } from '../../../src/ingest/mapping/parse-message.ts';
import { defaultMapping, now } from '../field-samples.ts';

const timestamp = Date.UTC(2026, 5, 15, 11, 59, 58, 123);
const good = { platform: 'murmur', id: 'p1', text: 'Lovely shoes', createdAt: '2026-06-15T10:00:00Z' };

function parse(message: unknown, mapping: MappingInput = defaultMapping): ParsedMessage {
  return parseMessage({ bytes: Buffer.from(JSON.stringify(message)), timestamp }, compileMapping(mapping), now);
}

function parseBytes(bytes: Uint8Array | string): ParsedMessage {
  return parseMessage({ bytes, timestamp }, compileMapping(defaultMapping), now);
}

function postOf(message: unknown, mapping?: MappingInput): Post {
  const { posts, rejected } = parse(message, mapping);
  if (!posts[0]) throw new Error(`rejected: ${rejected}`);
  return posts[0];
}

describe('valid message', () => {
  it('is parsed with all its fields', () => {
    const message = {
      ...good,
      updatedAt: '2026-06-15T10:05:00.5+02:00',
      lang: 'PT_br',
      url: 'https://murmur.example/p1',
      author: { id: 42, handle: 'ann', name: 'Ann', followers: 12 },
      engagement: { likes: 1, reposts: 2, replies: 3 },
      inReplyTo: 'p0',
    };
    expect(postOf(message)).toEqual({
      platform: 'murmur',
      id: 'p1',
      text: 'Lovely shoes',
      createdAt: '2026-06-15T10:00:00.000Z',
      updatedAt: '2026-06-15T08:05:00.500Z',
      deleted: false,
      lang: 'pt-br',
      url: 'https://murmur.example/p1',
      author: { id: '42', handle: 'ann', name: 'Ann', followers: 12 },
      engagement: { likes: 1, reposts: 2, replies: 3 },
      inReplyTo: 'p0',
    });
  });

  it('uses the timestamp of the feed for absent dates', () => {
    const { createdAt, updatedAt } = postOf({ platform: 'murmur', id: 'p1', text: 'x' });
    expect([createdAt, updatedAt]).toEqual(['2026-06-15T11:59:58.123Z', '2026-06-15T11:59:58.123Z']);
  });

  it.each([-1, 0, Number.NaN, Date.UTC(2150, 0, 1)])('takes the clock where the feed stamps %s', (nonsense) => {
    const bytes = JSON.stringify({ platform: 'murmur', id: 'p1', text: 'x' });
    const parsed = parseMessage({ bytes, timestamp: nonsense }, compileMapping(defaultMapping), now);
    expect(parsed).toMatchObject({ posts: [{ createdAt: '2026-06-15T12:00:00.000Z' }] });
  });

  it.each([
    ['seconds', 1_750_000_000, '2025-06-15T15:06:40.000Z'],
    ['seconds with a fraction', 1_750_000_000.25, '2025-06-15T15:06:40.250Z'],
    ['milliseconds', 1_750_000_000_123, '2025-06-15T15:06:40.123Z'],
    ['a day', '2026-01-02', '2026-01-02T00:00:00.000Z'],
    ['no zone', '2026-01-02 03:04', '2026-01-02T03:04:00.000Z'],
    ['a zone without colon', '2026-01-02T03:04:05-0330', '2026-01-02T06:34:05.000Z'],
    ['nanoseconds', '2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z'],
    ['a leap day', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['almost a day ahead', now + 86_399_000, '2026-06-16T11:59:59.000Z'],
  ])('understands %s as a date', (_, createdAt, expected) => {
    expect(postOf({ ...good, createdAt }).createdAt).toBe(expected);
  });

  it.each([
    ['a number as id', { ...good, id: 7 }, { id: '7' }],
    ['unknown fields', { ...good, extra: { deeply: [1, { unknown: true }] } }, { id: 'p1' }],
    ['an id that a double cannot hold', { ...good, id: 2 ** 53 }, { id: '9007199254740992' }],
    ['text in parts', { ...good, text: ['Lovely ', { type: 'bold', text: 'shoes' }] }, { text: 'Lovely shoes' }],
    ['a lone surrogate in the text', { ...good, text: 'a\ud83d!' }, { text: 'a\ufffd!' }],
    ['NUL in the text', { ...good, text: 'a\u0000b' }, { text: 'a\ufffdb' }],
    ['markup in the text', { ...good, text: '<script>' }, { text: '<script>' }],
    ['a negative count', { ...good, engagement: { likes: -5 } }, { engagement: { likes: 0, reposts: 0, replies: 0 } }],
    ['a huge count', { ...good, engagement: { likes: 1e30 } }, { engagement: { likes: 4_294_967_295, reposts: 0, replies: 0 } }],
    [
      'a count that is a sentence',
      { ...good, engagement: { likes: 'many', replies: 2.9 } },
      { engagement: { likes: 0, reposts: 0, replies: 2 } },
    ],
    ['an author known by handle', { ...good, author: { handle: 'ann' } }, { author: { id: 'ann', handle: 'ann' } }],
    ['NUL in the name of the author', { ...good, author: { id: 'a', name: 'A\u0000' } }, { author: { id: 'a', name: 'A\ufffd' } }],
  ])('may have %s', (_, message, expected) => {
    expect(postOf(message)).toMatchObject(expected);
  });

  it.each([
    ['an author of the wrong type', { author: 'ann' }],
    ['an author with a broken id', { author: { id: 'a\ud800' } }],
    ['engagement of the wrong type', { engagement: [1, 2] }],
    ['a script as url', { url: 'javascript:alert(1)' }],
    ['a url without host', { url: 'https://' }],
    ['a url that is too long', { url: `https://murmur.example/${'x'.repeat(2_048)}` }],
    ['a number as url', { url: 7 }],
    ['a sentence as language', { lang: 'rather English' }],
    ['an undetermined language', { lang: 'und' }],
    ['null everywhere', { lang: null, url: null, author: null, engagement: null, inReplyTo: null, updatedAt: null, deleted: null }],
  ])('is kept without %s', (_, fields) => {
    const post = postOf({ ...good, ...fields });
    expect(Object.keys(post).sort()).toEqual(['createdAt', 'deleted', 'id', 'platform', 'text', 'updatedAt']);
  });

  it.each(['[', '{"a":'])('may nest as deep as it likes: %s', (open) => {
    const deep =
      open.repeat(40_000) + (open === '[' ? ']' : '1}').repeat(open === '[' ? 40_000 : 1) + (open === '[' ? '' : '}'.repeat(39_999));
    expect(parseBytes(`{"extra":${deep},${JSON.stringify(good).slice(1)}`)).toHaveProperty('posts.0.id', 'p1');
  });

  it('may start with a byte order mark', () => {
    expect(parseBytes(Buffer.from(`\ufeff${JSON.stringify(good)}`))).toHaveProperty('posts.0.id', 'p1');
  });

  it('reads own properties only', () => {
    const mapping = { ...defaultMapping, text: '__proto__.polluted', lang: 'constructor.name', url: 'toString' };
    const polluting = '{"platform":"m","id":"1","__proto__":{"polluted":"own"},"constructor":{"prototype":{"x":1}}}';
    const parsed = parseMessage({ bytes: polluting, timestamp }, compileMapping(mapping), now);
    expect(parsed).toMatchObject({ posts: [{ text: 'own' }] });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    const unpolluted = parseMessage({ bytes: '{"platform":"m","id":"1"}', timestamp }, compileMapping(mapping), now);
    expect(unpolluted).toEqual({ posts: [], rejected: 'missing-text' });
  });
});

describe('deletion', () => {
  it('needs only platform, id and the flag, and has no text', () => {
    expect(postOf({ platform: 'murmur', id: 'p1', deleted: true, text: 'gone' })).toMatchObject({ deleted: true, text: '' });
  });

  it('is accepted with an invalid date', () => {
    expect(postOf({ platform: 'murmur', id: 'p1', deleted: true, createdAt: 'soon', updatedAt: '9999-01-01' })).toMatchObject({
      deleted: true,
      updatedAt: '2026-06-15T11:59:58.123Z',
    });
  });
});

describe('mapping', () => {
  it('finds fields by dotted paths, also inside arrays, and sets the platform', () => {
    const mapping = { ...defaultMapping, id: 'data.key', text: 'data.bodies.0.raw', platformName: 'forum' };
    expect(postOf({ platform: 'liar', data: { key: 9, bodies: [{ raw: 'hi' }] } }, mapping)).toMatchObject({
      platform: 'forum',
      id: '9',
      text: 'hi',
    });
  });
});

describe('invalid message', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['a sentence', 'hello'],
    ['half a post', '{"platform":"murmur","id"'],
    ['two posts', '{} {}'],
    ['NaN', '{"platform":"murmur","id":NaN}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', Buffer.from(JSON.stringify(good), 'utf16le')],
  ])('is not-json: %s', (_, bytes) => {
    expect(parseBytes(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)).toEqual({ posts: [], rejected: 'not-json' });
  });

  it.each([
    ['not-an-object', [good]],
    ['not-an-object', 'text'],
    ['not-an-object', 7],
    ['too-large', { ...good, text: 'x'.repeat(1_000_000) }],
    ['too-large', { ...good, text: 'é'.repeat(131_072) }],
    ['missing-platform', { ...good, platform: undefined }],
    ['missing-platform', { ...good, platform: '' }],
    ['missing-id', { ...good, id: null }],
    ['missing-id', { ...good, id: ' ' }],
    ['bad-id', { ...good, id: 'a\u0000b' }],
    ['bad-id', { ...good, id: 'a\udfff' }],
    ['bad-id', { ...good, id: 'x'.repeat(257) }],
    ['bad-id', { ...good, id: 1.5 }],
    ['bad-id', { ...good, platform: 'm\u0000' }],
    ['wrong-type', { ...good, id: { value: 1 } }],
    ['wrong-type', { ...good, platform: true }],
    ['wrong-type', { ...good, text: 7 }],
    ['wrong-type', { ...good, text: ['a', 7] }],
    ['wrong-type', { ...good, deleted: 2 }],
    ['wrong-type', { ...good, deleted: 'yes' }],
    ['missing-text', { ...good, text: undefined }],
    ['missing-text', { ...good, text: '' }],
    ['missing-text', { ...good, text: ' \t\n\u00a0' }],
    ['bad-date', { ...good, createdAt: 'yesterday' }],
    ['bad-date', { ...good, createdAt: '2026-02-30T00:00:00Z' }],
    ['bad-date', { ...good, createdAt: '2026-01-01T24:00:01Z' }],
    ['bad-date', { ...good, createdAt: '+012026-01-01T00:00:00Z' }],
    ['bad-date', { ...good, createdAt: '11/20/2026' }],
    ['bad-date', { ...good, createdAt: true }],
    ['bad-date', { ...good, createdAt: {} }],
    ['too-old', { ...good, createdAt: '0000-01-01T00:00:00Z' }],
    ['too-old', { ...good, createdAt: '1999-12-31T23:59:59Z' }],
    ['too-old', { ...good, createdAt: 0 }],
    ['too-old', { ...good, createdAt: -1e300 }],
    ['in-the-future', { ...good, createdAt: '9999-12-31T23:59:59Z' }],
    ['in-the-future', { ...good, createdAt: now + 86_401_000 }],
    ['in-the-future', { ...good, createdAt: 1e300 }],
  ])('is %s: %j', (reason, message) => {
    expect(parse(message)).toEqual({ posts: [], rejected: reason });
  });

  it('is bad-date for a number beyond the range of doubles', () => {
    expect(parseBytes('{"platform":"m","id":"1","text":"x","createdAt":1e999}')).toEqual({ posts: [], rejected: 'bad-date' });
  });
});
