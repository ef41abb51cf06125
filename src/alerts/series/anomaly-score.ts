import { createLevelHistory } from './level-history.ts';
import { createTrailingMaximum, createTrailingMean } from './rolling.ts';
import type { Sample } from './sample.ts';

/**
 * How unusual a volume is, as hydrologists rate a flood: by its return period, the time since the like was last
 * seen. That needs no model of the values, which for mentions of a brand have tails that no z-score fits: what
 * happens every few hours is no news, however far from the mean.
 *
 * The time is looked up for means over several spans, since a surge may be a spike or a long swell; and both for
 * nearly the same level, which tells a record, and for half of it, which tells a surge from a busy evening's noise.
 * The geometric mean of all these is the return period of the sample. Spans, shares and the halfway point were
 * chosen on public series of tweet counts (Apple, Coca-Cola and UPS in the Numenta Anomaly Benchmark).
 */
const spans = [1, 3, 12, 36];
const shares = [0.5, 0.95];

/** Five minutes, or the step of the series where that is longer: spans and periods are counted in it. */
const shortestUnitMs = 5 * 60_000;
/** Within so many units of something at least as unusual, a sample belongs to that. */
const episode = 288;
const withinEpisode = Math.exp(-5);
/** The return period that scores one half, in units: nine hours where a unit is five minutes. */
const halfway = 108;

/** Rates the samples of a series in order: 0 is usual, 1 never seen the like. @returns in [0, 1) */
export function createAnomalyScore(): (sample: Sample) => number {
  const stepOf = createStep();
  const levels = spans.map((span) => ({ span, mean: createTrailingMean(), history: createLevelHistory() }));
  const highest = createTrailingMaximum();
  let start: number | undefined;

  return ({ time, value }) => {
    const unit = Math.max(shortestUnitMs, stepOf(time));
    start ??= time;
    let logs = 0;
    for (const { span, mean, history } of levels) {
      const level = mean({ time, value }, span * unit);
      for (const share of shares) {
        // Before the start nothing is known: the time since then, and half a unit, so that the first has one too.
        const last = history.lastReached(share * level) ?? start - unit / 2;
        logs += Math.log((time - last) / unit);
      }
      history.push({ time, value: level });
    }
    const period = logs / (spans.length * shares.length);
    const isNews = value > 0 && period > highest({ time, value: period }, episode * unit);
    const units = Math.exp(period) * (isNews ? 1 : withinEpisode);
    return units / (units + halfway);
  };
}

/** The shortest time between two samples so far (ms). */
function createStep(): (time: number) => number {
  let previous: number | undefined;
  let step = Number.POSITIVE_INFINITY;
  return (time) => {
    if (previous !== undefined) step = Math.min(step, time - previous);
    previous = time;
    return step === Number.POSITIVE_INFINITY ? 0 : step;
  };
}
