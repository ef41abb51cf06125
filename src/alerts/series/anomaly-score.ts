import { minuteMs } from '../../lib/duration.ts';

/** One value of a series. */
export interface Sample {
  /** ms since 1970. */
  readonly time: number;
  readonly value: number;
}

/** In units, see `minUnitMs`. */
const spans = [1, 3, 12, 36];
const levelShares = [0.5, 0.95];

/** The unit of spans and periods: five minutes, or the step of the series if that is longer. */
const minUnitMs = 5 * minuteMs;
/** A sample within this many units of a more unusual one belongs to the same episode. */
const episodeUnits = 288;
const sameEpisodeFactor = Math.exp(-5);
/** The return period that scores one half, in units: nine hours if a unit is five minutes. */
const halfwayUnits = 108;

/**
 * Rates how unusual a volume is by its return period, as hydrologists rate a flood: the time since a similar level was
 * last reached. That needs no model of the values; the tails of brand mentions are too heavy for any z-score.
 *
 * The lookup is done for means over several spans, because surges differ in length, and for two levels: 95% of the level
 * finds records; 50% separates surges from daily peaks. The geometric mean of all these is the return period of the sample. Spans, levels and the halfway point were chosen on
 * public series of tweet counts (Apple, Coca-Cola and UPS in the Numenta Anomaly Benchmark).
 * @returns a function for the samples in chronological order: the score in [0, 1); near 0 is normal, near 1 is unprecedented
 */
export function createAnomalyScore(): (sample: Sample) => number {
  const trackStep = createStepTracker();
  const levels = spans.map((span) => ({ span, mean: createRollingMean(), history: createLevelHistory() }));
  const highest = createRollingMaximum();
  let start: number | undefined;

  return ({ time, value }) => {
    const unit = Math.max(minUnitMs, trackStep(time));
    start ??= time;
    let logPeriods = 0;
    for (const { span, mean, history } of levels) {
      const level = mean({ time, value }, span * unit);
      for (const share of levelShares) {
        // A level that was never reached counts from half a unit before the start, so that the first sample has a period too.
        const last = history.lastReached(share * level) ?? start - unit / 2;
        logPeriods += Math.log((time - last) / unit);
      }
      history.push({ time, value: level });
    }
    const period = logPeriods / (spans.length * levelShares.length);
    const startsEpisode = value > 0 && period > highest({ time, value: period }, episodeUnits * unit);
    const units = Math.exp(period) * (startsEpisode ? 1 : sameEpisodeFactor);
    return units / (units + halfwayUnits);
  };
}

/** Returns the shortest time between two samples so far (ms). */
function createStepTracker(): (time: number) => number {
  let previous: number | undefined;
  let step = Number.POSITIVE_INFINITY;
  return (time) => {
    if (previous !== undefined) step = Math.min(step, time - previous);
    previous = time;
    return step === Number.POSITIVE_INFINITY ? 0 : step;
  };
}

/** Remembers when each level was last reached. */
export interface LevelHistory {
  /** When a value of at least `level` was last seen (ms since 1970); undefined if never. */
  lastReached(level: number): number | undefined;
  push(sample: Sample): void;
}

/**
 * Only samples that no later one has exceeded can be returned, and their values decrease from oldest to newest: a monotonic
 * stack with binary search. A push takes constant time on average, a lookup logarithmic time.
 */
export function createLevelHistory(): LevelHistory {
  const stack: Sample[] = [];
  return {
    lastReached: (level) => {
      let low = 0;
      let high = stack.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((stack[middle]?.value ?? 0) >= level) low = middle + 1;
        else high = middle;
      }
      return stack[low - 1]?.time;
    },
    push: (sample) => {
      for (let last = stack.at(-1); last && last.value <= sample.value; last = stack.at(-1)) stack.pop();
      stack.push(sample);
    },
  };
}

/** Returns the mean of the samples of the last `spanMs` milliseconds, including the current one. */
function createRollingMean(): (sample: Sample, spanMs: number) => number {
  const recent: Sample[] = [];
  let first = 0;
  let sum = 0;
  return (sample, spanMs) => {
    recent.push(sample);
    sum += sample.value;
    for (let oldest = recent[first]; oldest && oldest.time <= sample.time - spanMs; oldest = recent[first]) {
      sum -= oldest.value;
      first += 1;
    }
    // Removing the first element of an array moves all others, so that is done in batches.
    if (first > 1_000) {
      recent.splice(0, first);
      first = 0;
    }
    return sum / (recent.length - first);
  };
}

/** Returns the highest value of the last `spanMs` milliseconds before the current sample; −∞ if there is none. */
function createRollingMaximum(): (sample: Sample, spanMs: number) => number {
  const stack: Sample[] = [];
  return (sample, spanMs) => {
    while (stack[0] && stack[0].time < sample.time - spanMs) stack.shift();
    const highest = stack[0]?.value ?? Number.NEGATIVE_INFINITY;
    for (let last = stack.at(-1); last && last.value <= sample.value; last = stack.at(-1)) stack.pop();
    stack.push(sample);
    return highest;
  };
}
