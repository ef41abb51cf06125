import type { MappingFields } from '../mapping-fields.ts';
import { under } from './under.ts';

/** A status is the message itself, or the `payload` of a frame of the streaming API. */
const inStatus = (...paths: string[]) => under(['payload.', ''], paths);
const publicVisibilities = ['public', 'unlisted'];

/** Statuses of Mastodon's REST API, and frames of its streaming API. */
export const mastodon: MappingFields = {
  platformName: 'mastodon',
  html: true,
  // A page of a timeline.
  forEach: '*',
  onlyWhen: {
    all: [
      {
        any: [
          { path: 'event', exists: false },
          { path: 'event', equals: ['update', 'status.update', 'delete'] },
        ],
      },
      {
        any: [
          { path: 'event', equals: 'delete' },
          { path: 'payload.visibility', equals: publicVisibilities },
          { path: 'visibility', equals: publicVisibilities },
          {
            all: [
              { path: 'visibility', exists: false },
              { path: 'payload.visibility', exists: false },
            ],
          },
        ],
      },
    ],
  },
  // The payload of a `delete` is the ID.
  id: ['payload.id', { from: 'payload', when: { path: 'event', equals: 'delete' } }, 'id'],
  // A boost has no content of its own. The content warning is plain text, and precedes the content.
  text: [
    ...inStatus(
      '<p>{reblog.spoiler_text}</p>{reblog.content}',
      'reblog.content',
      '<p>{spoiler_text}</p>{content}',
      'content',
      'spoiler_text',
    ),
    // Only media.
    { value: '', when: { path: 'payload.content', exists: true } },
    { value: '', when: { path: 'content', exists: true } },
  ],
  createdAt: inStatus('created_at'),
  updatedAt: inStatus('edited_at'),
  deletedWhen: { path: 'event', equals: 'delete' },
  lang: inStatus('language', 'reblog.language'),
  url: inStatus('url', 'uri', 'reblog.url'),
  inReplyTo: inStatus('in_reply_to_id'),
  authorId: inStatus('account.id'),
  authorHandle: inStatus('account.acct'),
  authorName: inStatus('account.display_name'),
  authorFollowers: inStatus('account.followers_count'),
  likes: inStatus('favourites_count'),
  reposts: inStatus('reblogs_count'),
  replies: inStatus('replies_count'),
};
