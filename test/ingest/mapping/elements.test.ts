import { describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../src/config/mapping.ts';
import type { ParsedMessage } from '../../../src/ingest/mapping/parse-message.ts';
import { mapMessage } from './map-message.ts';

const forum: MappingInput = { platformName: 'forum', id: 'id', text: 'text' };
const ids = ({ posts }: ParsedMessage): string[] => posts.map(({ id }) => id);
const item = (id: string | number, fields: object = {}) => ({ id, text: `text ${id}`, ...fields });

describe('forEach', () => {
  it.each<[string, MappingInput['forEach'], unknown, string[]]>([
    ['an array', 'items.*', { items: [item('a'), item('b')] }, ['a', 'b']],
    ['arrays in an array', 'pages.*.items.*', { pages: [{ items: [item('a')] }, {}, { items: [item('b'), item('c')] }] }, ['a', 'b', 'c']],
    ['a part of each element', 'children.*.data', { children: [{ data: item('a') }, { kind: 'more' }] }, ['a']],
    ['a message that is an array', '*', [item('a'), item('b')], ['a', 'b']],
    ['several arrays', ['comments.*', 'replies.*'], { comments: [item('a')], replies: [item('b')] }, ['a', 'b']],
    ['one of several arrays', ['comments.*', 'replies.*'], { replies: [item('b')] }, ['b']],
    ['an object', 'entry', { entry: item('a') }, ['a']],
    ['an object or an array', ['entry', 'entry.*'], { entry: [item('a'), item('b')] }, ['a', 'b']],
    ['the message if the array is not there', 'items.*', item('a'), ['a']],
    ['JSON in a string', 'payload.items.*', { payload: JSON.stringify({ items: [item('a')] }) }, ['a']],
    ['strings of JSON', 'items.*', { items: [JSON.stringify(item('a'))] }, ['a']],
    ['elements beside null', 'items.*', { items: [null, item('a')] }, ['a']],
  ])('maps %s', (_, forEach, message, expected) => {
    const parsed = mapMessage(message, { ...forum, forEach });
    expect(ids(parsed)).toEqual(expected);
    expect(parsed).not.toHaveProperty('rejected');
  });

  it.each([{ items: [] }, { items: [null] }])('skips %j', (message) => {
    expect(mapMessage(message, { ...forum, forEach: 'items.*' })).toEqual({ posts: [], skipped: 'empty' });
  });

  it('skips the elements that a condition excludes, and the message if that is all of them', () => {
    const mapping: MappingInput = { ...forum, forEach: 'items.*', skipWhen: { path: 'kind', equals: 'ad' } };
    expect(ids(mapMessage({ items: [item('a', { kind: 'ad' }), item('b')] }, mapping))).toEqual(['b']);
    expect(mapMessage({ items: [item('a', { kind: 'ad' })] }, mapping)).toEqual({ posts: [], skipped: 'filtered' });
  });

  it('keeps the valid elements beside an invalid one, with one reason', () => {
    const message = { items: [item('a'), item(''), { id: 'c' }, 7, item('d')] };
    expect(mapMessage(message, { ...forum, forEach: 'items.*' })).toMatchObject({
      posts: [{ id: 'a' }, { id: 'd' }],
      rejected: 'missing-id',
    });
  });

  it('reaches the whole message from an element', () => {
    const mapping: MappingInput = { ...forum, forEach: 'items.*', url: 'https://forum.example/{$message.thread}/{id}' };
    expect(mapMessage({ thread: 't1', items: [item('a')] }, mapping).posts[0]?.url).toBe('https://forum.example/t1/a');
  });

  it('takes up to 10,000 elements', () => {
    const message = (count: number) => ({ items: Array.from({ length: count }, (_, id) => ({ id, text: 'x' })) });
    const mapping = { ...forum, forEach: 'items.*' };
    expect(mapMessage(message(10_000), mapping).posts).toHaveLength(10_000);
    expect(mapMessage(message(10_001), mapping)).toEqual({ posts: [], rejected: 'too-large' });
  });
});

describe('forEachNested', () => {
  const mapping: MappingInput = { ...forum, forEach: 'comments.*', forEachNested: 'replies.*' };
  const thread = (depth: number): object => item(`d${depth}`, depth === 0 ? { replies: '' } : { replies: [thread(depth - 1)] });

  it('maps the replies to replies', () => {
    const message = { comments: [item('a', { replies: [item('b', { replies: [item('c')] }), item('d')] }), item('e')] };
    expect(ids(mapMessage(message, mapping)).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('starts at the message without forEach', () => {
    expect(ids(mapMessage(thread(3), { ...forum, forEachNested: 'replies.*' }))).toEqual(['d3', 'd2', 'd1', 'd0']);
  });

  it('goes 64 levels deep', () => {
    expect(mapMessage({ comments: [thread(64)] }, mapping).posts).toHaveLength(65);
    expect(mapMessage({ comments: [thread(65)] }, mapping)).toEqual({ posts: [], rejected: 'too-deep' });
  });
});
