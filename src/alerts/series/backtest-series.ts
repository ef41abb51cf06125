import { createAnomalyScore } from './anomaly-score.ts';
import type { Sample } from './sample.ts';
import { createSeasonalBaseline } from './seasonal-baseline.ts';

/** What an alert rule would have said of a sample when it came. */
export interface Judged extends Sample {
  /** The seasonal baseline; null for the first sample. */
  readonly expected: number | null;
  /** How unusual it is, in [0, 1). */
  readonly score: number;
  /** Whether an alert begins here. */
  readonly alert: boolean;
}

export interface BacktestOptions {
  /** Score from which on an alert begins. */
  readonly alertFrom?: number;
  /** IANA; of the baseline's hours. */
  readonly timeZone?: string;
}

/** So long after the last unusual sample, the next one begins another alert (ms). */
const keepFiringMs = 3_600_000;

/** Judges a series of volumes, ordered by time. What is said of a sample depends on those before it alone. */
export function* backtest(samples: Iterable<Sample>, { alertFrom = 0.5, timeZone = 'UTC' }: BacktestOptions = {}): Generator<Judged> {
  const baseline = createSeasonalBaseline(timeZone);
  const unusualness = createAnomalyScore();
  let lastUnusual = Number.NEGATIVE_INFINITY;
  for (const { time, value } of samples) {
    const expected = baseline.expected(time);
    const score = unusualness({ time, value });
    const isUnusual = score >= alertFrom;
    const alert = isUnusual && time - lastUnusual >= keepFiringMs;
    if (isUnusual) lastUnusual = time;
    baseline.push({ time, value });
    yield { time, value, expected, score, alert };
  }
}
