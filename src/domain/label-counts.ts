/** Post counts of a time range by label. Unscored posts count as volume, never as sentiment. */
export interface LabelCounts {
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly unscored: number;
}

export const emptyCounts: LabelCounts = { negative: 0, neutral: 0, positive: 0, unscored: 0 };

export const totalPosts = ({ negative, neutral, positive, unscored }: LabelCounts): number => negative + neutral + positive + unscored;
export const scoredPosts = ({ negative, neutral, positive }: LabelCounts): number => negative + neutral + positive;

export function addCounts(all: Iterable<LabelCounts>): LabelCounts {
  const sum = { ...emptyCounts };
  for (const { negative, neutral, positive, unscored } of all) {
    sum.negative += negative;
    sum.neutral += neutral;
    sum.positive += positive;
    sum.unscored += unscored;
  }
  return sum;
}
