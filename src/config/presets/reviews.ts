import type { MappingFields } from '../mapping-fields.ts';
import { under } from './under.ts';

/** Reviews of Apple's customer review feed, the App Store Connect API, and common exporters. */
export const appStore: MappingFields = {
  platformName: 'app-store',
  forEach: ['feed.entry.*', 'feed.entry', 'data.*', 'data', '*'],
  skipWhen: [
    // The first entry of older feeds is the app.
    { path: 'im:name', exists: true },
    // A page without reviews.
    {
      all: [
        { path: 'feed', exists: true },
        { path: 'feed.entry', exists: false },
      ],
    },
    { path: 'type', equals: 'customerReviewResponses' },
  ],
  id: ['id.label', 'id'],
  text: [
    '{title.label}\n\n{content.label}',
    '{attributes.title}\n\n{attributes.body}',
    '{title}\n\n{text}',
    'content.label',
    'title.label',
    'attributes.body',
    'attributes.title',
    'text',
    'title',
  ],
  createdAt: ['updated.label', 'attributes.createdDate', 'updated', 'date'],
  url: ['link.attributes.href', 'url'],
  authorId: ['author.uri.label', 'userUrl'],
  authorHandle: ['author.name.label', 'attributes.reviewerNickname', 'userName'],
  likes: 'im:voteSum.label',
  rating: ['im:rating.label', 'attributes.rating', 'score', 'rating'],
};

const userComment = ['comments.0.userComment.', 'comments.1.userComment.'];

/** Reviews of the Google Play Developer API, and of common exporters. Answers of the developer are left out. */
export const googlePlay: MappingFields = {
  platformName: 'google-play',
  forEach: ['reviews.*', '*'],
  id: ['reviewId', 'id'],
  text: [
    ...under(userComment, ['text']),
    'content',
    '{title}\n\n{text}',
    'text',
    // Only a rating.
    { value: '', when: { any: [...under(userComment, ['starRating']), 'score'].map((path) => ({ path, exists: true })) } },
  ],
  createdAt: [...under(userComment, ['lastModified']), 'at', 'date'],
  lang: under(userComment, ['reviewerLanguage']),
  url: 'url',
  authorName: ['authorName', 'userName'],
  likes: [...under(userComment, ['thumbsUpCount']), 'thumbsUpCount', 'thumbsUp'],
  rating: [...under(userComment, ['starRating']), 'score'],
};

const reviewOf = (...paths: string[]) => under(['eventData.', ''], paths);
const reviewDeleted = { path: 'eventName', matches: '-deleted$' };

/** Reviews of the Trustpilot API, alone or in pages, and its webhook events. */
export const trustpilot: MappingFields = {
  platformName: 'trustpilot',
  forEach: ['reviews.*', 'productReviews.*', 'events.*', '*'],
  onlyWhen: [
    { path: 'eventName', exists: false },
    { path: 'eventName', matches: 'review-(created|updated|deleted)$' },
  ],
  id: reviewOf('id'),
  text: [...reviewOf('{title}\n\n{text}', 'text', 'content', 'title'), { value: '', when: { path: 'stars', exists: true } }],
  createdAt: reviewOf('createdAt'),
  updatedAt: [{ from: '$timestamp', when: reviewDeleted }, ...reviewOf('updatedAt')],
  deletedWhen: reviewDeleted,
  lang: reviewOf('language'),
  url: [...reviewOf('link'), 'https://www.trustpilot.com/reviews/{id}'],
  authorId: reviewOf('consumer.id'),
  authorName: reviewOf('consumer.displayName', 'consumer.name'),
  likes: reviewOf('numberOfLikes'),
  rating: reviewOf('stars'),
};
