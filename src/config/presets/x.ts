import type { MappingFields } from '../mapping-fields.ts';

const exists = (path: string) => ({ path, exists: true });

/** Compliance events after which a post may not be shown. */
const postRemovals = ['delete', 'tweet_delete', 'drop', 'tweet_drop'];
const otherComplianceEvents = [
  'withheld',
  'tweet_withheld',
  'undrop',
  'tweet_undrop',
  'tweet_edit',
  'user_undelete',
  'user_protect',
  'user_unprotect',
  'user_suspend',
  'user_unsuspend',
  'user_withheld',
  'user_profile_modification',
  'scrub_geo',
];

/**
 * Posts of the X API v2 (stream frames, pages, single posts) and its compliance events (stream and batch). Retweets get the
 * full text of the included original. Edits become versions of the first post.
 */
export const xV2: MappingFields = {
  platformName: 'x',
  forEach: ['data.*', 'data'],
  skipWhen: [
    ...otherComplianceEvents.map(exists),
    // A notice that the stream ends, and a page without results.
    { all: [exists('errors'), { path: 'id', exists: false }] },
    { path: 'meta.result_count', equals: 0 },
  ],
  id: ['edit_history_tweet_ids.0', 'id', ...postRemovals.map((event) => `${event}.tweet.id`)],
  // Deleting one version deletes all of them, and the event may name any.
  otherIds: 'edit_history_tweet_ids',
  text: [
    "$message.includes.tweets[id=referenced_tweets[type='retweeted'].id].note_tweet.text",
    "$message.includes.tweets[id=referenced_tweets[type='retweeted'].id].text",
    "referenced_tweets[type='retweeted'].note_tweet.text",
    "referenced_tweets[type='retweeted'].text",
    'note_tweet.text',
    'text',
  ],
  createdAt: 'created_at',
  updatedAt: [
    ...[...postRemovals, 'user_delete'].map((event) => `${event}.event_at`),
    'redacted_at',
    // A deletion of a batch without that date applies to every version so far.
    { from: '$timestamp', when: { path: 'action', equals: 'delete' } },
    'created_at',
  ],
  deletedWhen: [...postRemovals.map((event) => exists(`${event}.tweet.id`)), { path: 'action', equals: 'delete' }],
  deletesAuthorWhen: exists('user_delete.user.id'),
  lang: 'lang',
  url: [
    'https://x.com/{$message.includes.users[id=author_id].username}/status/{id}',
    'https://x.com/{author.username}/status/{id}',
    'https://x.com/i/status/{id}',
  ],
  inReplyTo: "referenced_tweets[type='replied_to'].id",
  authorId: ['author_id', 'author.id', ...postRemovals.map((event) => `${event}.tweet.author_id`), 'user_delete.user.id'],
  authorHandle: ['$message.includes.users[id=author_id].username', 'author.username'],
  authorName: ['$message.includes.users[id=author_id].name', 'author.name'],
  authorFollowers: ['$message.includes.users[id=author_id].public_metrics.followers_count', 'author.public_metrics.followers_count'],
  likes: 'public_metrics.like_count',
  reposts: 'public_metrics.retweet_count',
  replies: 'public_metrics.reply_count',
};

const v1Notices = [
  'scrub_geo',
  'limit',
  'status_withheld',
  'user_withheld',
  'disconnect',
  'warning',
  'friends',
  'friends_str',
  'event',
  'direct_message',
  'control',
  'for_user',
  'user_undelete',
  'user_protect',
  'user_unprotect',
  'user_suspend',
  'user_unsuspend',
  'user_profile_modification',
];

/** Tweets and notices of the Twitter API v1.1: stream, search pages, archives. */
export const xV1: MappingFields = {
  platformName: 'x',
  forEach: ['statuses.*', '*'],
  skipWhen: v1Notices.map(exists),
  id: ['edit_history.initial_tweet_id', 'id_str', 'id', 'delete.status.id_str', 'delete.status.id'],
  otherIds: 'edit_history.edit_tweet_ids',
  // Truncated tweets have their full text elsewhere; a retweet's own text is always truncated.
  text: [
    'retweeted_status.extended_tweet.full_text',
    'retweeted_status.full_text',
    'retweeted_status.text',
    'extended_tweet.full_text',
    'full_text',
    'text',
  ],
  createdAt: ['created_at', 'timestamp_ms'],
  updatedAt: ['delete.timestamp_ms', 'user_delete.timestamp_ms'],
  deletedWhen: exists('delete.status'),
  deletesAuthorWhen: exists('user_delete.id'),
  lang: ['lang', 'retweeted_status.lang'],
  url: 'https://x.com/{user.screen_name}/status/{id_str}',
  inReplyTo: ['in_reply_to_status_id_str', 'in_reply_to_status_id'],
  authorId: ['user.id_str', 'user.id', 'delete.status.user_id_str', 'delete.status.user_id', 'user_delete.id_str', 'user_delete.id'],
  authorHandle: 'user.screen_name',
  authorName: 'user.name',
  authorFollowers: 'user.followers_count',
  likes: 'favorite_count',
  reposts: 'retweet_count',
  replies: 'reply_count',
};
