import { describe, expect, test } from 'vitest';
import { mapWith, postOf, receivedAt } from './map-with-preset.ts';

const mastodon = { preset: 'mastodon' } as const;

const account = {
  id: '41',
  username: 'ines',
  acct: 'ines@forest.example',
  display_name: 'Ines &amp; the trees',
  bot: false,
  followers_count: 120,
};

function status(changes: object = {}) {
  return {
    id: '113000000000000001',
    created_at: '2026-11-20T10:00:00.000Z',
    in_reply_to_id: null,
    sensitive: false,
    spoiler_text: '',
    visibility: 'public',
    language: 'en',
    uri: 'https://forest.example/users/ines/statuses/1',
    url: 'https://forest.example/@ines/1',
    replies_count: 2,
    reblogs_count: 3,
    favourites_count: 4,
    edited_at: null,
    content:
      '<p>My <a href="https://forest.example/tags/brixomel" class="mention hashtag" rel="tag">#<span>brixomel</span></a> kettle sings</p>',
    reblog: null,
    account,
    ...changes,
  };
}

const frame = (event: string, payload: unknown) => ({
  stream: ['public'],
  event,
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
});

test('a status', () => {
  expect(postOf(mastodon, status())).toEqual({
    platform: 'mastodon',
    id: '113000000000000001',
    text: 'My #brixomel kettle sings',
    createdAt: '2026-11-20T10:00:00.000Z',
    updatedAt: '2026-11-20T10:00:00.000Z',
    deleted: false,
    lang: 'en',
    url: 'https://forest.example/@ines/1',
    author: { id: '41', handle: 'ines@forest.example', name: 'Ines & the trees', followers: 120 },
    engagement: { likes: 4, reposts: 3, replies: 2 },
  });
});

test('a frame of the streaming API is the status in it', () => {
  expect(postOf(mastodon, frame('update', status()))).toEqual(postOf(mastodon, status()));
});

test('a page of a timeline is several statuses', () => {
  expect(mapWith(mastodon, [status(), status({ id: '2' }), status({ id: '3', visibility: 'direct' })])).toHaveLength(2);
});

test('an edit has its own time', () => {
  const edited = status({ content: '<p>It broke</p>', edited_at: '2026-11-20T10:05:00.000Z' });
  for (const message of [edited, frame('status.update', edited)])
    expect(postOf(mastodon, message)).toMatchObject({
      id: '113000000000000001',
      text: 'It broke',
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:05:00.000Z',
    });
});

test('a deletion, whose payload is the ID', () => {
  expect(postOf(mastodon, frame('delete', '113000000000000001'))).toMatchObject({
    id: '113000000000000001',
    deleted: true,
    updatedAt: receivedAt,
  });
});

test('a boost has the text of the boosted status, and its own ID and author', () => {
  const boosted = status({ id: '9', account: { ...account, id: '77', acct: 'tomas' }, content: '<p>Boil, Brixomel, boil</p>' });
  const boost = status({ id: '10', content: '', reblog: boosted });
  for (const message of [boost, frame('update', boost)])
    expect(postOf(mastodon, message)).toMatchObject({ id: '10', text: 'Boil, Brixomel, boil', author: { id: '41' } });
});

test('a content warning precedes the content', () => {
  expect(postOf(mastodon, status({ spoiler_text: 'Kitchen & tea', sensitive: true })).text).toMatch(
    /^Kitchen & tea\s+My #brixomel kettle sings$/,
  );
  expect(postOf(mastodon, frame('update', status({ spoiler_text: 'Kitchen' }))).text).toMatch(/^Kitchen\s+My/);
});

test('a status with media only has an empty text', () => {
  expect(postOf(mastodon, status({ content: '', media_attachments: [{ type: 'image' }] }))).toMatchObject({ text: '', deleted: false });
});

describe('messages that are no public posts are skipped', () => {
  test.each(['private', 'direct'])('visibility %s', (visibility) => {
    expect(mapWith(mastodon, status({ visibility }))).toBe('skipped: filtered');
    expect(mapWith(mastodon, frame('update', status({ visibility })))).toBe('skipped: filtered');
  });

  test.each(['notification', 'filters_changed', 'announcement', 'announcement.reaction', 'conversation', 'an event of the future'])(
    'event %s',
    (event) => {
      expect(mapWith(mastodon, frame(event, { id: '5' }))).toBe('skipped: filtered');
    },
  );
});

test('an unlisted reply is a post', () => {
  expect(postOf(mastodon, status({ visibility: 'unlisted', in_reply_to_id: '8' })).inReplyTo).toBe('8');
});

test('a status without ID, and a payload that is no JSON, are dead letters', () => {
  expect(mapWith(mastodon, status({ id: undefined }))).toBe('missing-id');
  expect(mapWith(mastodon, frame('update', '{"id":'))).toBe('missing-id');
});
