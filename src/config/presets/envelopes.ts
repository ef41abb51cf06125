import type { MappingFields } from '../mapping-fields.ts';
import { under } from './under.ts';

/** Common names of columns and fields, by post field. A config overrides those that differ. */
const columns = {
  text: ['text', 'body', 'content', 'message', 'comment', 'review', 'description'],
  createdAt: ['created_at', 'createdAt', 'created', 'posted_at', 'published_at', 'timestamp'],
  lang: ['lang', 'language'],
  url: ['url', 'link', 'permalink'],
  inReplyTo: ['in_reply_to', 'inReplyTo', 'parent_id', 'parentId'],
  authorId: ['author_id', 'authorId', 'user_id', 'userId', 'author.id', 'user.id'],
  authorHandle: ['author.handle', 'user.username', 'username', 'user_name', 'author_handle', 'author', 'user'],
  authorName: ['author.name', 'user.name', 'author_name', 'display_name'],
  authorFollowers: ['author.followers', 'followers', 'followers_count'],
  likes: ['likes', 'like_count', 'likeCount', 'engagement.likes'],
  reposts: ['reposts', 'shares', 'engagement.reposts'],
  replies: ['replies', 'reply_count', 'comment_count', 'engagement.replies'],
  rating: ['rating', 'stars'],
};

const softDeletion = ['deleted', 'is_deleted', 'deleted_at'];

/** The columns below each of the prefixes. */
function columnsUnder(prefixes: readonly string[]): Record<keyof typeof columns, string[]> {
  const paths = Object.entries(columns).map(([field, names]) => [field, under(prefixes, names)]);
  // The entries have the keys of `columns`.
  return Object.fromEntries(paths) as Record<keyof typeof columns, string[]>;
}

const rowPrefixes = ['payload.after.', 'after.', 'payload.', ''];
/** Of the message, and of the payload of one with a schema. */
const inMessage = (...names: string[]) => under(['payload.', ''], names);

/** Change events of Debezium, with or without schema, and rows flattened by ExtractNewRecordState. */
export const debezium: MappingFields = {
  ...columnsUnder(rowPrefixes),
  platformName: 'debezium',
  skipWhen: [
    // Truncated tables, logical messages, changes of the schema.
    ...inMessage('op').map((path) => ({ path, equals: ['t', 'm'] })),
    ...inMessage('ddl').map((path) => ({ path, exists: true })),
    // Heartbeats.
    {
      all: [
        ...inMessage('op', 'id', '_id', '__op', '__deleted').map((path) => ({ path, exists: false })),
        { any: inMessage('ts_ms').map((path) => ({ path, exists: true })) },
      ],
    },
  ],
  id: under(['payload.after.', 'after.', 'payload.before.', 'before.', 'payload.', ''], ['id', '_id', 'uuid']),
  // The time of the change in the database: one clock for inserts, updates and deletes, whatever the row says.
  updatedAt: inMessage('source.ts_ms', 'ts_ms', '__source_ts_ms', '__ts_ms'),
  deleted: under(rowPrefixes, softDeletion),
  deletedWhen: [
    ...inMessage('__deleted').map((path) => ({ path, equals: 'true' })),
    ...inMessage('op', '__op').map((path) => ({ path, equals: 'd' })),
  ],
};

/** Rows written by a Kafka Connect source as JSON, with or without schema; flattened keys such as `author.handle` are found too. */
export const kafkaConnect: MappingFields = {
  ...columnsUnder(['payload.', '']),
  platformName: 'kafka-connect',
  // A row without a value was deleted: its key is an object with the ID.
  id: [...inMessage('id', '_id', 'uuid'), '$key.payload.id', '$key.id'],
  updatedAt: inMessage('updated_at', 'updatedAt', 'updated', 'modified_at'),
  deleted: inMessage(...softDeletion),
};

/** Types such as com.example.post.deleted, post-removed.v1 and PostDeleted. */
const removal = '(?<![Uu]n)([Dd]eleted?|[Rr]emoved?)([._-]?v?\\d+)?$';
/** Attributes of the binary mode are headers, spelled differently over Kafka and HTTP. */
const eventTime = ['$headers.ce_time', '$headers.ce-time'];
const eventData = ['data.', 'data_base64.', ''];

/** CloudEvents in structured mode (`data` as an object or a string, or `data_base64`) and in binary mode (headers `ce_*`), and batches. */
export const cloudevents: MappingFields = {
  ...columnsUnder(eventData),
  platformName: 'cloudevents',
  // In structured mode, the `id` of the message is the event's.
  id: ['data.id', 'data_base64.id', { from: 'id', when: { path: 'specversion', exists: false } }],
  // An array is a batch of events.
  forEach: '*',
  createdAt: [...under(eventData, columns.createdAt), 'time', ...eventTime],
  // The event's time: one clock for creations, changes and removals.
  updatedAt: ['time', ...eventTime],
  deletedWhen: [
    { path: 'type', matches: removal },
    ...['$headers.ce_type', '$headers.ce-type'].map((path) => ({ path, matches: removal })),
  ],
};
