import type { Label } from '../../domain/post.ts';
import { type CountedTerm, fewestPosts, type TermTable } from './count-terms.ts';
import { zScores } from './log-odds.ts';

export interface Picked {
  readonly term: CountedTerm;
  /** How far the term sets the posts of a label apart, in standard deviations. */
  readonly z: number;
}

/** Two-sided 95 %. */
const significant = 1.96;

/** The terms that stand out most in posts of a label. What comes almost always together is told once: the longer of it. */
export function pickDrivers(table: TermTable<unknown>, label: Label, limit: number): Picked[] {
  const { terms } = table;
  const scores = zScores(
    terms.map((term) => ({ inside: term[label], outside: term.negative + term.neutral + term.positive - term[label] })),
    table.all(label),
  );
  const ranked = terms
    .map((term, index) => ({ term, z: scores[index] ?? 0 }))
    .filter(({ term, z }) => z >= significant && term[label] >= fewestPosts)
    .sort((a, b) => b.z - a.z || (a.term.term.key < b.term.term.key ? -1 : 1));
  let picked: Picked[] = [];
  for (const candidate of ranked) {
    const twins = picked.filter(({ term }) => tellTheSame(term, candidate.term, label));
    const saysMore = candidate.term.term.kind === 'bigram' && twins.every(({ term }) => term.term.kind === 'word');
    if (twins.length === 0 && picked.length < limit) picked.push(candidate);
    if (twins.length > 0 && saysMore) picked = [...picked.filter((one) => !twins.includes(one)), candidate];
  }
  return picked.sort((a, b) => b.z - a.z);
}

/** A pair of words and one of them, or two pairs with a word in common, that come almost always together. */
function tellTheSame(one: CountedTerm, two: CountedTerm, label: Label): boolean {
  if (Math.min(one[label], two[label]) < 0.8 * Math.max(one[label], two[label])) return false;
  if (one.term.kind !== 'bigram' && two.term.kind !== 'bigram') return false;
  const words = one.term.key.split(' ');
  return two.term.key.split(' ').some((word) => words.includes(word));
}
