import { type Label, labels } from '../../domain/post.ts';
import { attenuationOf, type LabelTable } from '../calibration/fit.ts';
import { z95 } from '../metrics/intervals.ts';

/** How far counted net sentiment is from the true one on labeled posts; in points, margins are halves of 95% intervals. */
export interface NetSentimentReport {
  readonly posts: number;
  readonly actual: number;
  readonly counted: number;
  /** `counted` − `actual`. */
  readonly bias: number;
  readonly biasMargin: number;
  /** What a true change of ten points shows as; null without positive or negative posts. */
  readonly changeOfTen: number | null;
  readonly changeMargin: number | null;
}

const polarity: Readonly<Record<Label, number>> = { negative: -1, neutral: 0, positive: 1 };

/** @param table at least one post */
export function reportNetSentiment(table: LabelTable): NetSentimentReport {
  let [posts, actualSum, countedSum, squares] = [0, 0, 0, 0];
  for (const actual of labels) {
    for (const predicted of labels) {
      const count = table[actual][predicted];
      posts += count;
      actualSum += count * polarity[actual];
      countedSum += count * polarity[predicted];
      squares += count * (polarity[predicted] - polarity[actual]) ** 2;
    }
  }
  const bias = (countedSum - actualSum) / posts;
  const { attenuation, variance } = attenuationOf(table);
  const isKnown = Number.isFinite(variance);
  return {
    posts,
    actual: (100 * actualSum) / posts,
    counted: (100 * countedSum) / posts,
    bias: 100 * bias,
    biasMargin: 100 * z95 * Math.sqrt(Math.max(0, squares / posts - bias ** 2) / posts),
    changeOfTen: isKnown ? 10 * attenuation : null,
    changeMargin: isKnown ? 10 * z95 * Math.sqrt(variance) : null,
  };
}
