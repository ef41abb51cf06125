import type { BrandSentiment, Prediction } from '../../domain/post.ts';
import type { ScorableText } from '../preprocess.ts';
import type { Scorer } from '../scorer.ts';
import { type BrandClause, type MatchBrands, splitByBrand } from './split-by-brand.ts';

/** A clause to score, with the index of its post. */
interface ScorableClause extends BrandClause, ScorableText {
  readonly postIndex: number;
}

/**
 * Wraps a scorer so that posts about several brands also get a sentiment per brand. It scores the clauses about each brand in
 * one more call. Posts with a single brand and unscored posts cost nothing extra.
 */
export function withBrandSentiment(scorer: Scorer, match: MatchBrands): Scorer {
  return {
    ...scorer,
    score: async (posts) => {
      const predictions = await scorer.score(posts);
      const clauses = posts.flatMap(({ text }, postIndex): ScorableClause[] => {
        const prediction = predictions[postIndex];
        if (!prediction || prediction.label === 'unscored') return [];
        return splitByBrand(text, match).map((clause) => ({ ...clause, postIndex, lang: prediction.lang }));
      });
      if (clauses.length === 0) return predictions;
      const byPost = new Map<number, BrandSentiment[]>();
      for (const [index, prediction] of (await scorer.score(clauses)).entries()) {
        const { postIndex, brand } = clauses[index] as ScorableClause; // one prediction per clause
        const sentiment = prediction && toBrandSentiment(brand, prediction);
        if (sentiment) byPost.set(postIndex, [...(byPost.get(postIndex) ?? []), sentiment]);
      }
      return predictions.map((prediction, postIndex) => {
        const brandSentiment = byPost.get(postIndex);
        return prediction && brandSentiment ? { ...prediction, brandSentiment } : prediction;
      });
    },
  };
}

/** Returns undefined for a clause that is unscored on its own. */
function toBrandSentiment(brand: string, { label, negative, neutral, positive }: Prediction): BrandSentiment | undefined {
  return label === 'unscored' ? undefined : { brand, label, negative, neutral, positive };
}
