import { describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../src/config/mapping.ts';
import { mapMessage, mapPost } from './map-message.ts';

const base = { platform: 'murmur', id: 'p1', text: 'Lovely shoes' };
const filtered = { posts: [], skipped: 'filtered' };

describe('a condition', () => {
  it.each<[MappingInput['skipWhen'], object]>([
    [{ path: 'kind', equals: 'like' }, { kind: 'like' }],
    [{ path: 'kind', equals: ['like', 'follow'] }, { kind: 'follow' }],
    [{ path: 'code', equals: 7 }, { code: '7' }],
    [{ path: 'code', equals: '7' }, { code: 7 }],
    [{ path: 'hidden', equals: true }, { hidden: true }],
    [{ path: 'hidden', equals: true }, { hidden: 'true' }],
    [{ path: 'owner', equals: null }, { owner: null }],
    [{ path: 'stream', equals: 'home' }, { stream: ['public', 'home'] }],
    [{ path: 'boost', exists: true }, { boost: {} }],
    [{ path: 'boost', exists: false }, { boost: null }],
    [{ path: 'boost', exists: false }, {}],
    [{ path: 'type', matches: '\\.deleted$' }, { type: 'post.deleted' }],
    [{ path: 'tags', matches: '^ad:' }, { tags: ['x', 'ad:y'] }],
    [
      {
        all: [
          { path: 'a', equals: 1 },
          { path: 'b', equals: 2 },
        ],
      },
      { a: 1, b: 2 },
    ],
    [
      {
        any: [
          { path: 'a', equals: 1 },
          { path: 'b', equals: 2 },
        ],
      },
      { b: 2 },
    ],
    [[{ path: 'a', equals: 1 }, { all: [{ path: 'b', equals: 2 }, { any: [{ path: 'c', exists: true }] }] }], { b: 2, c: 0 }],
    [{ path: 'payload.kind', equals: 'like' }, { payload: '{"kind":"like"}' }],
  ])('%j holds for %j', (condition, fields) => {
    expect(mapMessage({ ...base, ...fields }, { skipWhen: condition })).toEqual(filtered);
    expect(mapPost({ ...base, ...fields }, { onlyWhen: condition }).id).toBe('p1');
  });

  it.each<[MappingInput['skipWhen'], object]>([
    [{ path: 'kind', equals: 'like' }, { kind: 'post' }],
    [{ path: 'kind', equals: 'like' }, {}],
    [{ path: 'owner', equals: null }, {}],
    [{ path: 'owner', equals: 'null' }, { owner: null }],
    [{ path: 'boost', exists: true }, { boost: null }],
    [{ path: 'type', matches: 'deleted' }, { type: { deleted: 1 } }],
    [{ path: 'type', matches: 'end$' }, { type: `${'x'.repeat(1_000)}end` }],
    [
      {
        all: [
          { path: 'a', equals: 1 },
          { path: 'b', equals: 2 },
        ],
      },
      { a: 1 },
    ],
    [{ path: 'constructor', exists: true }, {}],
  ])('%j does not hold for %j', (condition, fields) => {
    expect(mapPost({ ...base, ...fields }, { skipWhen: condition }).id).toBe('p1');
    expect(mapMessage({ ...base, ...fields }, { onlyWhen: condition })).toEqual(filtered);
  });

  it('is none where the list is empty', () => {
    expect(mapPost(base, { onlyWhen: [], skipWhen: [], deletedWhen: [] }).deleted).toBe(false);
  });

  it('comes before all checks, so that what is no post needs no field of one', () => {
    expect(mapMessage({ kind: 'heartbeat' }, { onlyWhen: { path: 'kind', equals: 'post' } })).toEqual(filtered);
    expect(mapMessage('[1]', { onlyWhen: { path: 'kind', equals: 'post' } })).toEqual({ posts: [], rejected: 'not-an-object' });
  });
});

describe('deletion', () => {
  it.each<[unknown, boolean]>([
    [true, true],
    ['true', true],
    ['TRUE', true],
    [1, true],
    ['1', true],
    ['2026-06-14T10:00:00Z', true],
    [1_781_431_200, true],
    [{ $date: '2026-06-14T10:00:00Z' }, true],
    [false, false],
    ['False', false],
    [0, false],
    ['0', false],
    ['', false],
    [null, false],
  ])('by the field deleted: %j means %s', (value, deleted) => {
    expect(mapPost({ ...base, deleted: value })).toMatchObject({ deleted, text: deleted ? '' : 'Lovely shoes' });
  });

  it.each(['yes', 2, -1, {}, [], '2226-01-01T00:00:00Z'])('is wrong-type for %j', (deleted) => {
    expect(mapMessage({ ...base, deleted })).toEqual({ posts: [], rejected: 'wrong-type' });
  });

  it('by a condition, does not depend on the field deleted, but takes its date', () => {
    const mapping: MappingInput = { deletedWhen: { path: 'op', equals: 'd' } };
    expect(mapPost({ ...base, op: 'd', deleted: 'no' }, mapping).deleted).toBe(true);
    expect(mapPost({ ...base, op: 'd', deleted: '2026-06-14' }, mapping).updatedAt).toBe('2026-06-14T00:00:00.000Z');
  });

  it('by a condition, needs no text', () => {
    const mapping: MappingInput = { deletedWhen: { path: 'op', equals: 'd' }, id: ['after.id', 'before.id'] };
    expect(mapPost({ platform: 'murmur', op: 'd', before: { id: 5 }, after: null }, mapping)).toMatchObject({
      id: '5',
      deleted: true,
      text: '',
    });
  });
});

describe('deletion of an author', () => {
  const mapping: MappingInput = { deletesAuthorWhen: { path: 'kind', equals: 'account' }, authorId: 'did', updatedAt: 'time' };

  it('is a deletion with the ID of the author', () => {
    expect(mapPost({ platform: 'murmur', kind: 'account', did: 'u7', time: '2026-06-14T10:00:00Z' }, mapping)).toEqual({
      platform: 'murmur',
      id: 'author:u7',
      text: '',
      createdAt: '2026-06-15T11:59:58.000Z',
      updatedAt: '2026-06-14T10:00:00.000Z',
      deleted: true,
      deletesAuthor: true,
      author: { id: 'u7' },
    });
  });

  it('needs that ID', () => {
    expect(mapMessage({ platform: 'murmur', kind: 'account' }, mapping)).toEqual({ posts: [], rejected: 'missing-id' });
  });
});

describe('a message without a value', () => {
  const tombstone = (key: string | undefined, mapping?: MappingInput) =>
    mapMessage('', mapping, { isTombstone: true, ...(key !== undefined && { key: Buffer.from(key) }) });
  const deletion = (platform: string, id: string) => ({
    posts: [{ platform, id, text: '', createdAt: '2026-06-15T11:59:58.000Z', updatedAt: '2026-06-15T11:59:58.000Z', deleted: true }],
  });

  it.each<[string, MappingInput, string, string]>([
    ['murmur:p1', {}, 'murmur', 'p1'],
    ['murmur:at://did:plc:a/1', {}, 'murmur', 'at://did:plc:a/1'],
    ['forum:p1', { platformName: 'forum' }, 'forum', 'p1'],
    ['a:b:p1', { platformName: 'a:b' }, 'a:b', 'p1'],
    ['p1', { platformName: 'forum', id: '$key' }, 'forum', 'p1'],
    ['{"id":17}', { platformName: 'forum', id: ['after.id', '$key.id'] }, 'forum', '17'],
  ])('deletes the post that its key %s names', (key, mapping, platform, id) => {
    expect(tombstone(key, mapping)).toEqual(deletion(platform, id));
  });

  it.each<[string | undefined, MappingInput]>([
    [undefined, {}],
    ['', {}],
    ['p1', {}],
    [':p1', {}],
    ['murmur:', {}],
    ['murmur:a\0b', {}],
    ['{"id":"murmur:p1"}', {}],
    ['other:p1', { platformName: 'forum' }],
    [`murmur:${'x'.repeat(257)}`, {}],
  ])('with the key %j is skipped', (key, mapping) => {
    expect(tombstone(key, mapping)).toEqual({ posts: [], skipped: 'tombstone' });
  });

  it('is an error if the value is empty but there', () => {
    expect(mapMessage('', {}, { key: Buffer.from('murmur:p1') })).toEqual({ posts: [], rejected: 'not-json' });
  });
});
