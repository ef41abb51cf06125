import { describe, expect, test } from 'vitest';
import type { WindowScore } from '../../../src/alerts/detect/score-window.ts';
import {
  initialState,
  isWithinQuietHours,
  type TransitionInput,
  type TransitionResult,
  transition,
} from '../../../src/alerts/detect/transition.ts';
import type { AlertState } from '../../../src/domain/alert.ts';

const minute = 60_000;
const rule = { threshold: 4, forMs: 2 * minute, keepFiringForMs: 10 * minute, cooldownMs: 30 * minute };
const anomalousScore: WindowScore = {
  windowMs: 15 * minute,
  isAnomalous: true,
  evaluation: {
    ...{ metric: 'volume', direction: 'up', observed: 90, expected: 30, low: 18, high: 44, z: 4.1, posts: 90, from: 0, to: 15 * minute },
    baseline: null,
  },
};
const normal: TransitionInput['observation'] = { kind: 'evaluated', anomaly: undefined, isStillAnomalous: false };
const anomalous: TransitionInput['observation'] = { kind: 'evaluated', anomaly: anomalousScore, isStillAnomalous: true };
const still: TransitionInput['observation'] = { kind: 'evaluated', anomaly: undefined, isStillAnomalous: true };

/** Applies observations, one a minute, and lists the status and the transition after each. */
function walk(
  observations: readonly (TransitionInput['observation'] | Partial<TransitionInput>)[],
  before: AlertState = initialState,
): { steps: string[]; last: AlertState } {
  let state = before;
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
    return [result.state.status, result.kind, result.kind && !result.notify ? 'silently' : undefined].filter(Boolean).join(' ');
  });
  return { steps, last: state };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('an alert', () => {
  test('starts once an anomaly has lasted, and stays one alert', () => {
    expect(walk([normal, anomalous, anomalous, anomalous, anomalous]).steps).toEqual(['ok', 'warning', 'warning', 'alert alert', 'alert']);
  });

  test('starts at once if the anomaly is well beyond the threshold', () => {
    const far: TransitionInput['observation'] = {
      kind: 'evaluated',
      anomaly: { ...anomalousScore, evaluation: { ...anomalousScore.evaluation, z: 5 } },
      isStillAnomalous: true,
    };
    expect(walk([normal, far, anomalous]).steps).toEqual(['ok', 'alert alert', 'alert']);
  });

  test('leaves behind when it last held, so that overlapping windows raise no other', () => {
    const { last } = walk([...times(5, anomalous), ...times(30, normal)]);
    expect(last).toMatchObject({ status: 'ok', notifiedUntil: 5 * minute });
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

  test('does not start again during the cooldown', () => {
    const over: AlertState = { status: 'ok', since: 0, coolUntil: 20 * minute };
    expect(walk(times(21, anomalous), over).steps).toEqual([...times(19, 'warning'), 'alert alert', 'alert']);
  });

  test('starts during the cooldown if the anomaly is far larger', () => {
    const over: AlertState = { status: 'ok', since: 0, coolUntil: 20 * minute };
    const worse = { ...anomalous, anomaly: { ...anomalousScore, evaluation: { ...anomalousScore.evaluation, z: 9 } } };
    expect(walk([anomalous, anomalous, anomalous, worse], over).steps).toEqual([...times(3, 'warning'), 'alert alert']);
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

test.each([
  ['22:00', '07:00', '23:30', true],
  ['22:00', '07:00', '06:59', true],
  ['22:00', '07:00', '07:00', false],
  ['12:00', '13:00', '12:00', true],
  ['12:00', '13:00', '11:59', false],
  ['12:00', '12:00', '12:00', false],
])('quiet hours from %s to %s hold at %s: %s', (from, to, at, expected) => {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  expect(isWithinQuietHours(60 * hours + minutes, { from, to })).toBe(expected);
});
