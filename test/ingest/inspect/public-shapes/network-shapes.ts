import { type Shape, sample } from '../shape.ts';

const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** Comments and replies on networks. */
export const networkShapes: readonly Shape[] = [
  {
    name: 'comments of a page (Facebook Graph)',
    messages: [
      {
        data: sample(({ index, text, person, count, iso }) => ({
          id: `1122_${33_000 + index}`,
          created_time: iso.replace('.000Z', '+0000').replace(/\.\d+Z/, '+0000'),
          message: text,
          from: { name: person, id: String(70_001_000 + index) },
          like_count: count,
          comment_count: index % 2,
          permalink_url: `https://network.example/kettles/posts/1122?comment_id=${33_000 + index}`,
          is_hidden: false,
          user_likes: false,
          ...(index === 2 && { parent: { created_time: '2026-11-20T09:00:00+0000', message: 'Any news?', id: '1122_33000' } }),
        })),
        paging: { cursors: { before: 'MzY3', after: 'MzY0' }, next: 'https://graph.example/v21.0/1122/comments?after=MzY0' },
        summary: { order: 'chronological', total_count: 8, can_comment: true },
      },
    ],
    expected: {
      forEach: 'data.*',
      id: 'id',
      text: 'message',
      createdAt: 'created_time',
      authorId: 'from.id',
      authorName: 'from.name',
      likes: 'like_count',
      replies: 'comment_count',
      url: 'permalink_url',
    },
    optional: { inReplyTo: 'parent.id' },
  },
  {
    name: 'comments of a picture network (Instagram Graph)',
    messages: [
      {
        data: sample(({ index, text, handle, count, iso }) => ({
          timestamp: iso.replace(/\.\d+Z/, '+0000'),
          text,
          id: String(17_870_913_679_156_914 + index * 4),
          username: handle,
          like_count: count,
          hidden: false,
          media: { id: '17895695668004550', media_product_type: 'FEED' },
          from: { id: String(52_341_000 + index), username: handle },
        })),
      },
    ],
    expected: {
      forEach: 'data.*',
      id: 'id',
      text: 'text',
      createdAt: 'timestamp',
      authorId: 'from.id',
      authorHandle: ['username', 'from.username'],
      likes: 'like_count',
    },
  },
  {
    name: 'comments of short videos (TikTok research)',
    messages: [
      {
        data: {
          comments: sample(({ index, text, count, at }) => ({
            id: `70${index}2345678901234567`,
            video_id: '7298765432109876543',
            text,
            like_count: count,
            reply_count: index % 2,
            parent_comment_id: index === 2 ? '7002345678901234567' : '7298765432109876543',
            create_time: seconds(at),
          })),
          cursor: 100,
          has_more: true,
        },
        error: { code: 'ok', message: '', log_id: '202611201000000102030405060708090A' },
      },
    ],
    expected: {
      forEach: 'data.comments.*',
      id: 'id',
      text: 'text',
      createdAt: 'create_time',
      likes: 'like_count',
      replies: 'reply_count',
      inReplyTo: 'parent_comment_id',
    },
  },
  {
    name: 'comments of a professional network (LinkedIn)',
    messages: [
      {
        paging: { start: 0, count: 10, links: [], total: 8 },
        elements: sample(({ index, text, count, at }) => ({
          actor: `urn:li:person:x${index}Ab`,
          commentUrn: `urn:li:comment:(urn:li:activity:6631349431612559360,66367062${index}8100)`,
          created: { actor: `urn:li:person:x${index}Ab`, impersonator: 'urn:li:developerApplication:1', time: at },
          id: `66367062${index}8100`,
          lastModified: { actor: `urn:li:person:x${index}Ab`, time: at + 60_000 },
          likesSummary: { selectedLikes: [], aggregatedTotalLikes: count, likedByCurrentUser: false, totalFirstLevelLikes: count },
          message: { attributes: [], text },
          object: 'urn:li:activity:6631349431612559360',
        })),
      },
    ],
    expected: {
      forEach: 'elements.*',
      id: ['id', 'commentUrn'],
      text: 'message.text',
      createdAt: 'created.time',
      authorId: ['actor', 'created.actor'],
      likes: ['likesSummary.aggregatedTotalLikes', 'likesSummary.totalFirstLevelLikes'],
    },
    optional: { updatedAt: 'lastModified.time' },
  },
  {
    name: 'replies of a text network (Threads)',
    messages: [
      {
        data: sample(({ index, text, handle, iso }) => ({
          id: String(18_000_000_000_000 + index * 7),
          text,
          timestamp: iso.replace(/\.\d+Z/, '+0000'),
          media_product_type: 'THREADS',
          media_type: 'TEXT_POST',
          permalink: `https://threads.example/@${handle}/post/DC${index}xYz`,
          shortcode: `DC${index}xYz`,
          username: handle,
          is_quote_post: false,
          has_replies: index % 2 === 0,
          root_post: { id: '17999000000000' },
          replied_to: { id: '17999000000000' },
          is_reply: true,
          is_reply_owned_by_me: false,
          hide_status: 'NOT_HUSHED',
        })),
        paging: { cursors: { before: 'B1', after: 'A1' } },
      },
    ],
    expected: {
      forEach: 'data.*',
      id: 'id',
      text: 'text',
      createdAt: 'timestamp',
      authorHandle: 'username',
      url: 'permalink',
    },
    optional: { inReplyTo: 'replied_to.id' },
  },
];
