import type { Sample } from './sample.ts';

/** The mean of the samples of the last `span` milliseconds up to each sample, itself among them. */
export function createTrailingMean(): (sample: Sample, span: number) => number {
  const recent: Sample[] = [];
  let first = 0;
  let sum = 0;
  return (sample, span) => {
    recent.push(sample);
    sum += sample.value;
    for (let oldest = recent[first]; oldest && oldest.time <= sample.time - span; oldest = recent[first]) {
      sum -= oldest.value;
      first += 1;
    }
    // Dropped by the thousand: taking the first of an array away moves all others.
    if (first > 1_000) {
      recent.splice(0, first);
      first = 0;
    }
    return sum / (recent.length - first);
  };
}

/** The highest of the values of the last `span` milliseconds before each sample; −∞ where there was none. */
export function createTrailingMaximum(): (sample: Sample, span: number) => number {
  const untopped: Sample[] = [];
  return (sample, span) => {
    while (untopped[0] && untopped[0].time < sample.time - span) untopped.shift();
    const highest = untopped[0]?.value ?? Number.NEGATIVE_INFINITY;
    for (let last = untopped.at(-1); last && last.value <= sample.value; last = untopped.at(-1)) untopped.pop();
    untopped.push(sample);
    return highest;
  };
}
