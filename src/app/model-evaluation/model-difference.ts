import { type Difference, type Discordant, macroRecallDifference, mcnemar } from '../../analytics/models/significance.ts';
import type { Label, Prediction, StoredLabel } from '../../domain/post.ts';
import type { Labelled } from './labelled-posts.ts';
import type { Measured, ModelReport } from './measure-model.ts';

/** A post that two models label differently. */
export interface Split {
  /** Where it stands in the file, counted from 1. */
  readonly line: number;
  readonly truth: Label;
  readonly a: Judged;
  readonly b: Judged;
  readonly text: string;
}

interface Judged {
  readonly label: StoredLabel;
  readonly confidence: number;
}

export interface ModelDifference {
  readonly a: ModelReport;
  readonly b: ModelReport;
  /** Fractions; B less A. */
  readonly accuracy: Discordant & { readonly difference: number; readonly exact: number; readonly midP: number };
  readonly macroRecall: Difference;
  readonly disagreements: { readonly posts: number; readonly shown: readonly Split[] };
}

/** Two models on the same posts: both reports, paired tests, and `show` of the posts that they label differently, furthest apart first. */
export function compareMeasured({ texts, truth, lines }: Labelled, a: Measured, b: Measured, show: number): ModelDifference {
  const posts = truth.map((label, index) => {
    // Measured on these very posts, so each has a prediction of both.
    const [first, second] = [a.predictions[index] as Prediction, b.predictions[index] as Prediction];
    return { index, truth: label, first, second, rightA: first.label === label, rightB: second.label === label };
  });
  const discordant = {
    onlyA: posts.filter(({ rightA, rightB }) => rightA && !rightB).length,
    onlyB: posts.filter(({ rightA, rightB }) => rightB && !rightA).length,
  };
  const split = posts
    .filter(({ first, second }) => first.label !== second.label)
    .sort((one, other) => distance(other.first, other.second) - distance(one.first, one.second));
  const shown = split.slice(0, show).map(({ index, truth: label, first, second }) => ({
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
    disagreements: { posts: split.length, shown },
  };
}

/** Total variation between two predictions: 0 when they are the same, 1 when each excludes what the other is sure of. */
function distance(one: Prediction, other: Prediction): number {
  const gaps = (['negative', 'neutral', 'positive'] as const).map((label) => Math.abs(one[label] - other[label]));
  return gaps.reduce((sum, gap) => sum + gap, 0) / 2;
}
