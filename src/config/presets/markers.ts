import type { Condition } from '../mapping-fields.ts';
import type { presets } from './index.ts';

const has = (...paths: string[]): Condition => ({ all: paths.map((path) => ({ path, exists: true })) });

/** By which a message of a preset's format can be told from others: one of the conditions holds. */
export const presetMarkers: Readonly<Record<keyof typeof presets, readonly Condition[]>> = {
  'bluesky-jetstream': [has('did', 'time_us', 'kind'), { path: 'payload.$type', matches: '^network\\.bsky\\.jetstream\\.' }],
  mastodon: [
    has('account.acct', 'content', 'created_at'),
    has('event', 'payload.account.acct'),
    { path: 'event', equals: ['status.update'] },
  ],
  'x-v2': [
    has('data.edit_history_tweet_ids'),
    has('data.0.edit_history_tweet_ids'),
    has('edit_history_tweet_ids'),
    has('data.author_id', 'data.text'),
  ],
  'x-v1': [has('id_str', 'user.screen_name'), has('statuses.0.id_str'), has('delete.status')],
  reddit: [
    has('subreddit', 'created_utc'),
    has('selftext', 'created_utc'),
    has('body', 'created_utc', 'link_id'),
    has('data.subreddit', 'kind'),
    { all: [has('data.children'), { path: 'kind', equals: 'Listing' }] },
  ],
  youtube: [{ path: 'kind', matches: '^youtube#comment' }],
  hackernews: [
    { all: [has('by', 'time', 'id'), { path: 'type', equals: ['story', 'comment', 'poll', 'pollopt', 'job'] }] },
    has('hits.0.objectID', 'hits.0.created_at_i'),
    has('objectID', 'created_at_i', 'author'),
  ],
  debezium: [has('payload.op', 'payload.source'), has('op', 'source.connector'), has('__deleted'), has('__op')],
  'kafka-connect': [{ all: [has('schema.fields', 'payload'), { path: 'payload.op', exists: false }] }],
  cloudevents: [has('specversion', 'type', 'source'), has('$headers.ce_specversion')],
  'app-store': [
    has('im:rating'),
    has('feed.entry'),
    { path: 'type', equals: 'customerReviews' },
    { path: 'data.0.type', equals: 'customerReviews' },
  ],
  'google-play': [
    has('comments.0.userComment'),
    has('reviews.0.comments.0.userComment'),
    has('reviewId', 'userName', 'score', 'thumbsUpCount'),
  ],
  trustpilot: [
    has('consumer.displayName', 'stars'),
    has('reviews.0.consumer', 'reviews.0.stars'),
    has('events.0.eventData.consumer'),
    has('eventData.consumer'),
  ],
  telegram: [
    has('date_unixtime', 'text_entities'),
    has('messages.0.date_unixtime'),
    has('update_id'),
    has('result.0.update_id'),
    has('message_id', 'chat.id'),
  ],
};
