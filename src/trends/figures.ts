import type { Figures } from '../history.ts';

/** Counts as the database returns them: 64-bit ones may come as strings. */
export type CountsRow = Record<'negative' | 'neutral' | 'positive' | 'unscored', number | string>;

/** Net sentiment = 100 · (P − N) / (P + N + U) over counts of posts, in [−100, 100]; null where none is scored. */
export function netSentiment(positive: number, negative: number, neutral: number): number | null {
  const scored = positive + negative + neutral;
  return scored === 0 ? null : (100 * (positive - negative)) / scored;
}

export function toFigures(row: CountsRow): Figures {
  const negative = Number(row.negative);
  const neutral = Number(row.neutral);
  const positive = Number(row.positive);
  const unscored = Number(row.unscored);
  return {
    volume: negative + neutral + positive + unscored,
    negative,
    neutral,
    positive,
    unscored,
    netSentiment: netSentiment(positive, negative, neutral),
  };
}
