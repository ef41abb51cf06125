import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MappingInput } from '../../../src/config/mapping.ts';
import { presets } from '../../../src/config/presets/index.ts';
import { deadLetterReasons } from '../../../src/ingest/dead-letters/dead-letter.ts';
import { compileMapping, parseMessage, skipReasons } from '../../../src/ingest/mapping/parse-message.ts';
import { now } from '../field-samples.ts';

/** Uses every feature of the mapping language on a few names, so that random messages often have what it looks for. */
const everything: MappingInput = {
  platform: ['$headers.p', { value: 'forum' }],
  id: [{ from: '{kind}-{id}', when: { path: 'kind', equals: ['a', 1] } }, 'id', '$key'],
  text: ['{title}\n\n{text}', "users[id='a'].text", 'text', { value: '' }],
  createdAt: ['time', 'data.time', '$timestamp'],
  updatedAt: 'data.time',
  deleted: 'data.gone',
  authorId: ['users[id=data.user].id', 'data.user'],
  authorName: '$message.users[id=user].text',
  likes: 'data.id',
  url: 'https://forum.example/{id}',
  html: true,
  stripQuotes: true,
  forEach: ['items.*', 'items.*.data', 'data', '*'],
  forEachNested: ['items.*.data', 'items.*'],
  skipWhen: {
    all: [
      { path: 'kind', matches: '^b+$' },
      { path: 'data', exists: true },
    ],
  },
  deletedWhen: { path: 'kind', equals: null },
  deletesAuthorWhen: [{ path: 'kind', equals: true }, { any: [{ path: 'kind', equals: 2 }] }],
};

const key = fc.constantFrom('id', 'text', 'title', 'kind', 'time', 'data', 'items', 'users', 'user', 'gone', 'data.time', '__proto__');
const leaf = fc.oneof(
  fc.constantFrom<unknown>('a', 'bbb', 1, 2, true, null, '', ' ', 'w0W=', '9007199254740993', '<p>x', '> y', '2026-06-01', 1_780_000_000, {
    $date: 5,
  }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.double(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.dictionary(key, tie('tree'), { maxKeys: 8 }),
    fc.array(tie('tree'), { maxLength: 4 }),
    // JSON in a string, plain or in base64.
    tie('tree').map((value) => JSON.stringify(value)),
    tie('tree').map((value) => Buffer.from(JSON.stringify(value)).toString('base64')),
  ),
}));
const object = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 12 });

it.each([['every feature', everything], ...Object.keys(presets).map((name) => [name, { preset: name } as MappingInput] as const)] as const)(
  'a mapping with %s makes posts, a reason or nothing of any message',
  (_, mapping) => {
    const compiled = compileMapping(mapping);
    let posts = 0;
    fc.assert(
      fc.property(fc.oneof(object, fc.array(object), tree), fc.string(), fc.boolean(), (value, key, isTombstone) => {
        const beside = {
          key: Buffer.from(key),
          headers: { p: key, ce_id: key },
          timestamp: now,
          ...(isTombstone && { isTombstone: true as const }),
        };
        const parsed = parseMessage({ bytes: Buffer.from(JSON.stringify(value)), ...beside }, compiled, now);
        posts += parsed.posts.length;
        for (const post of parsed.posts) {
          expect(post.id).not.toBe('');
          expect(post.text === '' || !post.deleted).toBe(true);
          expect(JSON.parse(JSON.stringify(post))).toEqual(post);
        }
        if (parsed.rejected !== undefined) expect(Object.keys(deadLetterReasons)).toContain(parsed.rejected);
        if (parsed.skipped !== undefined) expect(Object.keys(skipReasons)).toContain(parsed.skipped);
        expect(parsed.posts.length > 0 || parsed.rejected !== undefined || parsed.skipped !== undefined).toBe(true);
      }),
      { numRuns: mapping === everything ? 1_500 : 100 },
    );
    if (mapping === everything) expect(posts).toBeGreaterThan(300);
  },
);
