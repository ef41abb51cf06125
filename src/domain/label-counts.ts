import type { StoredLabel } from './post.ts';

/** Numbers of posts by label. */
type Counts = { readonly [label in StoredLabel]: number };

/** Post counts of a time range by label. Unscored posts count as volume, never as sentiment. */
export interface LabelCounts extends Counts {
  /** How many of the posts repeat the text of an earlier post; absent if none does. */
  readonly copies?: Counts;
}

export const emptyCounts: LabelCounts = { negative: 0, neutral: 0, positive: 0, unscored: 0 };

export const totalPosts = ({ negative, neutral, positive, unscored }: LabelCounts): number => negative + neutral + positive + unscored;
export const scoredPosts = ({ negative, neutral, positive }: LabelCounts): number => negative + neutral + positive;

/** Net sentiment = 100 · (P − N) / (P + N + U) over counts of posts, in [−100, 100]; null if none is scored. */
export function netSentiment(positive: number, negative: number, neutral: number): number | null {
  const scored = positive + negative + neutral;
  return scored === 0 ? null : (100 * (positive - negative)) / scored;
}

/** The posts that are no copies: each text counts once. */
export function organicCounts({ copies, ...counts }: LabelCounts): LabelCounts {
  return copies ? subtract(counts, copies) : counts;
}

export function addCounts(all: Iterable<LabelCounts>): LabelCounts {
  const sum = { ...emptyCounts };
  const copies = { ...emptyCounts };
  for (const counts of all) {
    add(sum, counts);
    if (counts.copies) add(copies, counts.copies);
  }
  return totalPosts(copies) > 0 ? { ...sum, copies } : sum;
}

function add(sum: { -readonly [label in StoredLabel]: number }, { negative, neutral, positive, unscored }: Counts): void {
  sum.negative += negative;
  sum.neutral += neutral;
  sum.positive += positive;
  sum.unscored += unscored;
}

const subtract = (from: Counts, counts: Counts): Counts => ({
  negative: from.negative - counts.negative,
  neutral: from.neutral - counts.neutral,
  positive: from.positive - counts.positive,
  unscored: from.unscored - counts.unscored,
});
