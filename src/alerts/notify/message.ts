import { type AlertContext, type AlertTransition, alertMetricNames, type Evaluation, type ExamplePost } from '../../domain/alert.ts';
import { hourMs, minuteMs } from '../../lib/duration.ts';
import { emptyContext, explainAlert, formatCount, formatValue } from './explain.ts';

/** A channel-independent notification about a transition of an alert. */
export interface Message {
  readonly transition: AlertTransition;
  readonly title: string;
  /** What happened, in a sentence. */
  readonly why: string;
  /** Names and values, in display order. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly context: AlertContext;
  /** URL of the web UI, with the brand and the evaluated window selected. */
  readonly link: string;
  /** Whether it only tests a channel. */
  readonly isTest?: boolean;
}

/** The messages of one interval, sent as one. */
export interface Digest {
  /** Stable per interval; the idempotency key is derived from it. */
  readonly id: string;
  readonly title: string;
  /** In chronological order. */
  readonly messages: readonly Message[];
  readonly link: string;
}

const maxExampleLength = 280;
const maxAuthorLength = 80;

/** @param baseUrl URL of the web UI */
export function createMessage(transition: AlertTransition, context: AlertContext, baseUrl: string): Message {
  return {
    transition,
    title: formatTitle(transition),
    why: explainAlert({ ...transition, previous: previousValue(transition) }, context),
    facts: listFacts(transition),
    context: { ...context, examples: context.examples.map(toPlainExample) },
    link: linkTo(baseUrl, transition),
  };
}

/** Of an alert that got worse: the observed value when it was last reported. */
function previousValue({ kind, state }: AlertTransition): number | undefined {
  return kind === 'escalated' ? state.episode?.alert?.reports.at(-2)?.observed : undefined;
}

/** @param id stable per interval */
export function createDigest(id: string, messages: readonly Message[], baseUrl: string): Digest {
  const count = (kind: AlertTransition['kind']): number => messages.filter(({ transition }) => transition.kind === kind).length;
  const started = count('alert');
  const parts = [
    `${started} alert${started === 1 ? '' : 's'} started`,
    ...(count('escalated') > 0 ? [`${count('escalated')} escalated`] : []),
    ...(count('reopened') > 0 ? [`${count('reopened')} began again`] : []),
    `${count('resolved')} resolved`,
  ];
  const title = parts.join(', ');
  return { id, title, messages, link: new URL(baseUrl).href };
}

/** A message that tests a channel and reports nothing. */
export function testMessage(id: string, now: number, baseUrl: string): Message {
  const emptyMeasurement = { metric: 'volume', direction: 'up', observed: 0, expected: 0, low: 0, high: 0, z: 0, posts: 0 } as const;
  const transition: AlertTransition = {
    ...{ id, alert: id, kind: 'alert', rule: 'test', brand: '*', severity: 'warning', at: now, channels: [] },
    evaluation: { ...emptyMeasurement, from: now - 15 * minuteMs, to: now, baseline: null },
    state: { status: 'alert', since: now },
  };
  return {
    transition,
    title: 'Test message: feedpulse alerts will arrive here',
    why: 'It was sent to check the channel; nothing has happened.',
    facts: [['Sent', formatTime(now)]],
    context: emptyContext,
    link: linkTo(baseUrl, transition),
    isTest: true,
  };
}

/** The whole message as plain text. */
export function formatText({ title, why, facts, context, link }: Message): string {
  const lines = facts.map(([name, value]) => `${name}: ${value}`);
  const drivers = context.drivers.length > 0 ? [`Drivers: ${context.drivers.join(', ')}`] : [];
  const examples = context.examples.map((example) => `${formatExample(example)}${example.url ? ` ${example.url}` : ''}`);
  return [title, why, ...lines, ...drivers, ...examples, link].join('\n');
}

/** A sample post with its author and the number of posts with its text. */
export function formatExample({ platform, text, author, posts, isOfficial }: ExamplePost): string {
  const by = [
    ...(author ? [author] : []),
    ...(isOfficial ? ["the brand's own account"] : []),
    platform,
    ...(posts > 1 ? [`${formatCount(posts)} posts with this text`] : []),
  ];
  return `“${text}” (${by.join(', ')})`;
}

function formatTitle({ kind, brand, evaluation }: AlertTransition): string {
  const subject = brand === '*' ? 'All posts' : brand;
  const { metric, direction, observed, expected } = evaluation;
  if (metric === 'noData') return kind !== 'resolved' ? `No posts since ${formatTime(evaluation.from)}` : 'Posts are arriving again';
  if (kind === 'resolved') return `${subject}: ${alertMetricNames[metric]} back to normal`;
  const adverb = { alert: '', escalated: ' further', reopened: ' again' }[kind];
  const change = `${alertMetricNames[metric]} ${direction === 'up' ? 'rose' : 'fell'}${adverb} to`;
  const unit = metric === 'netSentiment' ? '' : ' posts';
  return `${subject}: ${change} ${formatValue(metric, observed)}${unit} (expected ${formatValue(metric, expected)})`;
}

function listFacts(transition: AlertTransition): [string, string][] {
  const { rule, evaluation } = transition;
  const previous = previousValue(transition);
  const { metric, observed, expected, low, high, posts, from, to, baseline } = evaluation;
  if (metric === 'noData') return [['Last post', formatTime(from)]];
  const value = (number: number): string => formatValue(metric, number);
  return [
    ['Observed', value(observed)],
    ...(previous === undefined ? [] : [['Last reported', value(previous)] as [string, string]]),
    ['Expected', `${value(expected)} (95% interval: ${value(low)} to ${value(high)})`],
    ['Posts', formatCount(posts)],
    ['Window', `${formatTime(from)} to ${formatTime(to)} (${Math.round((to - from) / minuteMs)} min)`],
    ...(baseline ? [['Baseline', describeBaseline(baseline)] as [string, string]] : []),
    ['Rule', rule],
  ];
}

function describeBaseline({ season, from, to }: NonNullable<Evaluation['baseline']>): string {
  const name = { week: 'time of day and weekday', day: 'time of day', recent: 'all hours so far' }[season];
  return `${name} (${formatTime(from)} to ${formatTime(to)})`;
}

const formatTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** The linked chart starts this long before the window and ends this long after it. */
const linkLeadMs = 3 * hourMs;
const linkTailMs = 30 * minuteMs;

function linkTo(baseUrl: string, { brand, evaluation }: AlertTransition): string {
  const url = new URL(baseUrl);
  if (brand !== '*') url.searchParams.set('brand', brand);
  const toIsoSeconds = (ms: number): string => new Date(ms).toISOString().slice(0, 19).concat('Z');
  url.searchParams.set('from', toIsoSeconds(evaluation.from - linkLeadMs));
  url.searchParams.set('to', toIsoSeconds(evaluation.to + linkTailMs));
  return url.href;
}

/** A sample post in one line of limited length. */
export const toPlainExample = ({ text, author, ...example }: ExamplePost): ExamplePost => ({
  ...example,
  text: toPlainLine(text, maxExampleLength),
  ...(author && { author: toPlainLine(author, maxAuthorLength) }),
});

/** Removes line breaks and control characters, and shortens the text. */
function toPlainLine(text: string, maxLength: number): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const characters = [...plain];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : plain;
}
