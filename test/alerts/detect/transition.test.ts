import { describe, expect, test } from 'vitest';
import type { WindowScore } from '../../../src/alerts/detect/score-window.ts';
import { initialState, type TransitionInput, type TransitionResult, transition } from '../../../src/alerts/detect/transition.ts';
import type { AlertState } from '../../../src/domain/alert.ts';

const minute = 60_000;
const rule = { threshold: 4, balancedThreshold: 5, forMs: 2 * minute, keepFiringForMs: 10 * minute, cooldownMs: 30 * minute };
const scoreOf = (rarity: number, isRelevant = true, usualPeak = 0): WindowScore => ({
  windowMs: 15 * minute,
  rarity,
  usualPeak: () => usualPeak,
  isRelevant,
  evaluation: {
    ...{ metric: 'volume', direction: 'up', observed: 90, expected: 30, low: 18, high: 44, z: 4.1, posts: 90, from: 0, to: 15 * minute },
    baseline: null,
  },
});
const rarity = (value: number): TransitionInput['observation'] => ({ kind: 'evaluated', rarest: scoreOf(value), ofAlert: scoreOf(value) });
const normal = rarity(0.2);
const anomalous = rarity(4.1);
const still = rarity(2.9);

/** Applies observations, one a minute, and lists the status and the transition after each. */
function walk(
  observations: readonly (TransitionInput['observation'] | Partial<TransitionInput>)[],
  before: AlertState = initialState,
): { steps: string[]; scores: number[]; last: AlertState } {
  let state = before;
  const scores: number[] = [];
  const steps = observations.map((given, index): string => {
    const input = {
      now: (index + 1) * minute,
      observation: normal,
      isSilenced: false,
      isQuiet: false,
      ...('kind' in given ? { observation: given } : given),
    };
    const result: TransitionResult = transition(state, input, rule, 'a1');
    state = result.state;
    scores.push(Number(result.score.toFixed(2)));
    return [result.state.status, result.kind, result.kind && !result.notify ? 'silently' : undefined].filter(Boolean).join(' ');
  });
  return { steps, scores, last: state };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('an alert', () => {
  test('starts once an anomaly has lasted, and stays one alert', () => {
    expect(walk([normal, anomalous, anomalous, anomalous, anomalous]).steps).toEqual(['ok', 'warning', 'warning', 'alert alert', 'alert']);
  });

  test('starts at once if the anomaly is well beyond the threshold', () => {
    expect(walk([normal, rarity(5), anomalous]).steps).toEqual(['ok', 'alert alert', 'alert']);
  });

  test('does not start for a change smaller than the rule asks for, however rare', () => {
    const small = { kind: 'evaluated', rarest: scoreOf(9, false), ofAlert: undefined } as const;
    expect(walk(times(5, small)).steps).toEqual(times(5, 'ok'));
  });

  test('does not start if the anomaly stops and comes back', () => {
    expect(walk([anomalous, anomalous, normal, anomalous, anomalous, normal]).steps).toEqual([
      'warning',
      'warning',
      'ok',
      'warning',
      'warning',
      'ok',
    ]);
  });

  test('resolves once the anomaly has been gone for long enough, and not before', () => {
    const { steps, last } = walk([...times(3, anomalous), ...times(4, normal), still, ...times(10, normal)]);
    expect(steps.filter((one) => one !== 'alert')).toEqual(['warning', 'warning', 'alert alert', 'ok resolved']);
    expect(steps.at(-1)).toBe('ok resolved');
    expect(last.alert).toBeUndefined();
  });

  test('is followed by none in the cooldown, which anomalies extend', () => {
    const over: AlertState = { status: 'ok', since: 0, episode: { until: 20 * minute, rarity: 4.5 } };
    expect(walk([...times(15, anomalous), ...times(29, normal), anomalous], over).steps).toEqual([
      ...times(15, 'warning'),
      ...times(29, 'ok'),
      'warning',
    ]);
    const later = walk([...times(15, anomalous), ...times(40, normal), ...times(3, anomalous)], over);
    expect(later.steps.slice(-3)).toEqual(['warning', 'warning', 'alert alert']);
  });

  test('does not start for what the brand reaches every few days, and scores lower', () => {
    const usual = { kind: 'evaluated', rarest: scoreOf(6, true, 7), ofAlert: undefined } as const;
    const { steps, scores } = walk(times(5, usual));
    expect(steps).toEqual(times(5, 'ok'));
    expect(scores[0]).toBe(0.46);
    const unusual = { kind: 'evaluated', rarest: scoreOf(8, true, 7), ofAlert: undefined } as const;
    expect(walk([unusual]).steps).toEqual(['alert alert']);
  });

  test('stays active without data', () => {
    const { steps } = walk([...times(3, anomalous), ...times(30, { kind: 'no-data' } as const), anomalous]);
    expect(steps.slice(2)).toEqual(['alert alert', ...times(31, 'alert')]);
  });

  test('waits for the end of quiet hours, and starts then if it still holds', () => {
    const quiet = { observation: anomalous, isQuiet: true };
    expect(walk([...times(5, quiet), anomalous]).steps).toEqual([...times(5, 'warning'), 'alert alert']);
    expect(walk([...times(5, quiet), normal]).steps.at(-1)).toBe('ok');
  });

  test('resolves without a notification if it is silenced, and none starts until the silence ends', () => {
    const silenced = { observation: anomalous, isSilenced: true };
    const { steps } = walk([...times(3, anomalous), ...times(5, silenced), ...times(3, anomalous)]);
    expect(steps.slice(2)).toEqual([
      'alert alert',
      'silenced resolved silently',
      ...times(4, 'silenced'),
      'warning',
      'warning',
      'alert alert',
    ]);
  });
});

test('cold start and no data are states of their own, and keep the time they began', () => {
  const { steps, last } = walk([{ kind: 'cold-start' }, { kind: 'cold-start' }, { kind: 'no-data' }, { kind: 'no-data' }]);
  expect(steps).toEqual(['cold-start', 'cold-start', 'no-data', 'no-data']);
  expect(last.since).toBe(3 * minute);
});

test('the score is high where a story begins or escalates, not while it lasts', () => {
  expect(walk([normal, rarity(4), rarity(6), rarity(7), rarity(8), rarity(12), normal]).scores).toEqual([0.04, 0.44, 0.55, 0, 0, 0.71, 0]);
});
