import { type Label, labels } from '../../domain/post.ts';
import { createNearDuplicateIndex } from '../../lib/near-duplicates.ts';
import type { TermCounts } from './log-odds.ts';
import { createTermExtractor, type Term } from './term-extractor.ts';

export interface LabelledText {
  readonly text: string;
  /** BCP 47 primary subtag. */
  readonly lang: string;
  readonly label: Label;
}

/** Distinct posts with a term, by label. */
export interface CountedTerm extends Readonly<Record<Label, number>> {
  readonly code: number;
  readonly term: Term;
}

/** A post that represents all its near-duplicates with the same label. */
export interface DistinctPost<Post> {
  readonly post: Post;
  /** Codes of its terms. */
  readonly terms: readonly number[];
  /** How many posts it represents. */
  readonly posts: number;
}

export interface TermTable<Post> {
  readonly distinct: Readonly<Record<Label, readonly DistinctPost<Post>[]>>;
  /** Every term that at least `minPosts` distinct posts have. */
  readonly terms: readonly CountedTerm[];
  /** Term occurrences in posts with the label and in all others, rare terms included. */
  totals(label: Label): TermCounts;
}

export const minPosts = 3;

/**
 * Counts in how many distinct posts each term occurs. The first of several near-duplicates represents them.
 * @param names the brand's names, which are not counted as terms
 */
export async function countTerms<Post extends LabelledText>(
  posts: readonly Post[],
  names: readonly string[],
  yieldToEventLoop: () => Promise<void>,
): Promise<TermTable<Post>> {
  const reader = createTermExtractor(names);
  const duplicateIndexes = {
    negative: createNearDuplicateIndex(),
    neutral: createNearDuplicateIndex(),
    positive: createNearDuplicateIndex(),
  };
  const distinct: Record<Label, { post: Post; terms: number[]; posts: number }[]> = { negative: [], neutral: [], positive: [] };
  const total = { negative: 0, neutral: 0, positive: 0 };
  const seen = createSketch();
  for (const post of posts) {
    await yieldToEventLoop();
    const { label } = post;
    const read = reader.extract(post.text, post.lang);
    const known = distinct[label][duplicateIndexes[label].assignGroup(read.words)];
    if (known) {
      known.posts += 1;
      continue;
    }
    const terms = read.terms();
    distinct[label].push({ post, terms, posts: 1 });
    total[label] += terms.length;
    for (const code of terms) seen.add(code);
  }
  const all = total.negative + total.neutral + total.positive;
  const counts = new Map<number, Record<Label, number>>();
  for (const label of labels) {
    for (const { terms } of distinct[label]) {
      await yieldToEventLoop();
      for (const code of terms) if (seen.atMost(code) >= minPosts) increment(counts, code, label);
    }
  }
  return {
    distinct,
    terms: [...counts]
      .map(([code, byLabel]) => ({ code, term: reader.term(code), ...byLabel }))
      .filter((term) => postsWith(term) >= minPosts),
    totals: (label) => ({ inside: total[label], outside: all - total[label] }),
  };
}

const postsWith = ({ negative, neutral, positive }: CountedTerm): number => negative + neutral + positive;

function increment(counts: Map<number, Record<Label, number>>, code: number, label: Label): void {
  const known = counts.get(code);
  if (known) known[label] += 1;
  else counts.set(code, { negative: 0, neutral: 0, positive: 0, [label]: 1 });
}

/**
 * A count-min sketch with one row: counts in constant memory that may be too high but never too low. Most word pairs
 * occur once, and need no entry of their own.
 */
function createSketch(): { add(code: number): void; atMost(code: number): number } {
  const cells = new Uint8Array(2 ** 20);
  const cellOf = (code: number): number => (Math.imul(code % 2 ** 21, 0x9e3779b1) ^ Math.imul(code / 2 ** 21, 0x85ebca6b)) >>> 12;
  return {
    add: (code) => {
      const cell = cellOf(code);
      cells[cell] = Math.min(255, (cells[cell] ?? 0) + 1);
    },
    atMost: (code) => cells[cellOf(code)] ?? 0,
  };
}
