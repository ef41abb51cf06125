import { describe, expect, test } from 'vitest';
import { mapWith, postOf, receivedAt } from './map-with-preset.ts';

describe('reddit', () => {
  const reddit = { preset: 'reddit' } as const;
  const comment = {
    id: 'k1brixo',
    author: 'ines_k',
    body: 'My Brixomel &amp; I',
    created_utc: 1_795_168_800,
    edited: false,
    link_id: 't3_post01',
    parent_id: 't3_post01',
    permalink: '/r/kettles/comments/post01/brixomel/k1brixo/',
    score: 4,
    subreddit: 'kettles',
  };
  const submission = {
    id: 'post01',
    name: 't3_post01',
    author: 'tomas_b',
    title: 'Brixomel broke, what now?',
    selftext: '',
    created_utc: 1_795_168_000.0,
    edited: false,
    permalink: '/r/kettles/comments/post01/brixomel/',
    score: 7,
    num_comments: 2,
    removed_by_category: null,
    subreddit: 'kettles',
  };

  test('a comment', () => {
    expect(postOf(reddit, comment)).toEqual({
      platform: 'reddit',
      id: 't1_k1brixo',
      text: 'My Brixomel & I',
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      url: 'https://www.reddit.com/r/kettles/comments/post01/brixomel/k1brixo/',
      author: { id: 'ines_k', handle: 'ines_k' },
      engagement: { likes: 4, reposts: 0, replies: 0 },
      inReplyTo: 't3_post01',
    });
  });

  test('a submission: its title, and its text if it has one', () => {
    expect(postOf(reddit, submission)).toMatchObject({ id: 't3_post01', text: 'Brixomel broke, what now?', engagement: { replies: 2 } });
    expect(postOf(reddit, { ...submission, selftext: 'It hums.' }).text).toBe('Brixomel broke, what now?\n\nIt hums.');
  });

  test('an edit, a date in text, a score below 0', () => {
    expect(postOf(reddit, { ...comment, body: 'It died', edited: 1_795_170_000.0 })).toMatchObject({
      text: 'It died',
      updatedAt: '2026-11-20T10:20:00.000Z',
    });
    expect(postOf(reddit, { ...comment, created_utc: '1444260723', score: -12 })).toMatchObject({
      createdAt: '2015-10-07T23:32:03.000Z',
      engagement: { likes: 0 },
    });
  });

  test.each(['[deleted]', '[removed]', '[ Removed by Reddit ]', '[removed by moderator]'])(
    'a comment whose text is %s is deleted',
    (body) => {
      expect(postOf(reddit, { ...comment, body, author: '[deleted]' })).toMatchObject({
        id: 't1_k1brixo',
        deleted: true,
        updatedAt: receivedAt,
      });
    },
  );

  test('a submission that was removed is deleted', () => {
    expect(postOf(reddit, { ...submission, selftext: '[removed]' }).deleted).toBe(true);
    expect(postOf(reddit, { ...submission, removed_by_category: 'moderator' }).deleted).toBe(true);
  });

  test('a comment whose author is gone has no author', () => {
    expect(postOf(reddit, { ...comment, author: '[deleted]' }).author).toBeUndefined();
  });

  test('quotes are no text of the author', () => {
    expect(postOf(reddit, { ...comment, body: '&gt; Brixomel is awful\n\nNot true, I love it' }).text).toBe('Not true, I love it');
  });

  test('a thing, a listing, and replies at any depth', () => {
    const thing = (data: object, kind = 't1') => ({ kind, data });
    const listing = (...children: object[]) => ({ kind: 'Listing', data: { after: null, dist: children.length, children } });
    expect(postOf(reddit, thing(comment))).toEqual(postOf(reddit, comment));
    expect(postOf(reddit, thing(submission, 't3'))).toEqual(postOf(reddit, submission));
    const deepest = thing({ ...comment, id: 'c3', replies: '' });
    const more = thing({ count: 9, name: 't1_more', id: 'more', parent_id: 't1_c2', depth: 3, children: ['x', 'y'] }, 'more');
    const second = thing({ ...comment, id: 'c2', replies: listing(deepest, more) });
    const page = listing(thing({ ...comment, id: 'c1', replies: listing(second) }), thing(submission, 't3'));
    const posts = mapWith(reddit, page);
    expect(typeof posts === 'string' ? posts : posts.map(({ id }) => id).sort()).toEqual(['t1_c1', 't1_c2', 't1_c3', 't3_post01']);
    expect(mapWith(reddit, listing())).toBe('skipped: filtered');
    expect(mapWith(reddit, [listing(thing(submission, 't3')), listing(thing(comment))])).toHaveLength(2);
  });

  test('things that are no posts are skipped', () => {
    const data = { id: 'x', name: 't5_x', title: 'Kettles', display_name: 'kettles', subscribers: 9 };
    expect(mapWith(reddit, { kind: 't5', data })).toBe('skipped: filtered');
    expect(mapWith(reddit, { kind: 't4', data: { ...comment, name: 't4_x', subject: 'hello' } })).toBe('skipped: filtered');
    expect(mapWith(reddit, { kind: 't2', data: { id: 'x', name: 'ines_k', link_karma: 1 } })).toBe('skipped: filtered');
  });

  test('a comment without ID is a dead letter', () => {
    expect(mapWith(reddit, { ...comment, id: null })).toBe('missing-id');
  });
});

describe('youtube', () => {
  const youtube = { preset: 'youtube' } as const;
  const snippet = {
    channelId: 'UCkettles',
    videoId: 'vidBrixomel',
    textDisplay: 'The Brixomel is <b>great</b><br>I don&#39;t regret it',
    textOriginal: "The Brixomel is *great*\nI don't regret it",
    authorDisplayName: '@ines-k',
    authorChannelUrl: 'http://www.youtube.com/@ines-k',
    authorChannelId: { value: 'UCines' },
    canRate: true,
    likeCount: 4,
    publishedAt: '2026-11-20T10:00:00Z',
    updatedAt: '2026-11-20T10:00:00Z',
  };
  const comment = (id: string, changes: object = {}) => ({ kind: 'youtube#comment', etag: 'e', id, snippet: { ...snippet, ...changes } });
  const thread = (id: string, changes: object = {}, replies: object[] = []) => ({
    kind: 'youtube#commentThread',
    etag: 'e',
    id,
    snippet: {
      channelId: 'UCkettles',
      videoId: 'vidBrixomel',
      topLevelComment: comment(id, changes),
      canReply: true,
      totalReplyCount: replies.length,
      isPublic: true,
    },
    ...(replies.length > 0 ? { replies: { comments: replies } } : {}),
  });

  test('a thread', () => {
    expect(postOf(youtube, thread('Ugx1'))).toEqual({
      platform: 'youtube',
      id: 'Ugx1',
      text: "The Brixomel is great\nI don't regret it",
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      url: 'https://www.youtube.com/watch?v=vidBrixomel&lc=Ugx1',
      author: { id: 'UCines', handle: '@ines-k' },
      engagement: { likes: 4, reposts: 0, replies: 0 },
    });
  });

  test('a page of threads, with their replies', () => {
    const page = {
      kind: 'youtube#commentThreadListResponse',
      pageInfo: { totalResults: 2 },
      items: [thread('Ugx1', {}, [comment('Ugx1.a', { parentId: 'Ugx1', textDisplay: 'Same here' })]), thread('Ugx2')],
    };
    const posts = mapWith(youtube, page);
    expect(posts).toHaveLength(3);
    expect(posts).toContainEqual(
      expect.objectContaining({
        id: 'Ugx1.a',
        text: 'Same here',
        inReplyTo: 'Ugx1',
        url: 'https://www.youtube.com/watch?v=vidBrixomel&lc=Ugx1.a',
      }),
    );
    expect(mapWith(youtube, { ...page, items: [] })).toBe('skipped: empty');
  });

  test('a comment by itself, its edit, and one without HTML', () => {
    expect(postOf(youtube, comment('Ugx1')).id).toBe('Ugx1');
    expect(postOf(youtube, comment('Ugx1', { updatedAt: '2026-11-21T10:00:00Z' })).updatedAt).toBe('2026-11-21T10:00:00.000Z');
    const { textDisplay: _, ...original } = snippet;
    expect(postOf(youtube, { id: 'Ugx1', snippet: original }).text).toBe("The Brixomel is *great*\nI don't regret it");
  });

  test('a comment without text is a dead letter', () => {
    expect(mapWith(youtube, comment('Ugx1', { textDisplay: '', textOriginal: '' }))).toBe('missing-text');
  });
});

describe('hackernews', () => {
  const hackernews = { preset: 'hackernews' } as const;
  const comment = {
    by: 'ines',
    id: 4_242,
    kids: [4_250],
    parent: 4_200,
    text: 'I&#x27;d buy a Brixomel again.<p>See <a href="https:&#x2F;&#x2F;kettles.example&#x2F;tests&#x2F;brixomel" rel="nofollow">https:&#x2F;&#x2F;kettles.example&#x2F;te...</a>',
    time: 1_795_168_800,
    type: 'comment',
  };
  const story = {
    by: 'tomas',
    descendants: 5,
    id: 4_200,
    kids: [4_242],
    score: 70,
    time: 1_795_160_000,
    title: 'Brixomel &amp; friends',
    type: 'story',
    url: 'https://kettles.example/',
  };

  test('a comment', () => {
    expect(postOf(hackernews, comment)).toEqual({
      platform: 'hackernews',
      id: '4242',
      text: "I'd buy a Brixomel again.\n\nSee https://kettles.example/tests/brixomel",
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      url: 'https://news.ycombinator.com/item?id=4242',
      author: { id: 'ines', handle: 'ines' },
      inReplyTo: '4200',
    });
  });

  test('a story with a title only, and one with a text', () => {
    expect(postOf(hackernews, story)).toMatchObject({ text: 'Brixomel & friends', engagement: { likes: 70, replies: 5 } });
    expect(postOf(hackernews, { ...story, text: 'It sings.' }).text).toBe('Brixomel & friends\n\nIt sings.');
  });

  test('deleted and dead items are deletions; a missing item is skipped', () => {
    expect(postOf(hackernews, { deleted: true, id: 4_242, parent: 4_200, time: 1_795_168_800, type: 'comment' })).toMatchObject({
      id: '4242',
      deleted: true,
    });
    expect(postOf(hackernews, { ...comment, dead: true }).deleted).toBe(true);
    expect(mapWith(hackernews, null)).toBe('skipped: empty');
    expect(mapWith(hackernews, { items: [4_242], profiles: ['ines'] })).toBe('skipped: filtered');
    expect(mapWith(hackernews, { id: 'ines', created: 1_795_000_000, karma: 12, submitted: [1] })).toBe('skipped: filtered');
  });

  test('hits of the search', () => {
    const hit = {
      objectID: '4242',
      author: 'ines',
      comment_text: 'I&#x27;d buy it',
      story_text: null,
      title: null,
      created_at_i: 1_795_168_800,
      parent_id: 4_200,
      points: null,
    };
    const page = {
      hits: [hit, { ...hit, objectID: '4200', comment_text: null, title: 'Brixomel', points: 7, num_comments: 2 }],
      nbHits: 2,
    };
    expect(mapWith(hackernews, page)).toEqual([
      expect.objectContaining({ id: '4242', text: "I'd buy it", inReplyTo: '4200', author: { id: 'ines', handle: 'ines' } }),
      expect.objectContaining({ id: '4200', text: 'Brixomel', url: 'https://news.ycombinator.com/item?id=4200' }),
    ]);
  });
});
