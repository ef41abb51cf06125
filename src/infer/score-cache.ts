import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Probabilities } from './model/calibrate.ts';

/** What the model said of a cleaned text. */
export interface RawPrediction {
  readonly probabilities: Probabilities;
  /** True when the text was longer than the model reads. */
  readonly truncated: boolean;
}

export interface ScoreCache {
  get(text: string): RawPrediction | undefined;
  set(text: string, judgement: RawPrediction): void;
}

/** Longer texts are remembered by their SHA-256, so that an entry stays under a kilobyte. */
const longestKey = 280;

/** The judgements of the `size` texts seen last; texts are cleaned ones. */
export function createScoreCache(size: number): ScoreCache {
  const judgements = new LRUCache<string, RawPrediction>({ max: size });
  return {
    get: (text) => judgements.get(keyOf(text)),
    set: (text, judgement) => {
      judgements.set(keyOf(text), judgement);
    },
  };
}

function keyOf(text: string): string {
  return text.length <= longestKey ? text : createHash('sha256').update(text).digest('base64');
}
