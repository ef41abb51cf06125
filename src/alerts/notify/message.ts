import type { AlertTransition, Evaluation } from '../../domain/alert.ts';

/** A post that shows what an alert is about. Its text is a stranger's: never markup. */
export interface ExamplePost {
  readonly platform: string;
  readonly text: string;
  readonly url?: string;
}

/** What lies behind an alert. */
export interface AlertContext {
  /** Terms that set the posts apart. */
  readonly drivers: readonly string[];
  readonly examples: readonly ExamplePost[];
}

/** A change in words, for whichever channel. */
export interface Message {
  readonly change: AlertTransition;
  readonly title: string;
  /** Facts by name, in the order in which they are told. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly context: AlertContext;
  /** The page, at this brand and the window that was judged. */
  readonly link: string;
  /** Whether it only tries a channel. */
  readonly isTest?: boolean;
}

/** Messages of a stretch of time that go out as one. */
export interface Digest {
  /** The same for the same stretch. */
  readonly id: string;
  readonly title: string;
  /** In order of time. */
  readonly messages: readonly Message[];
  readonly link: string;
}

const minuteMs = 60_000;
const longestExample = 280;

export function messageOf(change: AlertTransition, reasons: AlertContext, page: string): Message {
  const examples = reasons.examples.map((example) => ({ ...example, text: shorten(example.text) }));
  return { change, title: titleOf(change), facts: factsOf(change), context: { ...reasons, examples }, link: linkTo(page, change) };
}

/** Messages of a stretch as one. @param id of the stretch */
export function digestOf(id: string, messages: readonly Message[], page: string): Digest {
  const count = (kind: AlertTransition['kind']): number => messages.filter(({ change }) => change.kind === kind).length;
  const title = `${plural(count('alert'), 'alert')} began, ${count('resolved')} ended`;
  return { id, title, messages, link: new URL(page).href };
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** A message that tries a channel. It tells of nothing. */
export function testMessage(id: string, now: number, page: string): Message {
  const from = now - 15 * minuteMs;
  const figures = {
    metric: 'volume',
    direction: 'up',
    observed: 0,
    expected: 0,
    low: 0,
    high: 0,
    z: 0,
    posts: 0,
    from,
    to: now,
    baseline: null,
  } as const;
  const change: AlertTransition = {
    ...{ id, alert: id, kind: 'alert', rule: 'test', brand: '*', severity: 'warning', at: now, channels: [] },
    evaluation: figures,
    state: { status: 'alert', since: now },
  };
  const title = 'This is a test: alerts of feedpulse arrive here';
  return { change, title, facts: [['Sent', clock(now)]], context: { drivers: [], examples: [] }, link: linkTo(page, change), isTest: true };
}

/** The whole message as plain text. */
export function textOf({ title, facts, context, link }: Message): string {
  const lines = facts.map(([name, value]) => `${name}: ${value}`);
  const drivers = context.drivers.length > 0 ? [`Drivers: ${context.drivers.join(', ')}`] : [];
  const examples = context.examples.map(({ platform, text, url }) => `“${text}” (${platform}${url ? `, ${url}` : ''})`);
  return [title, ...lines, ...drivers, ...examples, link].join('\n');
}

function titleOf({ kind, brand, evaluation }: AlertTransition): string {
  const who = brand === '*' ? 'All posts' : brand;
  const { metric, direction, observed, expected } = evaluation;
  if (metric === 'noData') return kind === 'alert' ? `The feed is silent: no post since ${clock(evaluation.from)}` : 'The feed is back';
  if (kind === 'resolved') return `${who}: ${names[metric]} is usual again`;
  if (metric === 'netSentiment')
    return `${who}: net sentiment ${direction === 'up' ? 'rose' : 'fell'} to ${points(observed)}, ${points(expected)} expected`;
  return `${who}: ${names[metric]} ${direction === 'up' ? 'is up' : 'is down'}, ${Math.round(observed)} posts where ${Math.round(expected)} were expected`;
}

const names = { volume: 'volume', netSentiment: 'net sentiment', negativeVolume: 'the volume of negative posts' } as const;

function factsOf(change: AlertTransition): [string, string][] {
  const { evaluation } = change;
  if (evaluation.metric === 'noData') return [['Last post before', clock(evaluation.from)]];
  const value = (number: number): string => (evaluation.metric === 'netSentiment' ? points(number) : `${Math.round(number)}`);
  const { from, to, baseline } = evaluation;
  return [
    ['Observed', value(evaluation.observed)],
    ['Expected', `${value(evaluation.expected)} (usually ${value(evaluation.low)} to ${value(evaluation.high)})`],
    ['Deviation', `${evaluation.z.toFixed(1)} standard deviations`],
    ['Posts', String(evaluation.posts)],
    ['Window', `${clock(from)} to ${clock(to)} (${Math.round((to - from) / minuteMs)} min)`],
    ...(baseline ? [['Compared with', comparedWith(baseline)] as [string, string]] : []),
    ['Rule', change.rule],
  ];
}

function comparedWith({ season, from, to }: NonNullable<Evaluation['baseline']>): string {
  const what = { week: 'the same time of past weeks', day: 'the same time of past days', recent: 'the last 24 hours' }[season];
  return `${what} (${clock(from)} to ${clock(to)})`;
}

const points = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(0).replace('-', '−')}`;

const clock = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** So much before what was judged shows what it fell from, and so much after it what came of it. */
const shownBeforeMs = 3 * 3_600_000;
const shownAfterMs = 1_800_000;

function linkTo(page: string, { brand, evaluation }: AlertTransition): string {
  const url = new URL(page);
  if (brand !== '*') url.searchParams.set('brand', brand);
  const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 19).concat('Z');
  url.searchParams.set('from', iso(evaluation.from - shownBeforeMs));
  url.searchParams.set('to', iso(evaluation.to + shownAfterMs));
  return url.href;
}

/** Without line ends and other signs that steer, and no longer than a message can bear. */
function shorten(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const signs = [...plain];
  return signs.length > longestExample ? `${signs.slice(0, longestExample - 1).join('')}…` : plain;
}
