import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Post } from '../../../src/domain/post.ts';
import { deadLetterReasons } from '../../../src/ingest/dead-letters/dead-letter.ts';
import { compileMapping, type ParsedMessage, parseMessage } from '../../../src/ingest/mapping/parse-message.ts';
import { defaultMapping, now } from '../field-samples.ts';

const mapping = compileMapping(defaultMapping);
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function expectCleanText(text: string | undefined, longest = Number.POSITIVE_INFINITY): void {
  if (text === undefined) return;
  expect(text.isWellFormed()).toBe(true);
  expect(text).not.toContain('\0');
  expect(text.length).toBeLessThanOrEqual(longest);
}

function expectId(id: string | undefined): void {
  expectCleanText(id, 256);
  if (id !== undefined) expect(id.trim()).not.toBe('');
}

function expectCount(count: number | undefined): void {
  if (count === undefined) return;
  expect(Number.isInteger(count)).toBe(true);
  expect(count).toBeGreaterThanOrEqual(0);
  expect(count).toBeLessThan(2 ** 32);
}

/** What every later step relies on. */
function expectSound(post: Post): void {
  expectId(post.platform);
  expectId(post.id);
  expectCleanText(post.text);
  expect(post.text.trim() === '').toBe(post.deleted);
  for (const time of [post.createdAt, post.updatedAt]) {
    expect(time).toMatch(isoTime);
    expect(Date.parse(time)).toBeGreaterThanOrEqual(Date.UTC(2000, 0, 1));
    expect(Date.parse(time)).toBeLessThanOrEqual(now + 86_400_000);
  }
  if (post.lang !== undefined) expect(post.lang).toMatch(/^[a-z]{2,8}(-[a-z0-9]{1,8}){0,4}$/);
  if (post.url !== undefined) expect(post.url).toMatch(/^https?:\/\/.{1,2040}$/);
  if (post.author) expectId(post.author.id);
  expectCleanText(post.author?.handle, 256);
  expectCleanText(post.author?.name, 256);
  expectCount(post.author?.followers);
  for (const count of Object.values(post.engagement ?? {})) expectCount(count);
  expectId(post.inReplyTo);
  expect(JSON.parse(JSON.stringify(post))).toEqual(post);
}

function expectSoundOrRefused(parsed: ParsedMessage): void {
  if (parsed.posts[0]) expectSound(parsed.posts[0]);
  // JSON's null alone is skipped.
  else if (parsed.rejected === undefined) expect(parsed).toEqual({ posts: [], skipped: 'empty' });
  else expect(Object.keys(deadLetterReasons)).toContain(parsed.rejected);
}

const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom('a', ' ', '\0', '\u001b', '\ud83d', '\ude00', '\ufeff', 'é'), fc.string({ unit: 'binary' })),
});
const time = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.integer({ min: now - 86_400_000, max: now }).map((at) => new Date(at).toISOString()),
  fc.integer(),
  fc.double(),
);
const anyValue = fc.oneof(
  anyText,
  time,
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.bigInt().map(Number),
  fc.boolean(),
  fc.constant(null),
);
/** Objects that look like posts, each field right, odd, or absent. */
const almostPost = fc.record(
  {
    platform: fc.oneof(fc.constant('murmur'), anyValue),
    id: fc.oneof(fc.uuid(), anyValue),
    text: fc.oneof(fc.lorem(), anyText, anyValue),
    createdAt: fc.oneof(time, anyValue),
    updatedAt: fc.oneof(time, anyValue),
    deleted: fc.oneof({ weight: 4, arbitrary: fc.boolean() }, { weight: 1, arbitrary: anyValue }),
    lang: fc.oneof(fc.constantFrom('en', 'pt_BR', 'und', 'x'), anyValue),
    url: fc.oneof(
      fc.webUrl(),
      anyText.map((text) => `https://${text}`),
      anyValue,
    ),
    author: fc.oneof(fc.record({ id: anyValue, handle: anyText, name: anyText, followers: anyValue }, { requiredKeys: [] }), anyValue),
    engagement: fc.oneof(fc.record({ likes: anyValue, reposts: fc.double(), replies: fc.integer() }, { requiredKeys: [] }), anyValue),
    inReplyTo: anyValue,
  },
  { requiredKeys: [] },
);
const timestamp = fc.oneof(fc.constant(now), fc.integer(), fc.double(), fc.constant(Number.MAX_SAFE_INTEGER));
const many = { numRuns: 2_000 };

describe('any message is a valid post or rejected with a reason:', () => {
  it('bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), timestamp, (bytes, at) =>
        expectSoundOrRefused(parseMessage({ bytes, timestamp: at }, mapping, now)),
      ),
      many,
    );
  });

  it('JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 40 }), timestamp, (text, at) =>
        expectSoundOrRefused(parseMessage({ bytes: text, timestamp: at }, mapping, now)),
      ),
      many,
    );
  });

  it('almost a post', () => {
    let posts = 0;
    fc.assert(
      fc.property(almostPost, timestamp, (value, at) => {
        const parsed = parseMessage({ bytes: JSON.stringify(value), timestamp: at }, mapping, now);
        posts += parsed.posts.length;
        expectSoundOrRefused(parsed);
      }),
      many,
    );
    // Otherwise this would look at refusals alone.
    expect(posts).toBeGreaterThan(many.numRuns / 50);
  });

  it('a post with corrupted bytes', () => {
    const damaged = fc
      .tuple(almostPost, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), fc.nat())
      .map(([value, changes, cut]) => {
        const bytes = Buffer.from(JSON.stringify({ platform: 'murmur', id: '1', text: 'x', ...value }));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes.subarray(0, bytes.length - (cut % 3));
      });
    fc.assert(
      fc.property(damaged, (bytes) => {
        const parsed = parseMessage({ bytes, timestamp: now }, mapping, now);
        expectSoundOrRefused(parsed);
        if (!isUtf8(bytes)) expect(parsed).toEqual({ posts: [], rejected: 'not-json' });
      }),
      many,
    );
  });
});

it('parses the bytes and the text of a message alike', () => {
  fc.assert(
    fc.property(almostPost, (value) => {
      const text = JSON.stringify(value);
      expect(parseMessage({ bytes: Buffer.from(text), timestamp: now }, mapping, now)).toEqual(
        parseMessage({ bytes: text, timestamp: now }, mapping, now),
      );
    }),
  );
});
