import type { Label, Prediction } from '../domain/post.ts';
import type { RawPrediction } from './score-cache.ts';

/** What the model says of a text. Of equal probabilities the more cautious label wins: neutral, then negative. */
export function toPrediction({ probabilities, truncated }: RawPrediction, lang: string): Prediction {
  const [negative, neutral, positive] = probabilities;
  const confidence = Math.max(negative, neutral, positive);
  const label: Label = neutral === confidence ? 'neutral' : negative === confidence ? 'negative' : 'positive';
  return { negative, neutral, positive, label, score: positive - negative, confidence, lang, truncated };
}

/** For a text without words, or in a language that the model does not know. */
export function unscored(lang: string): Prediction {
  return { negative: 0, neutral: 0, positive: 0, label: 'unscored', score: 0, confidence: 0, lang, truncated: false };
}
