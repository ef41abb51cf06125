import { createHash } from 'node:crypto';
import { type AlertState, type AlertTransition, feedRule, type RuleState, type Silence } from '../../domain/alert.ts';
import { type LabelCounts, sumOf, volumeOf } from '../../domain/sentiment-counts.ts';
import type { CountsByBrand } from '../../sink/queries/read-alert-figures.ts';
import type { Brand, Rule } from '../rules.ts';
import type { Baselines } from './baselines.ts';
import { offsetOf } from './reference-windows.ts';
import { holds, scoreWindow, type WindowScore } from './score-window.ts';
import { initialState, isQuiet, type Reading, transition } from './transition.ts';

const minuteMs = 60_000;
const everyone = '*';

/** What a look at the stored figures found. Times are ms since 1970. */
export interface Snapshot {
  readonly now: number;
  /** The end of the stretches that are judged; undefined where nothing new can be. */
  readonly end: number | undefined;
  readonly minutes: CountsByBrand;
  readonly expectations: Baselines;
  readonly mutes: readonly Silence[];
  /** How long nothing has arrived of any brand, if too long. */
  readonly silence: { readonly from: number } | undefined;
}

export type States = ReadonlyMap<string, AlertState>;

export interface Decisions {
  readonly changes: readonly AlertTransition[];
  /** Those that differ from before, without the ones that are part of a change. */
  readonly states: readonly RuleState[];
}

/** The names of the channels that are to hear of a rule and a brand. */
export type RecipientsFor = (rule: Pick<Rule, 'channels' | 'severity'>, brand: string) => readonly string[];

export const keyOf = (rule: string, brand: string): string => JSON.stringify([rule, brand]);

/** Decides what a sight of the figures means for every rule and brand. Nothing happens: the outcome is data. */
export function evaluateRules(rules: readonly Rule[], tell: RecipientsFor, before: States, sight: Snapshot): Decisions {
  const changes: AlertTransition[] = [];
  const states: RuleState[] = [];
  const weigh = (rule: Rule, brand: Brand, reading: Reading, evaluation: AlertTransition['evaluation'] | undefined): void => {
    const state = before.get(keyOf(rule.name, brand.name)) ?? { ...initialState, since: sight.now };
    const quiet = isQuiet(minuteOfDay(sight.now, brand.timeZone), rule.quietHours);
    const muted = sight.mutes.some((mute) => covers(mute, rule.name, brand.name) && mute.until > sight.now);
    const id = idOf(rule.name, brand.name, state);
    const step = transition(state, { now: sight.now, reading, muted, quiet }, rule, id);
    const named = { rule: rule.name, brand: brand.name, state: step.state };
    if (step.change && evaluation) {
      const alert = step.change === 'alert' ? id : (state.alert?.id ?? id);
      const { severity } = rule;
      changes.push({
        id,
        alert,
        kind: step.change,
        ...named,
        severity,
        at: sight.now,
        evaluation,
        channels: step.told ? tell(rule, brand.name) : [],
      });
    } else if (JSON.stringify(step.state) !== JSON.stringify(state)) states.push(named);
  };

  const feed = readSilence(sight);
  weigh(silenceRule, { name: everyone, timeZone: 'UTC' }, feed.reading, feed.evaluation);
  for (const rule of rules) {
    for (const brand of rule.brands) {
      const state = before.get(keyOf(rule.name, brand.name)) ?? initialState;
      const read = readBrand(rule, brand, state, sight);
      if (read) weigh(rule, brand, read.reading, read.evaluation);
    }
  }
  return { changes, states };
}

/**
 * The id of the change that ends a state. It follows from the state: of two processes that decide the same, because one
 * was slow and the other took its place, both send one message.
 */
function idOf(rule: string, brand: string, { status, since, alert }: AlertState): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([rule, brand, status, since, alert?.id]))
    .digest('hex');
  // As a UUID of one's own making (RFC 9562, version 8).
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}

/** Silence of the whole feed is an alert of its own, once. */
const silenceRule: Rule = {
  name: feedRule,
  metric: 'volume',
  brands: [],
  direction: 'down',
  spans: [],
  z: 0,
  minimumPosts: 0,
  minimumChange: 0,
  confirmFor: 0,
  keepFiringFor: 0,
  cooldown: 0,
  quietHours: undefined,
  severity: 'critical',
  channels: [],
};

type Read = { readonly reading: Reading; readonly evaluation: AlertTransition['evaluation'] | undefined };

function readSilence({ now, silence }: Snapshot): Required<Read> {
  const from = silence?.from ?? now - minuteMs;
  const evaluation = {
    ...({ metric: 'noData', direction: 'down', observed: 0, expected: 0, low: 0, high: 0, z: 0, posts: 0, from, to: now } as const),
    baseline: null,
  };
  const unusual = silence && { span: now - from, evaluation, isUnusual: true };
  return { reading: { kind: 'judged', unusual, holds: silence !== undefined }, evaluation };
}

/** What the figures say of a rule and a brand; undefined where they say nothing new. */
function readBrand(rule: Rule, brand: Brand, { alert, notifiedUntil = 0 }: AlertState, sight: Snapshot): Read | undefined {
  if (sight.silence) return { reading: { kind: 'no-data' }, evaluation: undefined };
  if (sight.end === undefined) return undefined;
  const expected = sight.expectations.of(brand);
  if (!expected) return { reading: { kind: 'cold-start' }, evaluation: undefined };
  const { end } = sight;
  const findings = scoreWindow(rule, (span) => countsOf(sight.minutes, brand.name, end - span, end), expected, end);
  const raised = alert && findings.find(({ span }) => span === alert.windowMs);
  const isNews = ({ evaluation, isUnusual }: WindowScore): boolean => isUnusual && evaluation.from >= notifiedUntil;
  const unusual = findings.filter(isNews).sort((a, b) => Math.abs(b.evaluation.z) - Math.abs(a.evaluation.z))[0];
  if (findings.length === 0 || (alert && !raised)) return undefined;
  const stillThere = alert !== undefined && raised !== undefined && holds(rule, raised, alert.direction);
  return { reading: { kind: 'judged', unusual, holds: stillThere }, evaluation: (raised ?? unusual)?.evaluation };
}

/** Where so many posts come in a minute, one without any is an outage: by chance it would be one in 22,000. */
const busy = 10;

/** The sum of a brand's minutes; undefined where there was an outage among them. */
function countsOf(minutes: CountsByBrand, brand: string, from: number, to: number): LabelCounts | undefined {
  const all = minutes.get(everyone);
  const own = minutes.get(brand);
  const found: LabelCounts[] = [];
  let posts = 0;
  let gaps = 0;
  for (let minute = from; minute < to; minute += minuteMs) {
    const volume = volumeOf(all?.get(minute) ?? sumOf([]));
    posts += volume;
    if (volume === 0) gaps += 1;
    const counts = own?.get(minute);
    if (counts) found.push(counts);
  }
  const length = (to - from) / minuteMs;
  return gaps > 0 && posts >= busy * (length - gaps) ? undefined : sumOf(found);
}

const covers = (mute: Silence, rule: string, brand: string): boolean =>
  (mute.rule === '' || mute.rule === rule) && (mute.brand === '' || mute.brand === brand);

function minuteOfDay(now: number, timeZone: string): number {
  return Math.floor(((now + offsetOf(now, timeZone)) % 86_400_000) / minuteMs);
}
