import { type Candidate, type ProposedField, scoreField, toCandidate } from './field-scores.ts';
import type { Leaf } from './leaves.ts';

/** Fields of a second kind of message are looked for too. */
const fieldsWithFallback: ReadonlySet<ProposedField> = new Set(['id', 'createdAt', 'authorId', 'authorHandle', 'authorName']);

const minScore = 0.45;
/** Lower, because prose is a text whatever its name is. */
export const minTextScore = 0.3;
/** For a message kind that lacks the leaf of the others, only what clearly fits is proposed. */
export const minFallbackScore = 0.7;

export const coverage = ({ values }: Leaf, count: number): number => 0.5 + values.size / Math.max(1, count) / 2;

/** The leaf that fits a field best by its name and values, in `count` messages. */
export function bestOf(field: ProposedField, candidates: readonly Candidate[], count: number, bonus: (candidate: Candidate) => number) {
  let best: { readonly candidate: Candidate; readonly score: number } | undefined;
  for (const candidate of candidates) {
    const fit = scoreField(field, candidate);
    if (fit === 0 || fit + bonus(candidate) < (field === 'text' ? minTextScore : minScore)) continue;
    const score = fit * coverage(candidate.leaf, count) + bonus(candidate) - depth(candidate.leaf) * 0.01;
    if (!best || score > best.score) best = { candidate, score };
  }
  return best;
}

const depth = ({ keys }: Leaf): number => keys.length;

/** The leaf that fits a field best, and one for the messages that lack it. */
export function findPaths(
  field: ProposedField,
  candidates: readonly Candidate[],
  taken: Set<Candidate>,
  count: number,
  bonus: (candidate: Candidate) => number,
): string[] {
  const free = candidates.filter((candidate) => !taken.has(candidate));
  const best = bestOf(field, free, count, bonus);
  if (!best) return [];
  taken.add(best.candidate);
  const { leaf } = best.candidate;
  if (!fieldsWithFallback.has(field) || leaf.values.size >= count) return [leaf.path];
  const others = free.filter((candidate) => candidate !== best.candidate).flatMap((candidate) => restrict(candidate, leaf));
  const other = bestOf(field, others, count - leaf.values.size, () => 0);
  if (!other || scoreField(field, other.candidate) < minFallbackScore) return [leaf.path];
  for (const candidate of free) if (candidate.leaf.path === other.candidate.leaf.path) taken.add(candidate);
  return [leaf.path, other.candidate.leaf.path];
}

/** A leaf in the messages that lack another one; nothing if those lack it too. */
function restrict({ leaf }: Candidate, { values }: Leaf): Candidate[] {
  const rest = new Map([...leaf.values].filter(([index]) => !values.has(index)));
  return rest.size === 0 ? [] : [toCandidate({ ...leaf, values: rest })];
}
