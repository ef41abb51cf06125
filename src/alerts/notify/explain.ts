import { type AlertContext, type AlertMetric, type AlertTransition, alertMetricNames, type Evaluation } from '../../domain/alert.ts';
import { minuteMs } from '../../lib/duration.ts';
import { utcOffsetMs } from '../../lib/time-zone.ts';

/** The context of an alert about which nothing more is known. */
export const emptyContext: AlertContext = { timeZone: 'UTC', notes: [], drivers: [], examples: [] };

/** Fraction of the posts with one text, or by the brand itself, that is worth a word. */
const notableShare = 0.1;

const adverbs = { alert: '', escalated: 'now ', reopened: 'again ' } as const;

/** A report about an alert; of one that got worse, with the observed value when it was last reported. */
type Explained = Pick<AlertTransition, 'kind' | 'evaluation'> & { readonly previous?: number | undefined };

/**
 * One sentence about what happened, in posts or points: "Volume is 4 times the usual for a Tuesday evening: 412 posts in
 * 15 minutes against 90 to 130, 290 of them one text." Further sentences about the calendar follow it.
 */
export function explainAlert({ kind, evaluation, previous }: Explained, context: AlertContext): string {
  const { metric, from, to } = evaluation;
  if (metric === 'noData')
    return kind === 'resolved' ? 'Posts are arriving again.' : `No post of any brand has arrived for ${formatMinutes(to - from)}.`;
  const name = capitalize(alertMetricNames[metric]);
  const since = previous === undefined ? '' : `, ${previous < evaluation.observed ? 'up' : 'down'} from ${formatValue(metric, previous)}`;
  const claim =
    kind === 'resolved'
      ? `${name} is back to normal`
      : `${name} is ${adverbs[kind]}${compare(evaluation)} ${describeUsual(evaluation, context)}${since}`;
  const sentence = `${claim}: ${describeValue(evaluation)}${kind === 'resolved' ? '' : describeParts(evaluation, context)}.`;
  return [sentence, ...context.notes].join(' ');
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function compare({ metric, direction, observed, expected }: Evaluation): string {
  if (metric === 'netSentiment') return `${formatCount(Math.abs(observed - expected))} points ${direction === 'up' ? 'above' : 'below'}`;
  // Fewer than one post at most times: a factor says nothing.
  if (expected < 0.5) return 'far above';
  const ratio = observed / expected;
  if (ratio >= 1.95) return `${Number(ratio.toPrecision(2))} times`;
  return `${formatCount(Math.abs(ratio - 1) * 100)}% ${direction === 'up' ? 'above' : 'below'}`;
}

/** What it is compared with, at the end of the window in the brand's time zone. */
function describeUsual({ baseline, to }: Evaluation, { timeZone }: AlertContext): string {
  if (baseline?.season === 'day') return 'the usual for this time of day';
  if (baseline?.season === 'recent') return 'the usual so far';
  const local = new Date(to - minuteMs + utcOffsetMs(to - minuteMs, timeZone));
  return `the usual for a ${weekdays[local.getUTCDay()]} ${partOfDay(local.getUTCHours())}`;
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

function partOfDay(hour: number): string {
  if (hour < 5 || hour >= 22) return 'night';
  return hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening';
}

function describeValue({ metric, observed, low, high, posts, from, to }: Evaluation): string {
  const length = formatMinutes(to - from);
  if (metric === 'netSentiment')
    return `${formatPoints(observed)} over ${plural(posts, 'post')} in ${length} against ${formatPoints(low)} to ${formatPoints(high)}`;
  const unit = { volume: 'post', organicVolume: 'different text', negativeVolume: 'negative post', noData: 'post' }[metric];
  return `${plural(observed, unit)} in ${length} against ${formatCount(low)} to ${formatCount(high)}`;
}

/** How many of the posts have one text, and how many the brand wrote itself. */
function describeParts({ metric, posts }: Evaluation, { composition }: AlertContext): string {
  if (!composition || metric === 'organicVolume') return '';
  const isNotable = (count: number): boolean => count > 2 && count >= notableShare * Math.max(composition.posts, posts);
  const atMost = (count: number): string => formatCount(Math.min(count, posts));
  const official = isNotable(composition.official) ? `, ${atMost(composition.official)} by the brand itself` : '';
  return `${isNotable(composition.sameText) ? `, ${atMost(composition.sameText)} of them one text` : ''}${official}`;
}

const plural = (count: number, unit: string): string => `${formatCount(count)} ${unit}${Math.round(count) === 1 ? '' : 's'}`;

/** An observed or expected value of a metric. */
export const formatValue = (metric: AlertMetric, value: number): string =>
  metric === 'netSentiment' ? formatPoints(value) : formatCount(value);

/** With thousands separators. */
export const formatCount = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Points of net sentiment, with their sign. */
const formatPoints = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(0).replace('-', '−')}`;

function formatMinutes(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  return minutes % 60 === 0 ? plural(minutes / 60, 'hour') : plural(minutes, 'minute');
}
