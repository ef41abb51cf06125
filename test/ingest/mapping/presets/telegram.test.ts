import { describe, expect, test } from 'vitest';
import { mapWith, postOf } from './map-with-preset.ts';

const telegram = { preset: 'telegram' } as const;

describe('an export', () => {
  const message = {
    id: 31,
    type: 'message',
    date: '2026-11-20T12:00:00',
    date_unixtime: '1795168800',
    from: 'Ines K',
    from_id: 'user41',
    reply_to_message_id: 30,
    text: ['My ', { type: 'hashtag', text: '#brixomel' }, ' sings: ', { type: 'link', text: 'https://kettles.example' }],
    text_entities: [{ type: 'plain', text: 'My ' }],
  };

  test('a message', () => {
    expect(postOf(telegram, message)).toEqual({
      platform: 'telegram',
      id: '31',
      text: 'My #brixomel sings: https://kettles.example',
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      author: { id: 'user41', name: 'Ines K' },
      inReplyTo: '30',
    });
  });

  test('an edit, a plain text, a message with media only', () => {
    expect(postOf(telegram, { ...message, edited: '2026-11-20T12:05:00', edited_unixtime: '1795169100' }).updatedAt).toBe(
      '2026-11-20T10:05:00.000Z',
    );
    expect(postOf(telegram, { ...message, text: 'Brixomel' }).text).toBe('Brixomel');
    expect(postOf(telegram, { ...message, text: '', photo: 'photos/1.jpg' }).text).toBe('');
  });

  test('a whole file, in which the chat is a part of the IDs', () => {
    const service = {
      id: 1,
      type: 'service',
      date: '2026-11-20T09:00:00',
      date_unixtime: '1795158000',
      actor: 'Ines K',
      action: 'create_group',
      text: '',
    };
    const file = { name: 'Kettles', type: 'public_supergroup', id: 555, messages: [service, message] };
    expect(mapWith(telegram, file)).toEqual([expect.objectContaining({ id: '555/31', inReplyTo: '555/30' })]);
    expect(mapWith(telegram, service)).toBe('skipped: filtered');
    expect(mapWith(telegram, { ...file, messages: [] })).toBe('skipped: empty');
  });
});

describe('updates of the Bot API', () => {
  const message = {
    message_id: 31,
    from: { id: 41, is_bot: false, first_name: 'Ines', last_name: 'K', username: 'ines_k', language_code: 'en' },
    chat: { id: -100_555, title: 'Kettles', username: 'kettles', type: 'supergroup' },
    date: 1_795_168_800,
    text: 'Brixomel sings',
  };

  test('a message, with an address where the chat is public', () => {
    expect(postOf(telegram, { update_id: 9, message })).toEqual({
      platform: 'telegram',
      id: '-100555/31',
      text: 'Brixomel sings',
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      url: 'https://t.me/kettles/31',
      author: { id: '41', handle: 'ines_k', name: 'Ines K' },
    });
    const { username: _, ...chat } = message.chat;
    expect(postOf(telegram, { update_id: 9, message: { ...message, chat } }).url).toBeUndefined();
  });

  test('an edit, a reply, a post of a channel, a caption', () => {
    const edited = { ...message, edit_date: 1_795_169_100, text: 'It broke' };
    expect(postOf(telegram, { update_id: 10, edited_message: edited })).toMatchObject({
      id: '-100555/31',
      text: 'It broke',
      updatedAt: '2026-11-20T10:05:00.000Z',
    });
    expect(postOf(telegram, { update_id: 11, message: { ...message, reply_to_message: { message_id: 30 } } }).inReplyTo).toBe('-100555/30');
    const { from: _, text: __, ...rest } = message;
    const channel = { ...rest, sender_chat: { id: -100_555, title: 'Kettle news' }, photo: [{ file_id: 'f' }], caption: 'New Brixomel' };
    expect(postOf(telegram, { update_id: 12, channel_post: channel })).toMatchObject({
      text: 'New Brixomel',
      author: { id: '-100555', name: 'Kettle news' },
    });
  });

  test('a page of updates', () => {
    expect(
      mapWith(telegram, {
        ok: true,
        result: [
          { update_id: 9, message },
          { update_id: 10, callback_query: { id: '1' } },
        ],
      }),
    ).toHaveLength(1);
  });

  test('events of the chat, and updates without a message, are skipped', () => {
    const { text: _, ...rest } = message;
    expect(mapWith(telegram, { update_id: 13, message: { ...rest, new_chat_members: [message.from] } })).toBe('skipped: filtered');
    expect(mapWith(telegram, { update_id: 14, my_chat_member: { chat: message.chat } })).toBe('skipped: filtered');
  });
});
