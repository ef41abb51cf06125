import type { MappingFields } from '../mapping-fields.ts';
import { under } from './under.ts';

/** What Reddit shows in place of a text that its author deleted or a moderator removed. */
const redditPlaceholder = '^\\[ ?([Dd]eleted|[Rr]emoved)( by [^\\]]+)? ?\\]$';
const redditRemoved = [
  { path: 'body', matches: redditPlaceholder },
  { path: 'selftext', matches: redditPlaceholder },
  // Also set where a submission has no text of its own.
  { path: 'removed_by_category', matches: '.' },
];

/** Comments and submissions of Reddit: bare, as things (`kind`, `data`), or in listings with nested replies. */
export const reddit: MappingFields = {
  platformName: 'reddit',
  stripQuotes: true,
  // `*`: a page of comments is an array of two listings.
  forEach: ['data.children.*.data', 'data', '*.data.children.*.data'],
  forEachNested: 'replies.data.children.*.data',
  skipWhen: [
    // The data of a listing, and a "more" thing, which names further comments.
    { path: 'children', exists: true },
    // Private messages, subreddits, awards; accounts.
    { path: 'name', matches: '^t[456]_' },
    { path: 'link_karma', exists: true },
  ],
  // Comments and submissions are numbered separately.
  id: ['name', { from: 't1_{id}', when: { path: 'body', exists: true } }, { from: 't3_{id}', when: { path: 'title', exists: true } }, 'id'],
  text: ['body', '{title}\n\n{selftext}', 'title'],
  createdAt: ['created_utc', 'created'],
  // A removal is found when the post is fetched again, and carries no time of its own.
  updatedAt: [{ from: '$timestamp', when: { any: redditRemoved } }, 'edited'],
  deletedWhen: redditRemoved,
  url: 'https://www.reddit.com{permalink}',
  inReplyTo: 'parent_id',
  authorHandle: { from: 'author', when: { path: 'author', matches: '^(?!\\[deleted\\]$)' } },
  likes: ['score', 'ups'],
  replies: 'num_comments',
};

/** Threads, comments and replies of the YouTube Data API, alone or in pages. */
export const youtube: MappingFields = {
  platformName: 'youtube',
  // `textDisplay` is markup unless the request says otherwise, and is what every caller gets.
  html: true,
  forEach: 'items.*',
  forEachNested: 'replies.comments.*',
  id: ['snippet.topLevelComment.id', 'id'],
  text: under(['snippet.topLevelComment.snippet.', 'snippet.'], ['textDisplay', 'textOriginal']),
  createdAt: under(['snippet.topLevelComment.snippet.', 'snippet.'], ['publishedAt']),
  updatedAt: under(['snippet.topLevelComment.snippet.', 'snippet.'], ['updatedAt']),
  url: [
    'https://www.youtube.com/watch?v={snippet.topLevelComment.snippet.videoId}&lc={snippet.topLevelComment.id}',
    'https://www.youtube.com/watch?v={snippet.videoId}&lc={id}',
  ],
  inReplyTo: 'snippet.parentId',
  authorId: under(['snippet.topLevelComment.snippet.', 'snippet.'], ['authorChannelId.value']),
  authorHandle: under(['snippet.topLevelComment.snippet.', 'snippet.'], ['authorDisplayName']),
  likes: under(['snippet.topLevelComment.snippet.', 'snippet.'], ['likeCount']),
  replies: 'snippet.totalReplyCount',
};

/** Items of the Hacker News API, and hits of its search. */
export const hackernews: MappingFields = {
  platformName: 'hackernews',
  html: true,
  forEach: ['hits.*', '*'],
  skipWhen: [
    // A user, and a list of changes.
    { path: 'karma', exists: true },
    { path: 'profiles', exists: true },
  ],
  id: ['id', 'objectID'],
  text: ['<p>{title}</p>{text}', '<p>{title}</p>{story_text}', 'text', 'comment_text', 'title'],
  createdAt: ['time', 'created_at_i', 'created_at'],
  deletedWhen: [
    { path: 'deleted', equals: true },
    { path: 'dead', equals: true },
  ],
  url: ['https://news.ycombinator.com/item?id={id}', 'https://news.ycombinator.com/item?id={objectID}'],
  inReplyTo: ['parent', 'parent_id'],
  authorHandle: ['by', 'author'],
  likes: ['score', 'points'],
  replies: ['descendants', 'num_comments'],
};
