import { expect, test } from 'vitest';
import { createScoreCache, type RawPrediction } from '../../src/infer/score-cache.ts';

const judgement = (positive: number): RawPrediction => ({ probabilities: [1 - positive, 0, positive], truncated: false });

test('remembers short and long texts apart', () => {
  const cache = createScoreCache(10);
  const long = 'so good '.repeat(100);
  cache.set('so good', judgement(0.9));
  cache.set(long, judgement(0.8));
  expect(cache.get('so good')).toEqual(judgement(0.9));
  expect(cache.get(long)).toEqual(judgement(0.8));
  expect(cache.get(`${long}!`)).toBeUndefined();
});

test('forgets the text not seen for longest', () => {
  const cache = createScoreCache(2);
  cache.set('a', judgement(0.1));
  cache.set('b', judgement(0.2));
  cache.get('a');
  cache.set('c', judgement(0.3));
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toEqual(judgement(0.1));
});
