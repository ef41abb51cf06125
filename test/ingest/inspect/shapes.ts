/** Messages in shapes that no preset covers, with the mapping that a person would write for them. All content is made up. */

export interface Shape {
  readonly name: string;
  readonly messages: readonly unknown[];
  /** Settings by name. Lists hold what is equally right. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** Settings that are right, and whose absence a person would not miss. */
  readonly optional?: Readonly<Record<string, unknown>>;
}

const texts = [
  'My Brixomel kettle sings in the morning, I love it',
  'The delivery took three weeks and nobody answered my mails',
  'Does the Kestrivo app work on old phones?',
  'Broken again. This is the second Brixomel in a year!',
  'Honestly the best coffee machine I have ever had',
  'Support was friendly, but could not help me',
  'ok, works',
  'Would buy it again, although the lid is a bit loose',
];
const people = ['ines_k', 'tomas.b', 'mira77', 'jonas-w', 'lea_m', 'ravi', 'nora_p', 'emil'];
const names = ['Ines K', 'Tomas Berg', 'Mira Koval', 'Jonas W', 'Lea M', 'Ravi Shah', 'Nora Prell', 'Emil Sand'];
const counts = [12, 0, 3, 140, 7, 0, 1, 25];

interface Sample {
  readonly index: number;
  readonly text: string;
  readonly handle: string;
  readonly person: string;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly iso: string;
}

export function sample(make: (sample: Sample) => unknown): unknown[] {
  return texts.map((text, index) => {
    const at = Date.UTC(2026, 10, 20, 10, index * 7, index);
    const [handle = '', person = '', count = 0] = [people[index], names[index], counts[index]];
    return make({ index, text, handle, person, count, at, iso: new Date(at).toISOString() });
  });
}

export const shapes: readonly Shape[] = [
  {
    name: 'answers to a survey, flat, snake_case',
    messages: sample(({ index, text, person, iso }) => ({
      response_id: `R-${9_000 + index}`,
      survey_id: 'S-12',
      submitted_at: iso,
      respondent_name: person,
      comment: text,
      nps: index + 2,
      locale: 'en_US',
      store_code: 'B07',
    })),
    expected: { id: 'response_id', text: 'comment', createdAt: 'submitted_at', authorName: 'respondent_name', lang: 'locale' },
  },
  {
    name: 'reviews of a shop, camelCase',
    messages: sample(({ index, text, handle, count, at }) => ({
      reviewId: 700_100 + index,
      productId: 55,
      productName: 'Brixomel 3000 kettle',
      reviewerNick: handle,
      reviewTitle: ['Sings', 'Late again', 'Does it?', 'Broken twice', 'The best one', 'Friendly folks', 'Fine', 'Loose lid'][index],
      reviewText: text,
      starRating: (index % 5) + 1,
      helpfulVotes: count,
      submissionTime: at,
      reviewUrl: `https://shop.example/reviews/${700_100 + index}`,
    })),
    expected: {
      id: 'reviewId',
      text: ['{reviewTitle}\\n\\n{reviewText}', 'reviewText', 'reviewTitle'],
      createdAt: 'submissionTime',
      authorHandle: 'reviewerNick',
      rating: 'starRating',
      likes: 'helpfulVotes',
      url: 'reviewUrl',
    },
  },
  {
    name: 'posts of a monitoring service, nested',
    messages: sample(({ index, text, handle, person, count, iso }) => ({
      meta: { network: index % 2 === 0 ? 'chirper' : 'murmur', fetchedAt: '2026-11-21T00:00:00Z', query: 'brixomel' },
      post: { uid: `p${index}x`, permalink: `https://chirper.example/p/${index}`, publishedAt: iso, body: { plain: text }, lang: 'en' },
      author: { uid: `u${index}`, handle, displayName: person, stats: { followers: count * 10, following: 4 } },
      metrics: { likes: count, shares: index, comments: 2 },
    })),
    expected: {
      platform: 'meta.network',
      id: 'post.uid',
      text: 'post.body.plain',
      createdAt: 'post.publishedAt',
      lang: 'post.lang',
      url: 'post.permalink',
      authorId: 'author.uid',
      authorHandle: 'author.handle',
      authorName: 'author.displayName',
      authorFollowers: 'author.stats.followers',
      likes: 'metrics.likes',
      reposts: 'metrics.shares',
      replies: 'metrics.comments',
    },
  },
  {
    name: 'tickets of a help desk',
    messages: sample(({ index, text, person, iso }) => ({
      ticket_number: 31_000 + index,
      requester: { id: 800 + index, name: person, email: `customer${index}@mail.example` },
      subject: ['Kettle sings', 'Where is my order?', 'Old phones', 'Broken again', 'Thanks!', 'Not helped', 'Question', 'Lid is loose'][
        index
      ],
      description: text,
      status: index % 3 === 0 ? 'open' : 'solved',
      priority: 'normal',
      created_at: iso,
      updated_at: new Date(Date.parse(iso) + 60_000).toISOString(),
      channel: 'email',
    })),
    expected: {
      id: 'ticket_number',
      text: ['{subject}\\n\\n{description}', 'description', 'subject'],
      createdAt: 'created_at',
      updatedAt: 'updated_at',
      authorId: 'requester.id',
      authorName: 'requester.name',
    },
    optional: { platform: 'channel' },
  },
  {
    name: 'pages of results',
    messages: [0, 1].map((page) => ({
      page,
      total: 8,
      results: sample(({ index, text, handle, at }) => ({
        _id: { $oid: `65f0aa${page}${index}` },
        message: text,
        ts: Math.floor(at / 1_000),
        user: { login: handle },
        tags: ['kettle'],
      })),
    })),
    expected: { forEach: 'results.*', id: ['_id', '_id.$oid'], text: 'message', createdAt: 'ts', authorHandle: 'user.login' },
  },
  {
    name: 'events of a comment service, with deletions and likes',
    messages: sample(({ index, text, person, iso }) => {
      const kind = index === 6 ? 'comment.deleted' : index === 7 ? 'like.added' : 'comment.created';
      const comment = { id: `c-${index}`, createdTime: iso, author: { id: `a-${index}`, name: person } };
      return {
        event: kind,
        eventId: `e-${index}`,
        occurredAt: iso,
        data:
          kind === 'like.added' ? { like: { id: 'l-1', target: 'c-1' } } : { comment: index === 6 ? { id: 'c-2' } : { ...comment, text } },
      };
    }),
    expected: {
      onlyWhen: { path: 'event', equals: ['comment.created', 'comment.deleted'] },
      deletedWhen: { path: 'event', equals: 'comment.deleted' },
      id: 'data.comment.id',
      text: 'data.comment.text',
      createdAt: [['data.comment.createdTime', 'occurredAt'], 'data.comment.createdTime', 'occurredAt'],
      authorId: 'data.comment.author.id',
      authorName: 'data.comment.author.name',
    },
  },
  {
    name: 'comments of a blog, in HTML',
    messages: sample(({ index, text, person, iso }) => ({
      id: 410 + index,
      post: 12,
      parent: index === 3 ? 411 : 0,
      author_name: person,
      author_url: '',
      date_gmt: iso.slice(0, 19),
      content: { rendered: `<p>${text}</p>\n` },
      link: `https://blog.example/kettles/#comment-${410 + index}`,
      status: 'approved',
      type: 'comment',
    })),
    expected: {
      html: true,
      id: 'id',
      text: 'content.rendered',
      createdAt: 'date_gmt',
      authorName: 'author_name',
      url: 'link',
      inReplyTo: 'parent',
    },
  },
  {
    name: 'posts of a forum, whose text has an unusual name',
    messages: sample(({ index, text, handle, person, count, iso }) => ({
      id: 5_000 + index,
      username: handle,
      name: person,
      created_at: iso,
      updated_at: iso,
      cooked: `<p>${text} <a href="https://forum.example/u/emil">@emil</a></p>`,
      post_number: index + 1,
      reply_to_post_number: index === 0 ? null : 1,
      like_count: count,
      reply_count: 1,
      topic_id: 77,
      topic_slug: 'brixomel-kettles',
      avatar_template: '/user_avatar/forum.example/emil/{size}/1.png',
    })),
    expected: {
      html: true,
      id: 'id',
      text: 'cooked',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
      authorHandle: 'username',
      authorName: 'name',
      likes: 'like_count',
      replies: 'reply_count',
    },
    optional: { inReplyTo: 'reply_to_post_number' },
  },
  {
    name: 'messages of a team chat',
    messages: sample(({ index, text, at }) => ({
      type: 'message',
      client_msg_id: `3f2a-${index}-9c`,
      user: `U0KETTLE${index}`,
      text,
      ts: `${Math.floor(at / 1_000)}.00020${index}`,
      team: 'T0BRIX',
      channel: 'C0FEEDBACK',
    })),
    expected: { id: ['client_msg_id', 'ts'], text: 'text', createdAt: 'ts', authorHandle: 'user' },
    optional: { authorId: 'user' },
  },
  {
    name: 'documents of a search index',
    messages: sample(({ index, text, handle, count, iso }) => ({
      _index: 'mentions-2026.11',
      _id: `AV${index}kettle`,
      _score: null,
      _source: {
        '@timestamp': iso,
        message: text,
        user_name: handle,
        source: index % 3 === 0 ? 'murmur' : 'chirper',
        url: `https://chirper.example/${handle}/status/${index}`,
        retweets: index,
        favs: count,
        lang: 'en',
      },
    })),
    expected: {
      id: '_id',
      text: '_source.message',
      createdAt: '_source.@timestamp',
      authorHandle: '_source.user_name',
      platform: '_source.source',
      url: '_source.url',
      reposts: '_source.retweets',
      likes: '_source.favs',
      lang: '_source.lang',
    },
  },
  {
    name: 'a data set of product reviews',
    messages: sample(({ index, text, person, at }) => ({
      reviewerID: `A3K${index}ZZ`,
      asin: 'B00BRIXOML',
      reviewerName: person,
      helpful: [2, 3],
      reviewText: text,
      overall: (index % 5) + 1,
      summary: ['It sings', 'Late late late', 'A question', 'Broken again', 'The best', 'Nice people', 'All fine', 'The lid'][index],
      unixReviewTime: Math.floor(at / 1_000),
      reviewTime: '11 20, 2026',
    })),
    // No field identifies a review: a person would combine two.
    expected: {
      id: ['{asin}/{reviewerID}', '{reviewerID}/{unixReviewTime}'],
      text: ['{summary}\\n\\n{reviewText}', 'reviewText', 'summary'],
      createdAt: 'unixReviewTime',
      authorName: 'reviewerName',
      rating: 'overall',
    },
    optional: { authorId: 'reviewerID', likes: 'helpful.0' },
  },
  {
    name: 'JSON inside a string, with numbers as text',
    messages: sample(({ index, text, handle, count, iso }) => ({
      key: `chirper:${index}`,
      headers: { trace: 'f00d' },
      payload: JSON.stringify({
        uuid: `7d-${index}`,
        content: text,
        postedOn: iso,
        nickname: handle,
        likeCount: String(count),
        isDeleted: 'false',
      }),
    })),
    expected: {
      id: 'payload.uuid',
      text: 'payload.content',
      createdAt: 'payload.postedOn',
      authorHandle: 'payload.nickname',
      likes: 'payload.likeCount',
      deleted: 'payload.isDeleted',
    },
  },
];
