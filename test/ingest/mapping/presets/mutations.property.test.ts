import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PresetName, presetNames } from '../../../../src/config/mapping.ts';
import { compileMapping, parseMessage } from '../../../../src/ingest/mapping/parse-message.ts';

const now = Date.parse('2026-11-28T12:00:00Z');

/** A message of each format. */
const messages: Readonly<Record<PresetName, object>> = {
  'bluesky-jetstream': {
    did: 'did:plc:ines',
    time_us: 1_795_168_800_000_000,
    kind: 'commit',
    commit: {
      operation: 'create',
      collection: 'app.bsky.feed.post',
      rkey: '3m',
      record: { createdAt: '2026-11-20T10:00:00Z', langs: ['en'], text: 'It sings' },
    },
  },
  mastodon: {
    event: 'update',
    payload: JSON.stringify({
      id: '1',
      created_at: '2026-11-20T10:00:00Z',
      content: '<p>It sings</p>',
      account: { id: '7', acct: 'ines' },
    }),
  },
  'x-v2': {
    data: { id: '1', text: 'RT', author_id: '7', edit_history_tweet_ids: ['1'], referenced_tweets: [{ type: 'retweeted', id: '2' }] },
    includes: { users: [{ id: '7', username: 'ines' }], tweets: [{ id: '2', text: 'It sings' }] },
  },
  'x-v1': { id_str: '1', text: 'It sings', created_at: 'Fri Nov 20 10:00:00 +0000 2026', user: { id_str: '7', screen_name: 'ines' } },
  reddit: {
    kind: 'Listing',
    data: {
      children: [
        {
          kind: 't1',
          data: {
            id: 'c1',
            body: 'It sings',
            author: 'ines',
            edited: false,
            replies: { data: { children: [{ data: { id: 'c2', body: 'No' } }] } },
          },
        },
      ],
    },
  },
  youtube: {
    items: [
      {
        id: 'U',
        snippet: { topLevelComment: { id: 'U', snippet: { textDisplay: '<b>It</b> sings', videoId: 'v' } } },
        replies: { comments: [{ id: 'U.1', snippet: { textDisplay: 'No' } }] },
      },
    ],
  },
  hackernews: { by: 'ines', id: 1, text: 'It <i>sings</i>', time: 1_795_168_800, type: 'comment' },
  debezium: {
    payload: {
      before: null,
      after: { id: 1, text: 'It sings', created_at: 1_795_168_800_000_000 },
      source: { ts_ms: 1_795_168_800_000 },
      op: 'u',
    },
  },
  'kafka-connect': { schema: {}, payload: { id: 'c1', text: 'It sings', created: 1_795_168_800_000, 'author.handle': 'ines' } },
  cloudevents: {
    specversion: '1.0',
    type: 'post.created',
    id: 'e',
    time: '2026-11-20T10:00:00Z',
    data: JSON.stringify({ id: '1', text: 'It sings' }),
  },
  'app-store': {
    feed: {
      entry: [
        {
          id: { label: '1' },
          title: { label: 'It' },
          content: { label: 'sings' },
          'im:rating': { label: '5' },
          updated: { label: '2026-11-20T10:00:00Z' },
        },
      ],
    },
  },
  'google-play': {
    reviews: [
      {
        reviewId: '1',
        comments: [{ userComment: { text: 'It sings', starRating: 5, lastModified: { seconds: '1795168800', nanos: 0 } } }],
      },
    ],
  },
  trustpilot: {
    events: [
      {
        eventName: 'service-review-created',
        eventData: { id: '1', stars: 5, title: 'It', text: 'sings', createdAt: '2026-11-20T10:00:00Z', consumer: { id: '7' } },
      },
    ],
  },
  telegram: {
    id: 5,
    messages: [
      {
        id: 1,
        type: 'message',
        date_unixtime: '1795168800',
        from: 'Ines',
        from_id: 'user7',
        text: ['It ', { type: 'bold', text: 'sings' }],
      },
    ],
  },
};

/** Replaces, removes or wraps one value of a message. */
const mutation = fc.record({
  at: fc.nat(1_000),
  change: fc.oneof(
    fc.constant('remove'),
    fc.constant('wrap'),
    fc.jsonValue({ maxDepth: 2 }).map((value) => ({ value })),
  ),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(message: object, { at, change }: Mutation): unknown {
  let left = at % countValues(message);
  return JSON.parse(JSON.stringify(message), (_, value) => {
    left -= 1;
    if (left !== -1) return value;
    if (change === 'remove') return undefined;
    return change === 'wrap' ? [value] : change.value;
  }) as unknown;
}

const countValues = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Object.values(value).reduce<number>((sum, inner) => sum + countValues(inner), 0) : 1;

test.each(presetNames)('%s: a mutated message is skipped, a dead letter, or well-formed posts', (preset) => {
  const mapping = compileMapping({ preset });
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const mutated = mutations.reduce<unknown>(
        (message, next) => (typeof message === 'object' && message !== null ? mutate(message, next) : message),
        messages[preset],
      );
      const { posts, rejected, skipped } = parseMessage({ bytes: JSON.stringify(mutated) ?? '', timestamp: now }, mapping, now);
      expect(posts.length > 0 || rejected !== undefined || skipped !== undefined).toBe(true);
      for (const { id, text, createdAt, updatedAt, deleted } of posts) {
        expect([typeof id, typeof text]).toEqual(['string', 'string']);
        expect(id).not.toBe('');
        expect([createdAt, updatedAt].map((at) => new Date(at).toISOString())).toEqual([createdAt, updatedAt]);
        if (deleted) expect(text).toBe('');
      }
    }),
    { numRuns: 300 },
  );
});

test.each(presetNames)('%s: the message itself is posts', (preset) => {
  const { posts } = parseMessage({ bytes: JSON.stringify(messages[preset]), timestamp: now }, compileMapping({ preset }), now);
  expect(posts.length).toBeGreaterThan(0);
  expect(posts.map(({ text }) => text.replaceAll(/\s+/g, ' '))).toContain('It sings');
});
