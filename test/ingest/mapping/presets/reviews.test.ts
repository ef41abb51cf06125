import { describe, expect, test } from 'vitest';
import { mapWith, postOf, receivedAt } from './map-with-preset.ts';

describe('app-store', () => {
  const appStore = { preset: 'app-store' } as const;
  const entry = (id: string, changes: object = {}) => ({
    author: { uri: { label: 'https://itunes.apple.com/us/reviews/id41' }, name: { label: 'ines41' }, label: '' },
    updated: { label: '2026-11-20T02:00:00-08:00' },
    'im:rating': { label: '1' },
    'im:version': { label: '3.2' },
    id: { label: id },
    title: { label: "Don't buy Brixomel" },
    content: { label: 'It crashes all the time', attributes: { type: 'text' } },
    link: { attributes: { rel: 'related', href: 'https://itunes.apple.com/us/review?id=41&type=Purple%20Software' } },
    'im:voteSum': { label: '3' },
    'im:voteCount': { label: '4' },
    ...changes,
  });

  test('an entry of the feed', () => {
    expect(postOf(appStore, entry('9988'))).toEqual({
      platform: 'app-store',
      id: '9988',
      text: "Don't buy Brixomel\n\nIt crashes all the time",
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      url: 'https://itunes.apple.com/us/review?id=41&type=Purple%20Software',
      author: { id: 'https://itunes.apple.com/us/reviews/id41', handle: 'ines41' },
      engagement: { likes: 3, reposts: 0, replies: 0 },
      rating: 1,
    });
  });

  test('a page of the feed: many entries, one, none, and the app as the first', () => {
    const app = {
      'im:name': { label: 'Brixomel Control' },
      id: { label: 'https://apps.apple.com/us/app/id1' },
      title: { label: 'Brixomel Control' },
    };
    const page = (content: object) => ({
      feed: { author: { name: { label: 'iTunes Store' } }, updated: { label: '2026-11-20T02:00:00-08:00' }, ...content },
    });
    expect(mapWith(appStore, page({ entry: [app, entry('1'), entry('2')] }))).toHaveLength(2);
    expect(postOf(appStore, page({ entry: entry('1') })).id).toBe('1');
    expect(mapWith(appStore, page({}))).toBe('skipped: filtered');
  });

  test('reviews of App Store Connect, and of an exporter', () => {
    const review = {
      type: 'customerReviews',
      id: 'f00d',
      attributes: {
        rating: 5,
        title: 'Sings',
        body: 'Brixomel is lovely',
        reviewerNickname: 'tomas',
        createdDate: '2026-11-20T02:00:00-08:00',
        territory: 'USA',
      },
    };
    expect(mapWith(appStore, { data: [review], links: { self: 'https://api.example' } })).toEqual([
      expect.objectContaining({ id: 'f00d', text: 'Sings\n\nBrixomel is lovely', rating: 5, author: { id: 'tomas', handle: 'tomas' } }),
    ]);
    const exported = {
      id: '77',
      userName: 'ines',
      score: 4,
      title: 'Fine',
      text: 'It works',
      updated: '2026-11-20T02:00:00-08:00',
      url: 'https://itunes.apple.com/us/review?id=1',
    };
    expect(postOf(appStore, exported)).toMatchObject({
      id: '77',
      text: 'Fine\n\nIt works',
      rating: 4,
      createdAt: '2026-11-20T10:00:00.000Z',
    });
  });
});

describe('google-play', () => {
  const googlePlay = { preset: 'google-play' } as const;
  const review = (text: string, changes: object = {}) => ({
    reviewId: 'gp:AOq1',
    authorName: 'Ines K',
    comments: [
      {
        userComment: {
          text,
          lastModified: { seconds: '1795168800', nanos: 500_000_000 },
          starRating: 2,
          reviewerLanguage: 'en',
          thumbsUpCount: 4,
          thumbsDownCount: 1,
          ...changes,
        },
      },
      { developerComment: { text: 'We are sorry!', lastModified: { seconds: '1795169000' } } },
    ],
  });

  test('a review, without the answer of the developer', () => {
    expect(postOf(googlePlay, review('\tBrixomel hums'))).toMatchObject({
      platform: 'google-play',
      id: 'gp:AOq1',
      text: expect.stringMatching(/^\s*Brixomel hums$/),
      createdAt: '2026-11-20T10:00:00.500Z',
      lang: 'en',
      author: { id: 'Ines K', name: 'Ines K' },
      engagement: { likes: 4 },
      rating: 2,
    });
  });

  test('a page, and a review that is only a rating', () => {
    expect(mapWith(googlePlay, { reviews: [review('a fine app'), { ...review('bad'), reviewId: '2' }], tokenPagination: {} })).toHaveLength(
      2,
    );
    expect(postOf(googlePlay, review(''))).toMatchObject({ text: '', rating: 2 });
    expect(mapWith(googlePlay, { reviews: [] })).toBe('skipped: empty');
  });

  test('exporters', () => {
    const exported = {
      reviewId: 'a-1',
      userName: 'Tomas',
      content: 'Brixomel sings',
      score: 5,
      thumbsUpCount: 2,
      at: '2026-11-20 10:00:00',
      replyContent: null,
    };
    expect(postOf(googlePlay, exported)).toMatchObject({
      id: 'a-1',
      text: 'Brixomel sings',
      rating: 5,
      createdAt: '2026-11-20T10:00:00.000Z',
      author: { name: 'Tomas' },
      engagement: { likes: 2 },
    });
    const other = {
      id: 'a-2',
      userName: 'Tomas',
      date: '2026-11-20T10:00:00.000Z',
      score: 5,
      title: null,
      text: 'It sings',
      thumbsUp: 1,
      url: 'https://play.google.com/store/apps/details?id=brixomel&reviewId=a-2',
    };
    expect(postOf(googlePlay, other)).toMatchObject({ id: 'a-2', text: 'It sings', engagement: { likes: 1 } });
  });

  test('a review without ID is a dead letter', () => {
    expect(mapWith(googlePlay, { ...review('x'), reviewId: undefined })).toBe('missing-id');
  });
});

describe('trustpilot', () => {
  const trustpilot = { preset: 'trustpilot' } as const;
  const review = {
    id: '65f0aa',
    consumer: { id: 'c41', displayName: 'Ines K', numberOfReviews: 3 },
    stars: 2,
    title: 'Late',
    text: 'My Brixomel arrived late',
    language: 'en',
    createdAt: '2026-11-20T10:00:00.000Z',
    updatedAt: null,
    numberOfLikes: 4,
    companyReply: { text: 'We are sorry', createdAt: '2026-11-21T10:00:00Z' },
  };

  test('a review, its edit, and a page', () => {
    expect(postOf(trustpilot, review)).toEqual({
      platform: 'trustpilot',
      id: '65f0aa',
      text: 'Late\n\nMy Brixomel arrived late',
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
      deleted: false,
      lang: 'en',
      url: 'https://www.trustpilot.com/reviews/65f0aa',
      author: { id: 'c41', name: 'Ines K' },
      engagement: { likes: 4, reposts: 0, replies: 0 },
      rating: 2,
    });
    expect(postOf(trustpilot, { ...review, updatedAt: '2026-11-22T10:00:00.000Z' }).updatedAt).toBe('2026-11-22T10:00:00.000Z');
    expect(mapWith(trustpilot, { reviews: [review, { ...review, id: '2' }], links: [] })).toHaveLength(2);
  });

  test('events of a webhook', () => {
    const event = (eventName: string, changes: object = {}) => ({
      eventName,
      version: 'v1',
      eventData: { ...review, consumer: { id: 'c41', name: 'Ines K' }, ...changes },
    });
    expect(mapWith(trustpilot, { events: [event('service-review-created')] })).toEqual([
      expect.objectContaining({ id: '65f0aa', rating: 2, author: { id: 'c41', name: 'Ines K' } }),
    ]);
    expect(mapWith(trustpilot, { events: [event('service-review-deleted')] })).toEqual([
      expect.objectContaining({ id: '65f0aa', deleted: true, updatedAt: receivedAt }),
    ]);
    expect(mapWith(trustpilot, { events: [event('invitation-sent')] })).toBe('skipped: filtered');
  });

  test('a review without a text is its rating', () => {
    expect(postOf(trustpilot, { ...review, title: '', text: '' })).toMatchObject({ text: '', rating: 2 });
  });
});
