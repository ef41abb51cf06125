import { describe, expect, test } from 'vitest';
import { mapWith, postOf } from './map-with-preset.ts';

const bluesky = { preset: 'bluesky-jetstream' } as const;
const ines = 'did:plc:inesinesinesinesinesines';
const tomas = 'did:plc:tomastomastomastomastoma';

/** Microseconds since 1970 of 2026-11-20T10:00:00Z. */
const timeUs = 1_795_168_800_000_000;

const record = {
  $type: 'app.bsky.feed.post',
  createdAt: '2026-11-20T09:59:58.120Z',
  langs: ['en'],
  text: 'My Brixomel kettle & I are very happy',
};

function commit(operation: string, changes: object = {}, did = ines) {
  const body = { rev: '3mabcabcabc2a', operation, collection: 'app.bsky.feed.post', rkey: '3mabcabcabc2a' };
  const created = operation === 'delete' ? body : { ...body, record, cid: 'bafyreibrixomel' };
  return { did, time_us: timeUs, kind: 'commit', commit: { ...created, ...changes } };
}

const account = (status: string | undefined, active: boolean) => ({
  did: ines,
  time_us: timeUs + 5_000_000,
  kind: 'account',
  account: { active, did: ines, seq: 71, time: '2026-11-20T10:00:05.000Z', ...(status && { status }) },
});

describe('frames of version 1', () => {
  test('a post', () => {
    expect(postOf(bluesky, commit('create'))).toEqual({
      platform: 'bluesky',
      id: `at://${ines}/app.bsky.feed.post/3mabcabcabc2a`,
      text: record.text,
      createdAt: '2026-11-20T09:59:58.120Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      lang: 'en',
      url: `https://bsky.app/profile/${ines}/post/3mabcabcabc2a`,
      author: { id: ines },
    });
  });

  test('posts of two authors with the same record key are two posts', () => {
    expect(postOf(bluesky, commit('create', {}, tomas)).id).not.toBe(postOf(bluesky, commit('create')).id);
  });

  test('a reply, with the post that it answers', () => {
    const parent = `at://${tomas}/app.bsky.feed.post/3mparent`;
    const reply = { ...record, reply: { root: { uri: 'at://root' }, parent: { uri: parent, cid: 'bafyreiparent' } } };
    expect(postOf(bluesky, commit('create', { record: reply })).inReplyTo).toBe(parent);
  });

  test('an update and a deletion are versions of the post, by the clock of the stream', () => {
    const updated = postOf(bluesky, { ...commit('update', { record: { ...record, text: 'It broke' } }), time_us: timeUs + 1_000_000 });
    const deleted = postOf(bluesky, { ...commit('delete'), time_us: timeUs + 2_000_000 });
    const { id } = postOf(bluesky, commit('create'));
    expect(updated).toMatchObject({ id, text: 'It broke', updatedAt: '2026-11-20T10:00:01.000Z' });
    expect(deleted).toMatchObject({ id, deleted: true, updatedAt: '2026-11-20T10:00:02.000Z' });
  });

  test('a post that is only an image has an empty text', () => {
    const image = { ...record, text: '', embed: { $type: 'app.bsky.embed.images', images: [{ alt: '' }] } };
    expect(postOf(bluesky, commit('create', { record: image }))).toMatchObject({ text: '', deleted: false });
  });

  test.each(['1970-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z', 'yesterday'])(
    'the date %s that an author made up is replaced',
    (createdAt) => {
      expect(postOf(bluesky, commit('create', { record: { ...record, createdAt } })).createdAt).toBe('2026-11-20T10:00:00.000Z');
    },
  );

  test('likes, follows, profiles and identities are skipped', () => {
    for (const collection of ['app.bsky.feed.like', 'app.bsky.graph.follow', 'app.bsky.feed.repost'])
      expect(mapWith(bluesky, commit('create', { collection }))).toBe('skipped: filtered');
    expect(mapWith(bluesky, commit('delete', { collection: 'app.bsky.feed.like' }))).toBe('skipped: filtered');
    expect(mapWith(bluesky, { did: ines, time_us: timeUs, kind: 'identity', identity: { did: ines, handle: 'ines.example' } })).toBe(
      'skipped: filtered',
    );
  });

  test('an account that was deleted or taken down takes its posts along; one that may return does not', () => {
    for (const status of ['deleted', 'takendown'])
      expect(postOf(bluesky, account(status, false))).toMatchObject({
        deleted: true,
        deletesAuthor: true,
        author: { id: ines },
        updatedAt: '2026-11-20T10:00:05.000Z',
      });
    for (const [status, active] of [
      ['deactivated', false],
      ['suspended', false],
      [undefined, true],
    ] as const)
      expect(mapWith(bluesky, account(status, active))).toBe('skipped: filtered');
  });

  test('a post without a record is a dead letter', () => {
    expect(mapWith(bluesky, commit('create', { record: undefined }))).toBe('missing-text');
    expect(mapWith(bluesky, commit('create', { rkey: undefined }))).toBe('missing-id');
  });
});

describe('frames of version 2', () => {
  const frame = (type: string, payload: object) => ({
    $type: 'message',
    payload: {
      $type: `network.bsky.jetstream.subscribeEvents#${type}`,
      seq: 9_001,
      did: ines,
      time: '2026-11-20T10:00:00.000Z',
      ...payload,
    },
  });
  const body = { rev: '3m', collection: 'app.bsky.feed.post', rkey: '3mabcabcabc2a' };

  test('a post and its deletion are those of version 1', () => {
    const post = postOf(bluesky, frame('commit', { ...body, operation: 'create', record, cid: 'bafyreibrixomel' }));
    expect(post).toEqual(postOf(bluesky, commit('create')));
    expect(postOf(bluesky, frame('commit', { ...body, operation: 'delete' }))).toMatchObject({ id: post.id, deleted: true });
  });

  test('an account deletion', () => {
    const deleted = frame('account', { account: { active: false, status: 'deleted', did: ines } });
    expect(postOf(bluesky, deleted)).toMatchObject({ deletesAuthor: true, author: { id: ines } });
  });

  test('likes, notices and unknown events are skipped', () => {
    expect(mapWith(bluesky, frame('commit', { ...body, collection: 'app.bsky.feed.like', operation: 'create', record: {} }))).toBe(
      'skipped: filtered',
    );
    expect(mapWith(bluesky, frame('info', { name: 'OutdatedCursor' }))).toBe('skipped: filtered');
    expect(mapWith(bluesky, frame('label', {}))).toBe('skipped: filtered');
  });
});
