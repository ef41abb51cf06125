/** How often one term, or all terms together, occur in posts of the class (`inside`) and in other posts. */
export interface TermCounts {
  readonly inside: number;
  readonly outside: number;
}

/** The weight of the prior, in counts: enough to shrink rare terms, and small against the counted total. */
export function priorWeight({ inside, outside }: TermCounts): number {
  return Math.min(1_000, (inside + outside) / 10);
}

/**
 * How strongly terms distinguish a class from the rest: z-scores of their log-odds ratios with an informative Dirichlet
 * prior (Monroe, Colaresi & Quinn 2008, "Fightin' Words", Political Analysis 16(4), equations 16, 20 and 22). The
 * prior of a term is its share of all counts, times `priorWeight` (equation 23 with the whole corpus as background):
 * words that are common everywhere need larger differences, and rare words cannot rank high by chance.
 * In the order of `terms`; 0 if one side of the comparison is empty.
 */
export function zScores(terms: readonly TermCounts[], all: TermCounts): number[] {
  if (all.inside === 0 || all.outside === 0) return terms.map(() => 0);
  const weight = priorWeight(all);
  return terms.map((term) => {
    const prior = (weight * (term.inside + term.outside)) / (all.inside + all.outside);
    const [y, rest] = [term.inside + prior, term.outside + prior];
    const ratio = Math.log(y / (all.inside + weight - y)) - Math.log(rest / (all.outside + weight - rest));
    const z = ratio / Math.sqrt(1 / y + 1 / rest);
    // A single term has nothing to be compared with.
    return Number.isNaN(z) ? 0 : z;
  });
}
