import { type BrandSentiment, type Label, labels, type Prediction } from '../../domain/post.ts';
import type { ScorableText } from '../preprocess.ts';
import type { Scorer } from '../scorer.ts';
import type { MatchBrands } from './mentions.ts';
import { type BrandReading, splitByBrand } from './split-by-brand.ts';

/** What a post says about a brand, with the index of the post. */
type PostReading = BrandReading & { readonly postIndex: number };
/** A text to score, with the reading that it answers. */
interface ScorableReading extends ScorableText {
  readonly reading: PostReading;
}
type Probabilities = Omit<BrandSentiment, 'brand'>;

/** Weight of neutral in a contrast such as "unlike A, B …", which few writers draw without a preference. */
const contrastNeutral = 0.1;
/** Of readings that the wording decides, at least so many are right (bench/brand-sentiment); the rest is split evenly. */
const ruleAccuracy = 0.95;
const restOfRule = (1 - ruleAccuracy) / 2;

/**
 * Wraps a scorer so that posts about several brands also get a sentiment per brand. It scores the clauses about each brand in
 * one more call. Posts with a single brand and unscored posts cost nothing extra.
 */
export function withBrandSentiment(scorer: Scorer, match: MatchBrands): Scorer {
  return {
    ...scorer,
    score: async (posts) => {
      const predictions = await scorer.score(posts);
      const readings = posts.flatMap(({ text }, postIndex): PostReading[] => {
        const prediction = predictions[postIndex];
        if (!prediction || prediction.label === 'unscored') return [];
        return splitByBrand(text, match, prediction.lang).map((reading) => ({ ...reading, postIndex }));
      });
      if (readings.length === 0) return predictions;
      const clauses = readings.flatMap((reading): ScorableReading[] => {
        const lang = predictions[reading.postIndex]?.lang;
        return 'text' in reading ? [{ reading, text: reading.text, ...(lang && { lang }) }] : [];
      });
      const scores = clauses.length > 0 ? await scorer.score(clauses) : [];
      const scoreOf = new Map(clauses.map(({ reading }, index) => [reading, scores[index]]));
      const byPost = new Map<number, BrandSentiment[]>();
      for (const reading of readings) {
        const probabilities =
          'text' in reading ? fromScore(scoreOf.get(reading), reading.contrast) : fromRule(reading, predictions[reading.postIndex]);
        if (!probabilities) continue;
        byPost.set(reading.postIndex, [...(byPost.get(reading.postIndex) ?? []), { brand: reading.brand, ...probabilities }]);
      }
      return predictions.map((prediction, postIndex) => {
        const brandSentiment = byPost.get(postIndex);
        return prediction && brandSentiment ? { ...prediction, brandSentiment } : prediction;
      });
    },
  };
}

/** Returns undefined for a clause that is unscored on its own. */
function fromScore(score: Prediction | undefined, contrast: 'same' | 'opposite' | undefined): Probabilities | undefined {
  if (!score || score.label === 'unscored') return undefined;
  const { label, negative, neutral, positive } = score;
  if (!contrast) return { label, negative, neutral, positive };
  const rest = 1 / (negative + positive + neutral * contrastNeutral);
  const [bad, good] = contrast === 'same' ? [negative, positive] : [positive, negative];
  const scaled = { negative: bad * rest, neutral: neutral * contrastNeutral * rest, positive: good * rest };
  return { ...scaled, label: likeliest(scaled) };
}

function likeliest(probabilities: Readonly<Record<Label, number>>): Label {
  return labels.reduce((best, label) => (probabilities[label] > probabilities[best] ? label : best));
}

/** Returns undefined where the post as a whole is neutral and the wording alone says too little. */
function fromRule(
  { label, needsFeeling }: { label: Label; needsFeeling: boolean },
  post: Prediction | undefined,
): Probabilities | undefined {
  if (needsFeeling && post?.label === 'neutral') return undefined;
  return { negative: restOfRule, neutral: restOfRule, positive: restOfRule, [label]: ruleAccuracy, label };
}
