import type { AlertTransition } from '../../src/domain/alert.ts';
import { scoredPost } from './scored-post.ts';
import type { StoredHistory } from './stored-history.ts';

/** Text that must never be rendered as markup, and that changes the text direction. */
export const hostile = '<img src=x onerror=alert(1)> \u202eKestrel';
const minute = 60_000;
const hour = 60 * minute;
/** Reference time of the history. */
export const now = Date.now();
/** A transition of an alert on net sentiment; `alertNumber` identifies the alert. */
export function alertTransition(alertNumber: number, kind: AlertTransition['kind'], brand: string, at: number): AlertTransition {
  const id = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;
  const evaluation = {
    metric: 'netSentiment',
    direction: 'down',
    observed: -41.4,
    expected: 12,
    low: -3,
    high: 27,
    z: -5.2,
    posts: 212,
  } as const;
  return {
    ...{
      id: id(2 * alertNumber + Number(kind === 'resolved')),
      alert: id(2 * alertNumber),
      kind,
      rule: 'sentiment',
      brand,
      severity: 'warning',
      at,
      channels: [],
    },
    evaluation: { ...evaluation, from: at - 15 * minute, to: at, baseline: null },
    state: { status: 'ok', since: at },
  };
}

const createText = (index: number): string => {
  if (index === 1) return `${hostile} kettle`;
  if (index === 20) return '=HYPERLINK("https://example.com";"The kettle number 20 leaks");=1+1';
  return index % 4 === 0 ? `The kettle number ${index} leaks` : `What a lovely kettle, number ${index}`;
};

/** Forty posts of the last hours: every fourth is negative and has two stars, the others are positive; one has markup, one a formula. */
const posts = Array.from({ length: 40 }, (_, index) => {
  const isBad = index % 4 === 0;
  return scoredPost({
    id: `${index}`,
    text: createText(index),
    createdAt: new Date(now - (index + 1) * 4 * minute).toISOString(),
    brands: ['Kestrel'],
    author: { id: `${index}`, handle: `writer${index}`, followers: 100 * index },
    engagement: { likes: index, reposts: 0, replies: 0 },
    ...(isBad && { rating: 2, label: 'negative', negative: 0.8, neutral: 0.15, positive: 0.05, score: -0.75, confidence: 0.8 }),
  });
});

/** The posts, a resolved alert on a hostile brand name, an ongoing one, and two messages that become dead letters. */
export const kettleHistory: StoredHistory = {
  posts,
  alerts: [
    alertTransition(1, 'alert', hostile, now - 5 * hour),
    alertTransition(1, 'resolved', hostile, now - 4 * hour),
    // A negative post is in its window.
    alertTransition(2, 'alert', 'Kestrel', now - 18 * minute),
  ],
  lines: ['{ "this is no JSON', '{"id":"1"}'],
  config: { brands: [{ name: 'Kestrel' }] },
};
