import type { Towards, Verdict } from '../../domain/post.ts';
import type { Scorable } from '../preprocess.ts';
import type { Scorer } from '../scorer.ts';
import { brandClauses, type Clause, type Match } from './brand-clauses.ts';

/** A clause of a post that is scored like one. */
interface Asked extends Clause, Scorable {
  /** The place of its post. */
  readonly post: number;
}

/**
 * A scorer that tells as well what posts say of each of several brands: their clauses are scored like posts, in one more
 * call. Posts that name one brand, and those that the model doesn't read, cost nothing more.
 * @param match the names of the brands in a text
 */
export function scorePerBrand(scorer: Scorer, match: Match): Scorer {
  return {
    ...scorer,
    score: async (posts) => {
      const verdicts = await scorer.score(posts);
      const asked = posts.flatMap(({ text }, post): Asked[] => {
        const whole = verdicts[post];
        if (!whole || whole.label === 'unscored') return [];
        return brandClauses(text, match).map((clause) => ({ ...clause, post, lang: whole.lang }));
      });
      if (asked.length === 0) return verdicts;
      const towards = new Map<number, Towards[]>();
      for (const [index, verdict] of (await scorer.score(asked)).entries()) {
        const { post, brand } = asked[index] as Asked; // one verdict a clause
        const own = verdict && towardsOf(brand, verdict);
        if (own) towards.set(post, [...(towards.get(post) ?? []), own]);
      }
      return verdicts.map((verdict, post) => {
        const own = towards.get(post);
        return verdict && own ? { ...verdict, towards: own } : verdict;
      });
    },
  };
}

/** None for a clause that can't be read by itself. */
function towardsOf(brand: string, { label, negative, neutral, positive }: Verdict): Towards | undefined {
  return label === 'unscored' ? undefined : { brand, label, negative, neutral, positive };
}
