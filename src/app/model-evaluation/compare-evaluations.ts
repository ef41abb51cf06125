import { type Difference, type DiscordantCounts, macroRecallDifference, mcnemar } from '../../analytics/models/significance.ts';
import type { Label, Prediction, StoredLabel } from '../../domain/post.ts';
import type { ModelEvaluation, ModelReport } from './evaluate-model.ts';
import type { LabeledPosts } from './labeled-posts.ts';

/** A post with different labels by two models. */
export interface Disagreement {
  /** Line number, from 1. */
  readonly line: number;
  readonly truth: Label;
  readonly a: LabelWithConfidence;
  readonly b: LabelWithConfidence;
  readonly text: string;
}

interface LabelWithConfidence {
  readonly label: StoredLabel;
  readonly confidence: number;
}

export interface EvaluationComparison {
  readonly a: ModelReport;
  readonly b: ModelReport;
  /** Fractions; B − A. */
  readonly accuracy: DiscordantCounts & { readonly difference: number; readonly exact: number; readonly midP: number };
  readonly macroRecall: Difference;
  readonly disagreements: { readonly posts: number; readonly examples: readonly Disagreement[] };
}

/** Compares two models on the same posts: reports, paired tests, and up to `maxExamples` posts with different labels, largest difference first. */
export function compareEvaluations(
  { texts, truth, lines }: LabeledPosts,
  a: ModelEvaluation,
  b: ModelEvaluation,
  maxExamples: number,
): EvaluationComparison {
  const posts = truth.map((label, index) => {
    // Both models were evaluated on these posts, so each post has two predictions.
    const [first, second] = [a.predictions[index] as Prediction, b.predictions[index] as Prediction];
    return { index, truth: label, first, second, isCorrectA: first.label === label, isCorrectB: second.label === label };
  });
  const discordant = {
    onlyA: posts.filter(({ isCorrectA, isCorrectB }) => isCorrectA && !isCorrectB).length,
    onlyB: posts.filter(({ isCorrectA, isCorrectB }) => isCorrectB && !isCorrectA).length,
  };
  const split = posts
    .filter(({ first, second }) => first.label !== second.label)
    .sort((a, b) => distance(b.first, b.second) - distance(a.first, a.second));
  const examples = split.slice(0, maxExamples).map(({ index, truth: label, first, second }) => ({
    line: lines[index] ?? 0,
    truth: label,
    a: { label: first.label, confidence: first.confidence },
    b: { label: second.label, confidence: second.confidence },
    text: texts[index] ?? '',
  }));
  return {
    a: a.report,
    b: b.report,
    accuracy: { difference: b.report.accuracy - a.report.accuracy, ...discordant, ...mcnemar(discordant) },
    macroRecall: macroRecallDifference(posts),
    disagreements: { posts: split.length, examples },
  };
}

/** Total variation distance of two predictions: 0 if equal, 1 if they have no label in common. */
function distance(a: Prediction, b: Prediction): number {
  const gaps = (['negative', 'neutral', 'positive'] as const).map((label) => Math.abs(a[label] - b[label]));
  return gaps.reduce((sum, gap) => sum + gap, 0) / 2;
}
