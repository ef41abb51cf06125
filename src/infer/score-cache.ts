import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Probabilities } from './model/calibrate.ts';

/** The model's output for one cleaned text. */
export interface RawPrediction {
  readonly probabilities: Probabilities;
  /** True if the text was longer than the model's maximum length. */
  readonly truncated: boolean;
}

export interface ScoreCache {
  get(text: string): RawPrediction | undefined;
  set(text: string, prediction: RawPrediction): void;
}

/** Longer texts are keyed by their SHA-256, so that an entry stays under a kilobyte. */
const maxKeyLength = 280;

/** Creates an LRU cache of predictions by cleaned text. `size` is the maximum number of texts. */
export function createScoreCache(size: number): ScoreCache {
  const predictions = new LRUCache<string, RawPrediction>({ max: size });
  return {
    get: (text) => predictions.get(toCacheKey(text)),
    set: (text, prediction) => {
      predictions.set(toCacheKey(text), prediction);
    },
  };
}

function toCacheKey(text: string): string {
  return text.length <= maxKeyLength ? text : createHash('sha256').update(text).digest('base64');
}

/** The part of a cache that belongs to one model. `name` keeps the texts of models apart. */
export function createCacheView(cache: ScoreCache, name: string): ScoreCache {
  return { get: (text) => cache.get(`${name} ${text}`), set: (text, prediction) => cache.set(`${name} ${text}`, prediction) };
}
