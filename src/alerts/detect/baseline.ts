import { type Season, seasons } from '../../domain/alert.ts';
import { emptyCounts, type LabelCounts, scoredOf, sumOf, volumeOf } from '../../domain/sentiment-counts.ts';
import { median } from './median.ts';
import { quarterMs, type ReferenceWindows } from './reference-windows.ts';

/** How often something comes, and how much that changes beyond what chance explains. */
export interface RateBaseline {
  /** Posts a minute. */
  readonly perMinute: number;
  /** Square of the coefficient of variation that is not chance's: of the past itself, and of knowing it from a few samples. */
  readonly overdispersion: number;
}

/** The mean of the polarities (−1, 0, 1) of single posts. */
export interface SentimentBaseline {
  readonly net: number;
  /** Variance of one post's polarity. */
  readonly variance: number;
  /** Variance of the mean of a stretch that is not chance's: moods betweenWindowVariance. */
  readonly betweenWindowVariance: number;
  /** Scored posts that it comes from. */
  readonly posts: number;
}

/** What is to be expected of a brand at a time. */
export interface Baseline {
  readonly season: Season;
  readonly windows: number;
  readonly from: number;
  readonly to: number;
  readonly volume: RateBaseline;
  readonly negative: RateBaseline;
  readonly mood: SentimentBaseline;
}

/** So many past weeks, days or (of the last day) quarter-hours a season needs. */
const fewest: Readonly<Record<Season, number>> = { week: 4, day: 7, recent: 8 };
const quarterMinutes = quarterMs / 60_000;
/** Makes the median absolute deviation of normal values their standard deviation. */
const madToDeviation = 1.4826;
/** No feed keeps its level closer than this: 10 %. */
const leastExcess = 0.01;

/**
 * What the past says of a time: the best season that there is enough of; undefined while there is too little of any.
 * @param isKnown whether anything arrived in a quarter-hour: where nothing did, nobody knows what would have
 * @param countsOf what arrived of the brand
 */
export function baselineOf(
  past: ReferenceWindows,
  isKnown: (quarter: number) => boolean,
  countsOf: (quarter: number) => LabelCounts | undefined,
): Baseline | undefined {
  for (const season of seasons) {
    const groups = past[season].map((group) => group.filter(isKnown));
    const windows = groups.flat();
    const enough = season === 'recent' ? windows.length : groups.filter((group) => group.length >= 3).length;
    if (enough < fewest[season]) continue;
    const samples = windows.map((quarter) => countsOf(quarter) ?? emptyCounts);
    const rhythm = season === 'recent' ? unseenRhythm(windows.length) : 0;
    return {
      season,
      windows: windows.length,
      from: Math.min(...windows),
      to: Math.max(...windows) + quarterMs,
      volume: rateOf(samples.map(volumeOf), rhythm),
      negative: rateOf(
        samples.map(({ negative }) => negative),
        rhythm,
      ),
      mood: moodOf(samples),
    };
  }
  return undefined;
}

/** Over a day the volume of a feed has about this squared coefficient of variation: nights are quiet, evenings are not. */
const dailyRhythm = 0.25;
const quartersADay = 96;

/** How much of that the quarter-hours of less than a day cannot show yet: the first night of a feed is no incident. */
const unseenRhythm = (windows: number): number => dailyRhythm * Math.max(0, 1 - windows / quartersADay);

/** Median and median absolute deviation, less the spread that counts have by chance (Poisson). `more` is spread that they do not show. */
function rateOf(values: readonly number[], more: number): RateBaseline {
  const level = centreOf(values);
  const deviation = madToDeviation * (median(values.map((value) => Math.abs(value - level))) ?? 0);
  const mean = Math.max(level, 1 / values.length);
  const own = Math.max(leastExcess, (deviation ** 2 - level) / mean ** 2);
  // The variance of a median is π/2 that of a mean.
  const known = ((Math.PI / 2) * (own + 1 / Math.max(1, mean))) / values.length;
  return { perMinute: level / quarterMinutes, overdispersion: own + known + more };
}

/** The median; of small counts, whose median jumps, the mean of the middle four fifths. */
function centreOf(values: readonly number[]): number {
  const middle = median(values) ?? 0;
  if (middle >= 5) return middle;
  const cut = Math.floor(values.length / 10);
  const kept = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / Math.max(1, kept.length);
}

/** A quarter-hour of fewer scored posts tells nothing of how moods vary. */
const fewestScored = 8;
/** Quarter-hours further off than this are incidents of their own. */
const outlying = 3;
/** No mood is steadier than this: one point of net sentiment. */
const leastWander = 0.01 ** 2;

/** The pooled polarity of quarter-hours, without those that stand out, and how much their means vary beyond chance. */
function moodOf(samples: readonly LabelCounts[]): SentimentBaseline {
  const first = pool(samples);
  const telling = samples.filter((sample) => scoredOf(sample) >= fewestScored);
  const middle = median(telling.map(netOf)) ?? first.net;
  const spread = madToDeviation * (median(telling.map((sample) => Math.abs(netOf(sample) - middle))) ?? 0);
  const byChance = median(telling.map((sample) => first.variance / scoredOf(sample))) ?? 0;
  const betweenWindowVariance = Math.max(leastWander, spread ** 2 - byChance);
  const isUsual = (sample: LabelCounts): boolean => {
    const deviation = Math.sqrt(first.variance / Math.max(1, scoredOf(sample)) + betweenWindowVariance);
    return scoredOf(sample) < fewestScored || Math.abs(netOf(sample) - middle) <= outlying * deviation;
  };
  return { ...pool(samples.filter(isUsual)), betweenWindowVariance };
}

const netOf = ({ positive, negative, ...rest }: LabelCounts): number =>
  (positive - negative) / Math.max(1, scoredOf({ positive, negative, ...rest }));

function pool(samples: readonly LabelCounts[]): Omit<SentimentBaseline, 'betweenWindowVariance'> {
  const sum = sumOf(samples);
  return { net: netOf(sum), variance: polarityVariance(sum), posts: scoredOf(sum) };
}

/** Of one post's polarity; a post of each label is added, so that it is never zero. */
function polarityVariance(counts: LabelCounts): number {
  const posts = scoredOf(counts) + 3;
  return (counts.positive + counts.negative + 2) / posts - ((counts.positive - counts.negative) / posts) ** 2;
}
