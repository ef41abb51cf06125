import { describe, expect, test } from 'vitest';
import { emptyContext, explainAlert } from '../../../src/alerts/notify/explain.ts';
import type { AlertContext, Evaluation } from '../../../src/domain/alert.ts';

/** 20:15 in Berlin on a Tuesday. */
const to = Date.UTC(2026, 4, 19, 18, 15);
const context: AlertContext = { ...emptyContext, timeZone: 'Europe/Berlin' };
const baseline = { season: 'week', windows: 40, from: to - 57 * 86_400_000, to: to - 6 * 86_400_000 } as const;
const rise: Evaluation = {
  ...{ metric: 'volume', direction: 'up', observed: 412, expected: 103, low: 90, high: 130, z: 12, posts: 412 },
  ...{ from: to - 900_000, to, baseline },
};
const explain = (evaluation: Partial<Evaluation>, composition?: AlertContext['composition'], kind: 'alert' | 'resolved' = 'alert') =>
  explainAlert({ kind, evaluation: { ...rise, ...evaluation } }, { ...context, ...(composition && { composition }) });

describe('why an alert was raised', () => {
  test.each<[string, Partial<Evaluation>, AlertContext['composition'], string]>([
    [
      'a rise, most of it copies',
      {},
      { posts: 412, sameText: 290, official: 1 },
      'Volume is 4 times the usual for a Tuesday evening: 412 posts in 15 minutes against 90 to 130, 290 of them one text.',
    ],
    [
      'a rise without copies',
      { observed: 1_234.4, expected: 1_000, posts: 1_234 },
      { posts: 1_234, sameText: 3, official: 0 },
      'Volume is 23% above the usual for a Tuesday evening: 1,234 posts in 15 minutes against 90 to 130.',
    ],
    [
      'posts by the brand itself',
      {},
      { posts: 412, sameText: 2, official: 60 },
      'Volume is 4 times the usual for a Tuesday evening: 412 posts in 15 minutes against 90 to 130, 60 by the brand itself.',
    ],
    [
      'a drop',
      { direction: 'down', observed: 1, posts: 1, from: to - 3_600_000 },
      undefined,
      'Volume is 99% below the usual for a Tuesday evening: 1 post in 1 hour against 90 to 130.',
    ],
    [
      'a few posts where there are none',
      { observed: 12, expected: 0.1, low: 0, high: 1, baseline: { ...baseline, season: 'recent' } },
      undefined,
      'Volume is far above the usual so far: 12 posts in 15 minutes against 0 to 1.',
    ],
    [
      'organic volume',
      { metric: 'organicVolume' },
      { posts: 900, sameText: 400, official: 0 },
      'Organic volume is 4 times the usual for a Tuesday evening: 412 different texts in 15 minutes against 90 to 130.',
    ],
    [
      'negative posts',
      { metric: 'negativeVolume', baseline: { ...baseline, season: 'day' } },
      undefined,
      'Negative volume is 4 times the usual for this time of day: 412 negative posts in 15 minutes against 90 to 130.',
    ],
    [
      'net sentiment',
      { metric: 'netSentiment', direction: 'down', observed: -41.4, expected: 12, low: -3, high: 27, posts: 212, from: to - 1_200_000 },
      { posts: 212, sameText: 120, official: 0 },
      'Net sentiment is 53 points below the usual for a Tuesday evening: −41 over 212 posts in 20 minutes against −3 to +27, 120 of them one text.',
    ],
    ['no data', { metric: 'noData', from: to - 2_700_000 }, undefined, 'No post of any brand has arrived for 45 minutes.'],
  ])('%s', (_, evaluation, posts, expected) => {
    expect(explain(evaluation, posts)).toBe(expected);
  });

  test('with what the calendar says', () => {
    const notes = ['Planned then: Launch.', 'It is a public holiday: New Year.'];
    expect(explainAlert({ kind: 'alert', evaluation: rise }, { ...context, notes })).toMatch(
      /130\. Planned then: Launch\. It is a public holiday: New Year\.$/,
    );
  });

  test('the end', () => {
    expect(explain({ observed: 104 }, undefined, 'resolved')).toBe('Volume is back to normal: 104 posts in 15 minutes against 90 to 130.');
    expect(explain({ metric: 'noData' }, undefined, 'resolved')).toBe('Posts are arriving again.');
  });
});
