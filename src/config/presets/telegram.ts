import type { MappingFields } from '../mapping-fields.ts';
import { under } from './under.ts';

const updates = ['message', 'edited_message', 'channel_post', 'edited_channel_post'];
/** Messages of the Bot API about the chat itself. */
const chatEvents = [
  'new_chat_members',
  'left_chat_member',
  'new_chat_title',
  'new_chat_photo',
  'delete_chat_photo',
  'group_chat_created',
  'supergroup_chat_created',
  'channel_chat_created',
  'message_auto_delete_timer_changed',
  'migrate_to_chat_id',
  'migrate_from_chat_id',
  'pinned_message',
  'forum_topic_created',
  'forum_topic_closed',
  'forum_topic_reopened',
  'video_chat_started',
  'video_chat_ended',
];
/** An export of one chat, whose messages are numbered within it. */
const inChatExport = { path: '$message.messages', exists: true };

/** Messages of a Telegram export (single, or a whole `result.json`), and updates of the Bot API. */
export const telegram: MappingFields = {
  platformName: 'telegram',
  html: false,
  forEach: ['messages.*', ...updates, ...under(['result.*.'], updates)],
  skipWhen: [
    { path: 'type', equals: 'service' },
    // Updates without a message.
    { path: 'update_id', exists: true },
    ...chatEvents.map((path) => ({ path, exists: true })),
  ],
  id: ['{chat.id}/{message_id}', { from: '{$message.id}/{id}', when: inChatExport }, 'id'],
  text: [
    'text',
    'caption',
    'poll.question',
    // Only media.
    {
      value: '',
      when: {
        any: [
          { path: 'text', exists: true },
          { path: 'message_id', exists: true },
        ],
      },
    },
  ],
  createdAt: ['date_unixtime', 'date'],
  updatedAt: ['edited_unixtime', 'edit_date', 'edited'],
  url: 'https://t.me/{chat.username}/{message_id}',
  inReplyTo: [
    '{chat.id}/{reply_to_message.message_id}',
    { from: '{$message.id}/{reply_to_message_id}', when: inChatExport },
    'reply_to_message_id',
  ],
  authorId: ['from_id', 'from.id', 'sender_chat.id'],
  authorHandle: ['from.username', 'sender_chat.username'],
  authorName: ['{from.first_name} {from.last_name}', 'from.first_name', 'sender_chat.title', 'from'],
};
