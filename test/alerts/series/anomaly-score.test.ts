import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLevelHistory } from '../../../src/alerts/series/anomaly-score.ts';

test('the last time a level was reached equals a linear search', () => {
  const values = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
  fc.assert(
    fc.property(values, fc.integer({ min: -1, max: 21 }), (given, level) => {
      const history = createLevelHistory();
      for (const [time, value] of given.entries()) history.push({ time, value });
      const expected = given.findLastIndex((value) => value >= level);
      expect(history.lastReached(level)).toBe(expected === -1 ? undefined : expected);
    }),
  );
});
