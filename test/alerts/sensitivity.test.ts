import { describe, expect, test } from 'vitest';
import { resolveRules } from '../../src/alerts/rules.ts';
import { type RatedAlert, replay, suggestThreshold } from '../../src/alerts/sensitivity.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Candidate } from '../../src/domain/alert.ts';

const minute = 60_000;
const day = 1_440 * minute;
const [rule] = resolveRules([], configSchema.parse({ brands: [{ name: 'Kestrel' }] }).brands);
if (!rule) throw new Error('no default rule');

/** Ten minutes of a rarity, from a day on. */
const storyOf = (number: number, rarity: number, more: Partial<Candidate> = {}): Candidate[] =>
  Array.from({ length: 10 }, (_, index) => ({
    ...{ at: number * day + index * minute, rarity, usualPeak: 0, isRelevant: true, isQuiet: false, isSilenced: false },
    ...more,
  }));
/** One story a day, with its rating: [rarity, rating]. */
type Stories = readonly (readonly [rarity: number, feedback?: RatedAlert['feedback']])[];
function suggest(stories: Stories) {
  const alerts = stories.flatMap(([, feedback], number): RatedAlert[] =>
    feedback ? [{ at: number * day + 2 * minute, until: number * day + 25 * minute, feedback }] : [],
  );
  return suggestThreshold(
    rule as NonNullable<typeof rule>,
    stories.flatMap(([rarity], number) => storyOf(number, rarity)),
    alerts,
    90,
  );
}

describe('a replay', () => {
  const startsOf = (candidates: readonly Candidate[], threshold = 5) =>
    replay({ ...rule, threshold }, candidates).map(({ from }) => from / day);

  test('has one alert for each story, and none below the threshold, within usual peaks or when muted', () => {
    expect(startsOf([...storyOf(1, 6), ...storyOf(2, 4.9), ...storyOf(3, 6)])).toEqual([1, 3]);
    expect(startsOf([...storyOf(1, 6, { usualPeak: 7 }), ...storyOf(2, 6, { isRelevant: false })])).toEqual([]);
    expect(startsOf([...storyOf(1, 6, { isQuiet: true }), ...storyOf(2, 6, { isSilenced: true })])).toEqual([]);
  });

  test('waits for an anomaly to last, and takes what follows within the cooldown for the same story', () => {
    expect(startsOf(storyOf(1, 5.1)).map((at) => at > 1)).toEqual([true]);
    const soon = storyOf(1, 9).map((one) => ({ ...one, at: one.at + 6 * 60 * minute }));
    expect(startsOf([...storyOf(1, 6), ...soon])).toEqual([1]);
    expect(
      startsOf([{ ...storyOf(1, 5.1)[0], at: day } as Candidate, { ...storyOf(1, 5.1)[0], at: day + 5 * minute } as Candidate]),
    ).toEqual([]);
  });
});

describe('a suggestion', () => {
  test('is just above the noise, and keeps what is useful', () => {
    expect(suggest([[6, 'noise'], [6.4, 'noise'], [9, 'useful'], [6]])).toEqual({
      current: { threshold: 5, alerts: 4, useful: 1, noise: 2 },
      suggested: { threshold: 6.5, alerts: 1, useful: 1, noise: 0 },
    });
  });

  test('gives up one useful alert for more than four that are noise, not for fewer', () => {
    const noise = (count: number): Stories => Array.from({ length: count }, () => [7, 'noise'] as const);
    expect(suggest([...noise(5), [6, 'useful']])).toBeUndefined();
    expect(suggest([...noise(6), [6, 'useful'], [9, 'useful']])?.suggested).toEqual({ threshold: 7.25, alerts: 1, useful: 1, noise: 0 });
  });

  test('is not made from fewer than three ratings, nor for a single noise alert', () => {
    expect(
      suggest([
        [6, 'noise'],
        [6, 'noise'],
      ]),
    ).toBeUndefined();
    expect(
      suggest([
        [6, 'noise'],
        [9, 'useful'],
        [9, 'useful'],
      ]),
    ).toBeUndefined();
  });

  test('is lower if five alerts were useful and none was noise, unless that adds more than one a week', () => {
    const useful: Stories = Array.from({ length: 5 }, () => [6, 'useful'] as const);
    expect(suggest([...useful, [4.5]])).toEqual({
      current: { threshold: 5, alerts: 5, useful: 5, noise: 0 },
      suggested: { threshold: 4, alerts: 6, useful: 5, noise: 0 },
    });
    expect(suggest([...useful, ...Array.from({ length: 14 }, () => [4.5] as const)])).toBeUndefined();
    expect(suggest(useful)).toBeUndefined();
    expect(suggest([...useful, [6, 'noise'], [4.5]])).toBeUndefined();
  });
});
