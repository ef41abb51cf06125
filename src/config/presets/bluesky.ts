import type { MappingFields } from '../mapping-fields.ts';

const postCollection = 'app.bsky.feed.post';
const removedStatuses = ['deleted', 'takendown'];

/** An account was deleted or taken down. A deactivated one may come back. */
const accountRemoved = [
  {
    all: [
      { path: 'account.active', equals: false },
      { path: 'account.status', equals: removedStatuses },
    ],
  },
  {
    all: [
      { path: 'payload.account.active', equals: false },
      { path: 'payload.account.status', equals: removedStatuses },
    ],
  },
];

/** Frames of Bluesky's Jetstream: version 1 (`kind`, `commit`), and version 2, whose events are in `payload`. */
export const blueskyJetstream: MappingFields = {
  platformName: 'bluesky',
  html: false,
  onlyWhen: [
    { path: 'commit.collection', equals: postCollection },
    { path: 'payload.collection', equals: postCollection },
    ...accountRemoved,
  ],
  id: ['at://{did}/{commit.collection}/{commit.rkey}', 'at://{payload.did}/{payload.collection}/{payload.rkey}'],
  // The text of a post that is only an image is empty.
  text: [
    'commit.record.text',
    'payload.record.text',
    { value: '', when: { path: 'commit.record.text', exists: true } },
    { value: '', when: { path: 'payload.record.text', exists: true } },
  ],
  // Authors may state any date; one out of range is replaced by the time of the event.
  createdAt: ['commit.record.createdAt', 'payload.record.createdAt', 'time_us', 'payload.time'],
  // `time` may have been imported; when the server saw the event is one clock for all versions.
  updatedAt: ['time_us', 'payload.witnessedAt', 'payload.time'],
  deletedWhen: [
    { path: 'commit.operation', equals: 'delete' },
    { path: 'payload.operation', equals: 'delete' },
  ],
  deletesAuthorWhen: accountRemoved,
  lang: ['commit.record.langs.0', 'payload.record.langs.0'],
  url: ['https://bsky.app/profile/{did}/post/{commit.rkey}', 'https://bsky.app/profile/{payload.did}/post/{payload.rkey}'],
  inReplyTo: ['commit.record.reply.parent.uri', 'payload.record.reply.parent.uri'],
  authorId: ['did', 'payload.did'],
};
