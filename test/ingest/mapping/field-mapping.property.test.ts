import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePath } from '../../../src/config/mapping-syntax.ts';
import { compileMapping, parseMessage } from '../../../src/ingest/mapping/parse-message.ts';
import { compilePath, MessageContext } from '../../../src/ingest/mapping/scope.ts';
import { defaultMapping, now } from '../field-samples.ts';

/** Also names that every object inherits. */
const key = fc.oneof(
  fc.string({ minLength: 1 }).filter((name) => !/[.[\]{}*]|^\$/.test(name)),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '0'),
);
const path = fc.array(key, { minLength: 1, maxLength: 5 });

/** An object that has the value at the path, as JSON would bring it. */
function nest(keys: readonly string[], value: unknown): object {
  const json = keys.reduceRight((inner, name) => `{${JSON.stringify(name)}:${inner}}`, JSON.stringify(value));
  return JSON.parse(json) as object; // it has at least one key
}

function getPath(root: unknown, keys: readonly string[]): unknown {
  return compilePath(parsePath(keys.join('.')))({ element: root, context: new MessageContext(root, {}, now) });
}

describe('field path', () => {
  it('finds the value, whatever the keys are', () => {
    fc.assert(
      fc.property(path, fc.jsonValue(), (keys, value) => {
        expect(getPath(nest(keys, value), keys)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('finds nothing else, nothing inherited, and never throws', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), path, (root, keys) => {
        // A string on the way is opened as JSON, and a key may contain the dots.
        const found = getPath(root, keys);
        const owned = keys.reduce<unknown>(
          (at, name) => (typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, name)?.value : undefined),
          root,
        );
        expect(found).toBe(owned);
      }),
    );
  });
});

it('a post is the same wherever the mapping locates its fields', () => {
  const fields = Object.keys(defaultMapping) as (keyof typeof defaultMapping)[]; // its own keys
  const values: Partial<Record<keyof typeof defaultMapping, unknown>> = {
    platform: 'murmur',
    id: '7',
    text: 'What a day',
    createdAt: '2026-06-01T10:00:00Z',
    updatedAt: '2026-06-02T10:00:00Z',
    lang: 'en',
    url: 'https://murmur.example/7',
    inReplyTo: '6',
    otherIds: ['8', '9'],
    authorId: 'u1',
    authorHandle: 'ines',
    authorName: 'Inès',
    authorFollowers: 3,
    likes: 1,
    reposts: 2,
    replies: 3,
  };
  const usual = fields.reduce<Record<string, unknown>>(
    (root, field) => merge(root, (defaultMapping[field] ?? '').split('.'), values[field]),
    {},
  );
  const expected = parseMessage({ bytes: JSON.stringify(usual), timestamp: now }, compileMapping(defaultMapping), now);
  expect(expected).toHaveProperty('posts.0.engagement.likes', 1);
  const prefix = fc.array(
    key.filter((name) => name !== '__proto__'),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.array(prefix, { minLength: fields.length, maxLength: fields.length }), (prefixes) => {
      // The number keeps one path from being the beginning of another.
      const paths = fields.map((field, index) => [`${index}`, ...(prefixes[index] ?? []), field]);
      const moved = Object.fromEntries(fields.map((field, index) => [field, (paths[index] ?? []).join('.')]));
      const message = fields.reduce<Record<string, unknown>>((root, field, index) => merge(root, paths[index] ?? [], values[field]), {});
      expect(parseMessage({ bytes: JSON.stringify(message), timestamp: now }, compileMapping(moved), now)).toEqual(expected);
    }),
  );
});

function merge(root: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  const inner = rest.length === 0 ? value : merge((Object.hasOwn(root, first) ? root[first] : {}) as Record<string, unknown>, rest, value); // made by this function
  return { ...root, [first]: inner };
}
