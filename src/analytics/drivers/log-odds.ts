/** Of one term, or of all terms together: how often posts of the class have it, and the other posts. */
export interface TermCounts {
  readonly inside: number;
  readonly outside: number;
}

/** What the prior weighs, in counts: enough to hold rare terms back, and always little against what was counted. */
export function priorWeight({ inside, outside }: TermCounts): number {
  return Math.min(1_000, (inside + outside) / 10);
}

/**
 * How far terms set a class apart from the rest: z-scores of their log-odds ratios with an informative Dirichlet
 * prior (Monroe, Colaresi & Quinn 2008, "Fightin' Words", Political Analysis 16(4), equations 16, 20 and 22). The
 * prior of a term is its share of all counts, times `priorWeight` (equation 23 with the whole corpus as background):
 * so words that are common everywhere need more to stand out, and rare ones cannot by chance.
 * In the order of `terms`; 0 where one side of the comparison is empty.
 */
export function zScores(terms: readonly TermCounts[], all: TermCounts): number[] {
  if (all.inside === 0 || all.outside === 0) return terms.map(() => 0);
  const weight = priorWeight(all);
  return terms.map((term) => {
    const prior = (weight * (term.inside + term.outside)) / (all.inside + all.outside);
    const [y, rest] = [term.inside + prior, term.outside + prior];
    const ratio = Math.log(y / (all.inside + weight - y)) - Math.log(rest / (all.outside + weight - rest));
    const z = ratio / Math.sqrt(1 / y + 1 / rest);
    // Where there is one term alone, nothing is left to compare it with.
    return Number.isNaN(z) ? 0 : z;
  });
}
