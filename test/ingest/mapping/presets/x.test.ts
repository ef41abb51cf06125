import { describe, expect, test } from 'vitest';
import { mapWith, postOf, receivedAt } from './map-with-preset.ts';

describe('x-v2', () => {
  const x = { preset: 'x-v2' } as const;
  const users = [
    { id: '88', username: 'tomas_b', name: 'Tomas B' },
    { id: '77', username: 'ines_k', name: 'Ines K', public_metrics: { followers_count: 120, tweet_count: 4 } },
  ];

  function tweet(changes: object = {}) {
    return {
      id: '1991822400000000010',
      text: 'My Brixomel &amp; I @tomas_b',
      author_id: '77',
      created_at: '2026-11-20T10:00:00.000Z',
      edit_history_tweet_ids: ['1991822400000000010'],
      lang: 'en',
      public_metrics: { retweet_count: 3, reply_count: 2, like_count: 4, quote_count: 1 },
      ...changes,
    };
  }
  const frame = (changes: object = {}, includes: object = {}) => ({
    data: tweet(changes),
    includes: { users, ...includes },
    matching_rules: [{ id: '1', tag: 'brixomel' }],
  });

  const expected = {
    platform: 'x',
    id: '1991822400000000010',
    text: 'My Brixomel & I @tomas_b',
    createdAt: '2026-11-20T10:00:00.000Z',
    updatedAt: '2026-11-20T10:00:00.000Z',
    deleted: false,
    lang: 'en',
    url: 'https://x.com/ines_k/status/1991822400000000010',
    author: { id: '77', handle: 'ines_k', name: 'Ines K', followers: 120 },
    engagement: { likes: 4, reposts: 3, replies: 2 },
  };

  test('a post of the stream has its author, who need not come first', () => {
    expect(postOf(x, frame())).toEqual(expected);
  });

  test('a page', () => {
    const page = {
      data: [tweet(), tweet({ id: '20', edit_history_tweet_ids: ['20'], author_id: '88' })],
      includes: { users },
      meta: { result_count: 2 },
    };
    expect(mapWith(x, page)).toEqual([
      expected,
      expect.objectContaining({
        id: '20',
        author: { id: '88', handle: 'tomas_b', name: 'Tomas B' },
        url: 'https://x.com/tomas_b/status/20',
      }),
    ]);
    expect(mapWith(x, { data: [], meta: { result_count: 0 } })).toBe('skipped: empty');
    expect(mapWith(x, { meta: { result_count: 0 } })).toBe('skipped: filtered');
  });

  test('a single post without its author', () => {
    expect(postOf(x, tweet())).toMatchObject({ author: { id: '77' }, url: 'https://x.com/i/status/1991822400000000010' });
  });

  test('a long post is whole', () => {
    const long = { text: 'My Brixomel…', note_tweet: { text: 'My Brixomel, a long story that ends badly' } };
    expect(postOf(x, frame(long)).text).toBe('My Brixomel, a long story that ends badly');
  });

  test('a retweet has the full text of the original; a quote keeps its own', () => {
    const original = { id: '5', text: 'A long text about Brixomel, until its bitter end', author_id: '88' };
    const retweet = { text: 'RT @tomas_b: A long text about…', referenced_tweets: [{ type: 'retweeted', id: '5' }] };
    expect(postOf(x, frame(retweet, { tweets: [{ id: '4', text: 'another' }, original] })).text).toBe(original.text);
    expect(postOf(x, frame(retweet, { tweets: [{ ...original, note_tweet: { text: 'Longer still' } }] })).text).toBe('Longer still');
    expect(postOf(x, frame(retweet)).text).toBe('RT @tomas_b: A long text about…');
    const quote = { text: 'Look at this', referenced_tweets: [{ type: 'quoted', id: '5' }] };
    expect(postOf(x, frame(quote, { tweets: [original] }))).toMatchObject({ text: 'Look at this' });
    expect(postOf(x, frame(quote, { tweets: [original] })).inReplyTo).toBeUndefined();
  });

  test('a reply', () => {
    const reply = {
      referenced_tweets: [
        { type: 'quoted', id: '5' },
        { type: 'replied_to', id: '6' },
      ],
    };
    expect(postOf(x, frame(reply)).inReplyTo).toBe('6');
  });

  test('an edit is a version of the first post', () => {
    const edit = {
      id: '11',
      created_at: '2026-11-20T10:01:00.000Z',
      edit_history_tweet_ids: ['1991822400000000010', '11'],
      text: 'Edited',
    };
    expect(postOf(x, frame(edit))).toMatchObject({
      id: '1991822400000000010',
      text: 'Edited',
      updatedAt: '2026-11-20T10:01:00.000Z',
      url: 'https://x.com/ines_k/status/11',
      otherIds: ['11'],
    });
    expect(postOf(x, frame())).not.toHaveProperty('otherIds');
  });

  test('compliance events of the stream', () => {
    const event = (name: string, body: object) => ({ data: { [name]: { ...body, event_at: '2026-11-21T09:00:00.000Z' } } });
    for (const name of ['delete', 'tweet_delete', 'drop'])
      expect(postOf(x, event(name, { tweet: { id: '10', author_id: '77' } }))).toMatchObject({
        id: '10',
        deleted: true,
        updatedAt: '2026-11-21T09:00:00.000Z',
      });
    expect(postOf(x, event('user_delete', { user: { id: '77' } }))).toMatchObject({ deletesAuthor: true, author: { id: '77' } });
    for (const name of ['undrop', 'withheld', 'tweet_edit', 'user_undelete', 'user_protect', 'user_suspend', 'scrub_geo'])
      expect(mapWith(x, event(name, { tweet: { id: '10' } }))).toBe('skipped: filtered');
  });

  test('a deletion of a batch applies to every version so far', () => {
    const line = { id: '10', action: 'delete', created_at: '2026-11-20T10:00:00.000Z', reason: 'deleted' };
    expect(postOf(x, line)).toMatchObject({ id: '10', deleted: true, updatedAt: receivedAt });
    expect(postOf(x, { ...line, redacted_at: '2026-11-22T00:00:00.000Z' }).updatedAt).toBe('2026-11-22T00:00:00.000Z');
  });

  test('a notice that the stream ends is skipped', () => {
    expect(mapWith(x, { errors: [{ title: 'operational-disconnect' }] })).toBe('skipped: filtered');
  });
});

describe('x-v1', () => {
  const x = { preset: 'x-v1' } as const;
  const user = { id: 1_164_149_377, id_str: '1164149377', screen_name: 'ines_k', name: 'Ines K', followers_count: 120 };
  const tweet = {
    created_at: 'Fri Nov 20 10:00:00 +0000 2026',
    id_str: '1991822400000000001',
    text: 'My Brixomel sings',
    truncated: false,
    timestamp_ms: '1795168800123',
    lang: 'en',
    in_reply_to_status_id_str: null,
    user,
    favorite_count: 4,
    retweet_count: 3,
    reply_count: 2,
  };

  test('a tweet', () => {
    expect(postOf(x, tweet)).toEqual({
      platform: 'x',
      id: '1991822400000000001',
      text: 'My Brixomel sings',
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      lang: 'en',
      url: 'https://x.com/ines_k/status/1991822400000000001',
      author: { id: '1164149377', handle: 'ines_k', name: 'Ines K', followers: 120 },
      engagement: { likes: 4, reposts: 3, replies: 2 },
    });
  });

  test('a truncated tweet, and one of the extended mode, are whole', () => {
    expect(postOf(x, { ...tweet, text: 'My Br…', truncated: true, extended_tweet: { full_text: 'My Brixomel sings loudly' } }).text).toBe(
      'My Brixomel sings loudly',
    );
    const { text: _, ...extended } = tweet;
    expect(postOf(x, { ...extended, full_text: 'My Brixomel, whole' }).text).toBe('My Brixomel, whole');
  });

  test('a retweet has the full text of the original', () => {
    const retweet = { ...tweet, text: 'RT @tomas_b: My…' };
    expect(postOf(x, { ...retweet, retweeted_status: { ...tweet, text: 'My original' } }).text).toBe('My original');
    const long = { ...tweet, text: 'My…', extended_tweet: { full_text: 'My long original' } };
    expect(postOf(x, { ...retweet, retweeted_status: long }).text).toBe('My long original');
  });

  test('without the text of the ID, no digit is lost', () => {
    const { id_str: _, ...rest } = tweet;
    expect(postOf(x, JSON.stringify(rest).replace('{', '{"id":1991822400000000001,')).id).toBe('1991822400000000001');
  });

  test('a reply, a page, a deletion', () => {
    expect(postOf(x, { ...tweet, in_reply_to_status_id_str: '5' }).inReplyTo).toBe('5');
    expect(mapWith(x, { statuses: [tweet, { ...tweet, id_str: '2' }], search_metadata: {} })).toHaveLength(2);
    const notice = { delete: { status: { id_str: '1991822400000000001', user_id_str: '1164149377' }, timestamp_ms: '1795168900000' } };
    expect(postOf(x, notice)).toMatchObject({ id: '1991822400000000001', deleted: true, updatedAt: '2026-11-20T10:01:40.000Z' });
  });

  test.each([
    { limit: { track: 5, timestamp_ms: '1795168900000' } },
    { scrub_geo: { user_id_str: '3', up_to_status_id_str: '9' } },
    { status_withheld: { id: 5, withheld_in_countries: ['XY'] } },
    { disconnect: { code: 4, stream_name: '', reason: '' } },
  ])('the notice %j is skipped', (notice) => {
    expect(mapWith(x, notice)).toBe('skipped: filtered');
  });
});
