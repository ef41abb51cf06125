import { createAnomalyScore, type Sample } from './anomaly-score.ts';
import { createSeasonalBaseline } from './seasonal-baseline.ts';

/** A sample with what a live run would have reported for it. */
export interface SeriesEvaluation extends Sample {
  /** The seasonal baseline; null for the first sample. */
  readonly expected: number | null;
  /** Anomaly score in [0, 1). */
  readonly score: number;
  /** Whether an alert starts here. */
  readonly alert: boolean;
}

export interface SeriesBacktestOptions {
  /** Score at which an alert starts. */
  readonly threshold?: number;
  /** IANA time zone of the baseline's hours. */
  readonly timeZone?: string;
}

/** An anomaly this long after the previous one starts another alert (ms). */
const keepFiringMs = 3_600_000;

/** Evaluates a series of volumes in chronological order. The result for a sample depends only on the samples before it. */
export function* backtestSeries(
  samples: Iterable<Sample>,
  { threshold = 0.5, timeZone = 'UTC' }: SeriesBacktestOptions = {},
): Generator<SeriesEvaluation> {
  const baseline = createSeasonalBaseline(timeZone);
  const scoreSample = createAnomalyScore();
  let lastAnomaly = Number.NEGATIVE_INFINITY;
  for (const { time, value } of samples) {
    const expected = baseline.expected(time);
    const score = scoreSample({ time, value });
    const isAnomalous = score >= threshold;
    const alert = isAnomalous && time - lastAnomaly >= keepFiringMs;
    if (isAnomalous) lastAnomaly = time;
    baseline.push({ time, value });
    yield { time, value, expected, score, alert };
  }
}
