import type { BrandSentiment, Prediction } from '../../domain/post.ts';
import type { Scorable } from '../preprocess.ts';
import type { Scorer } from '../scorer.ts';
import { brandClauses, type Clause, type Match } from './clauses.ts';

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
export function scoreBrandSentiment(scorer: Scorer, match: Match): Scorer {
  return {
    ...scorer,
    score: async (posts) => {
      const predictions = await scorer.score(posts);
      const asked = posts.flatMap(({ text }, post): Asked[] => {
        const whole = predictions[post];
        if (!whole || whole.label === 'unscored') return [];
        return brandClauses(text, match).map((clause) => ({ ...clause, post, lang: whole.lang }));
      });
      if (asked.length === 0) return predictions;
      const brandSentiment = new Map<number, BrandSentiment[]>();
      for (const [index, prediction] of (await scorer.score(asked)).entries()) {
        const { post, brand } = asked[index] as Asked; // one prediction a clause
        const own = prediction && towardsOf(brand, prediction);
        if (own) brandSentiment.set(post, [...(brandSentiment.get(post) ?? []), own]);
      }
      return predictions.map((prediction, post) => {
        const own = brandSentiment.get(post);
        return prediction && own ? { ...prediction, brandSentiment: own } : prediction;
      });
    },
  };
}

/** None for a clause that can't be read by itself. */
function towardsOf(brand: string, { label, negative, neutral, positive }: Prediction): BrandSentiment | undefined {
  return label === 'unscored' ? undefined : { brand, label, negative, neutral, positive };
}
