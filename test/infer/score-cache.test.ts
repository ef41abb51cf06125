import { expect, test } from 'vitest';
import { createScoreCache, type RawPrediction } from '../../src/infer/score-cache.ts';

const prediction = (positive: number): RawPrediction => ({ probabilities: [1 - positive, 0, positive], truncated: false });

test('short and long texts are cached separately', () => {
  const cache = createScoreCache(10);
  const long = 'so good '.repeat(100);
  cache.set('so good', prediction(0.9));
  cache.set(long, prediction(0.8));
  expect(cache.get('so good')).toEqual(prediction(0.9));
  expect(cache.get(long)).toEqual(prediction(0.8));
  expect(cache.get(`${long}!`)).toBeUndefined();
});

test('evicts the least recently used text', () => {
  const cache = createScoreCache(2);
  cache.set('a', prediction(0.1));
  cache.set('b', prediction(0.2));
  cache.get('a');
  cache.set('c', prediction(0.3));
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toEqual(prediction(0.1));
});
