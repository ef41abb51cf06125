import { describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../src/config/mapping.ts';
import { mapMessage, mapPost } from './map-message.ts';

const base = { platform: 'murmur', id: 'p1', text: 'Lovely shoes' };

/** The text that a source finds in a message. */
const textOf = (source: MappingInput['text'], message: object, beside?: Parameters<typeof mapPost>[2]): string =>
  mapPost({ platform: 'murmur', id: 'p1', ...message }, { text: source }, beside).text;

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

describe('a path', () => {
  it.each<[string, string, object]>([
    ['goes through objects and arrays', 'data.bodies.1.raw', { data: { bodies: [{}, { raw: 'found' }] } }],
    ['finds a key that contains dots', 'author.motto', { 'author.motto': 'found' }],
    ['finds a key that contains dots deeper down', 'a.b.c.d', { a: { 'b.c': { d: 'found' } } }],
    ['prefers keys without dots', 'a.b', { a: { b: 'found' }, 'a.b': 'other' }],
    ['goes on to keys with dots if the others lead nowhere', 'a.b', { a: { x: 1 }, 'a.b': 'found' }],
    ['steps into a string that is JSON', 'payload.status.text', { payload: '{"status":{"text":"found"}}' }],
    ['steps into JSON in a string in JSON', 'a.b.c', { a: JSON.stringify({ b: JSON.stringify({ c: 'found' }) }) }],
    ['steps into base64 of JSON', 'data_base64.text', { data_base64: base64({ text: 'found' }) }],
    [
      'selects an element by a literal',
      "tags[key='mood'].value",
      {
        tags: [
          { key: 'x', value: 'no' },
          { key: 'mood', value: 'found' },
        ],
      },
    ],
    ['takes a quote in a literal', "tags[key='it''s'].value", { tags: [{ key: "it's", value: 'found' }] }],
    ['joins by id', 'users[id=data.author_id].motto', { data: { author_id: 77 }, users: [{ id: '88' }, { id: '77', motto: 'found' }] }],
    [
      'joins by a path in the element',
      'users[profile.id=author].motto',
      { author: 'a', users: [{ profile: { id: 'a' }, motto: 'found' }] },
    ],
    [
      'joins by a path that selects',
      "posts[id=data.refs[type='quoted'].id].text",
      {
        data: {
          refs: [
            { type: 'replied', id: '1' },
            { type: 'quoted', id: '2' },
          ],
        },
        posts: [{ id: '1' }, { id: '2', text: 'found' }],
      },
    ],
    ['takes a key that looks like a root below $message', '$message.$text', { $text: 'found' }],
  ])('%s: %s', (_, path, message) => {
    expect(textOf(path, message)).toBe('found');
  });

  it.each<[string, string, object]>([
    ['beyond the end', 'data.bodies.2', { data: { bodies: ['a', 'b'] } }],
    ['into a string that is not JSON', 'note.text', { note: '{"text":' }],
    ['into base64 of something else', 'note.text', { note: Buffer.from('{"text').toString('base64') }],
    ['to an element that is not there', "users[id='9'].name", { users: [{ id: '8', name: 'x' }] }],
    ['by a value that is not there', 'users[id=author].name', { users: [{ name: 'x' }] }],
    ['into what is no array', "users[id='9'].name", { users: { id: '9', name: 'x' } }],
    ['to inherited properties', 'constructor.name', {}],
  ])('that leads %s is absent: %s', (_, path, message) => {
    expect(mapMessage({ platform: 'murmur', id: 'p1', ...message }, { text: path })).toEqual({ posts: [], rejected: 'missing-text' });
  });

  it('finds the same user for each of ten thousand elements at once', () => {
    const users = Array.from({ length: 5_000 }, (_, id) => ({ id, n: `user ${id}` }));
    const items = Array.from({ length: 5_000 }, (_, id) => ({ i: id, u: id }));
    const mapping = { platformName: 'm', forEach: 'items.*', id: 'i', text: '$message.users[id=u].n' };
    const started = performance.now();
    const { posts } = mapMessage({ users, items }, mapping);
    expect(posts.map(({ text }) => text)).toEqual(users.map(({ n }) => n));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('a root', () => {
  const beside = { key: Buffer.from('{"post":{"id":"k1"}}'), headers: { ce_id: 'h1', 'x.trace': 'dotted', payload: '{"mood":"calm"}' } };

  it.each<[string, string]>([
    ['$key', '{"post":{"id":"k1"}}'],
    ['$key.post.id', 'k1'],
    ['$headers.ce_id', 'h1'],
    ['$headers.CE_ID', 'h1'],
    ['$headers.x.trace', 'dotted'],
    ['$headers.payload.mood', 'calm'],
    ['$message.text', 'Lovely shoes'],
  ])('%s', (path, expected) => {
    expect(textOf(path, base, beside)).toBe(expected);
  });

  it('$timestamp is the date of the message', () => {
    expect(mapPost(base, { createdAt: ['posted', '$timestamp'] }).createdAt).toBe('2026-06-15T11:59:58.000Z');
  });

  it.each(['$key', '$headers.ce_id', '$headers.constructor'])('%s is absent where the message has none', (path) => {
    expect(mapMessage(base, { text: path })).toEqual({ posts: [], rejected: 'missing-text' });
  });
});

describe('a template', () => {
  it.each<[string, object, string]>([
    ['at://{did}/{commit.rkey}', { did: 'did:plc:a', commit: { rkey: 7 } }, 'at://did:plc:a/7'],
    ['{title}\n\n{body}', { title: 'A title', body: 'A body' }, 'A title\n\nA body'],
    ['{title}\\n\\{{body}\\}\\\\', { title: 'A title', body: 'A body' }, 'A title\n{A body}\\'],
    ["by {users[id='7'].name}!", { users: [{ id: 7, name: 'Ines' }] }, 'by Ines!'],
    ['{id} of {n}', { id: 'p1', n: '9007199254740993' }, 'p1 of 9007199254740993'],
  ])('%j', (template, message, expected) => {
    expect(textOf(template, message)).toBe(expected);
  });

  it.each([{}, { body: null }, { body: '' }, { body: ' ' }, { body: {} }])('is absent with a placeholder of %j', (fields) => {
    expect(textOf(['{title}: {body}', 'title'], { title: 'A title', ...fields })).toBe('A title');
  });

  it('makes a relative address absolute', () => {
    const mapping = { url: ['permalink', 'https://forum.example{permalink}'] };
    expect(mapPost({ ...base, permalink: '/r/phones/1' }, mapping).url).toBe('https://forum.example/r/phones/1');
    expect(mapPost({ ...base, permalink: 'https://other.example/1' }, mapping).url).toBe('https://other.example/1');
  });
});

describe('a list of sources', () => {
  it.each<[object, string]>([
    [{ note: { text: 'long' }, text: 'short' }, 'long'],
    [{ note: null, text: 'short' }, 'short'],
    [{ note: { text: ' ' }, text: 'short' }, 'short'],
    [{ note: { text: {} }, text: 'short' }, 'short'],
  ])('gives the first text that is there: %j', (message, expected) => {
    expect(textOf(['note.text', 'text'], message)).toBe(expected);
  });

  it('gives the first valid date', () => {
    const createdAt = ['sent', 'created', 'received'];
    expect(mapPost({ ...base, sent: 'soon', created: '3026-01-01', received: '2026-06-01' }, { createdAt }).createdAt).toBe(
      '2026-06-01T00:00:00.000Z',
    );
    expect(mapMessage({ ...base, sent: 'soon', created: '3026-01-01' }, { createdAt })).toEqual({ posts: [], rejected: 'bad-date' });
    expect(mapMessage({ ...base, created: '3026-01-01' }, { createdAt })).toEqual({ posts: [], rejected: 'in-the-future' });
  });

  it('gives the first usable value of optional fields', () => {
    const mapping = { likes: ['score', 'likes'], authorId: ['user', 'user.id'], url: ['link', { value: 'https://murmur.example/' }] };
    expect(mapPost({ ...base, score: 'many', likes: 3, user: { id: 9 }, link: '/p1' }, mapping)).toMatchObject({
      engagement: { likes: 3 },
      author: { id: '9' },
      url: 'https://murmur.example/',
    });
  });

  it('that is empty leaves a field out', () => {
    expect(mapPost({ ...base, lang: 'en' }, { lang: [] })).not.toHaveProperty('lang');
  });
});

describe('a constant', () => {
  it('is the value of a field', () => {
    expect(mapPost({ id: 1, text: 'x' }, { platform: { value: 'forum' }, lang: { value: 'en' }, rating: { value: 4 } })).toMatchObject({
      platform: 'forum',
      lang: 'en',
      rating: 4,
    });
  });

  it('allows posts without text', () => {
    const mapping: MappingInput = { text: ['text', { value: '' }] };
    expect(mapPost({ ...base, text: '' }, mapping).text).toBe('');
    expect(mapPost({ ...base, text: null }, mapping).text).toBe('');
    expect(mapPost(base, mapping).text).toBe('Lovely shoes');
  });
});

describe('a source with a condition', () => {
  const mapping: MappingInput = {
    authorHandle: { from: 'author', when: { path: 'author', matches: '^(?!\\[deleted\\]$)' } },
    id: [{ from: 't1_{id}', when: { path: 'kind', equals: 'comment' } }, 'id'],
  };

  it.each<[object, object]>([
    [
      { author: 'ines', kind: 'comment' },
      { id: 't1_p1', author: { id: 'ines', handle: 'ines' } },
    ],
    [{ author: '[deleted]', kind: 'link' }, { id: 'p1' }],
  ])('counts only where it holds: %j', (message, expected) => {
    const { id, author } = mapPost({ ...base, ...message }, mapping);
    expect({ id, ...(author && { author }) }).toEqual(expected);
  });
});
