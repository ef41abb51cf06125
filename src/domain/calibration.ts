/** Calibration of net sentiment: how the counted value of a brand relates to the true one. All values in points, −100 to 100. */

/** What a model is known to get wrong about net sentiment, measured on labeled posts that it was not trained on. */
export interface NetSentimentError {
  /** Change of the true net sentiment per change of the counted one. */
  readonly slope: number;
  /** Standard deviation of the slope between feeds. */
  readonly slopeError: number;
  /** Standard deviation, between feeds, of the difference between counted and true net sentiment, in points. */
  readonly levelError: number;
}

/**
 * - `labels`: posts of the brand, drawn at random and labeled by people
 * - `feed-labels`: such posts of all brands together
 * - `history`: none; only changes from the brand's usual counted value are corrected
 */
export const calibrationBases = ['labels', 'feed-labels', 'history'] as const;
export type CalibrationBasis = (typeof calibrationBases)[number];

/** Half-open, ISO 8601 in UTC. */
export interface CalibrationWindow {
  readonly from: string;
  readonly to: string;
}

/** The line from counted to calibrated net sentiment: level + slope · (counted − countedLevel). */
export interface Calibration {
  readonly basis: CalibrationBasis;
  /** The model whose labels are counted, `name@version`. */
  readonly modelVersion: string;
  /** Labeled posts; 0 for `history`. */
  readonly labels: number;
  /** The posts that `countedLevel` counts; null if the labeled posts were not stored ones. */
  readonly window: CalibrationWindow | null;
  readonly level: number;
  readonly countedLevel: number;
  readonly slope: number;
  /** Standard error of `level`; null if unknown, because the model's error has not been measured. */
  readonly levelError: number | null;
  readonly slopeError: number;
}

/** What labels have brought so far. Margins are halves of 95% intervals, in points. */
export interface CalibrationProgress {
  /** Labeled posts of the window. */
  readonly labels: number;
  /** Posts of the window that the model scored. */
  readonly posts: number;
  /** Counted net sentiment of the window; null without posts. */
  readonly counted: number | null;
  /** Estimated net sentiment of the window; null with too few labels. */
  readonly level: number | null;
  readonly margin: number | null;
  /** The margin without labels; null if the error of the model is unknown. */
  readonly usualMargin: number | null;
  /** How many more labels bring the margin to `targetMargin`. */
  readonly labelsNeeded: number | null;
}

export const targetMargin = 3;

/** What calibrated net sentiment rests on, for people: the end of "Net sentiment is …". */
export function describeBasis({ basis, labels }: Pick<Calibration, 'basis' | 'labels'>): string {
  const posts = `${labels.toLocaleString('en-US')} labeled posts`;
  if (basis === 'labels') return `calibrated on ${posts} of this feed`;
  return basis === 'feed-labels' ? `calibrated on ${posts} of all brands` : 'not calibrated on this feed';
}
