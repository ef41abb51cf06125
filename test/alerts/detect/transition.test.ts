import { describe, expect, test } from 'vitest';
import type { WindowScore } from '../../../src/alerts/detect/score-window.ts';
import { initialState, isQuiet, type Moment, type Step, transition } from '../../../src/alerts/detect/transition.ts';
import type { AlertState } from '../../../src/domain/alert.ts';

const minute = 60_000;
const rule = { z: 4, confirmFor: 2 * minute, keepFiringFor: 10 * minute, cooldown: 30 * minute };
const finding: WindowScore = {
  span: 15 * minute,
  isUnusual: true,
  evaluation: {
    ...{ metric: 'volume', direction: 'up', observed: 90, expected: 30, low: 18, high: 44, z: 4.1, posts: 90, from: 0, to: 15 * minute },
    baseline: null,
  },
};
const usual: Moment['reading'] = { kind: 'judged', unusual: undefined, holds: false };
const unusual: Moment['reading'] = { kind: 'judged', unusual: finding, holds: true };
const still: Moment['reading'] = { kind: 'judged', unusual: undefined, holds: true };

/** Goes through readings, one a minute, and tells the status and the change of each. */
function walk(
  readings: readonly (Moment['reading'] | Partial<Moment>)[],
  before: AlertState = initialState,
): { told: string[]; last: AlertState } {
  let state = before;
  const told = readings.map((given, index): string => {
    const moment = {
      now: (index + 1) * minute,
      reading: usual,
      muted: false,
      quiet: false,
      ...('kind' in given ? { reading: given } : given),
    };
    const step: Step = transition(state, moment, rule, 'a1');
    state = step.state;
    return [step.state.status, step.change, step.change && !step.told ? 'silently' : undefined].filter(Boolean).join(' ');
  });
  return { told, last: state };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('an alert', () => {
  test('begins once it has lasted, and stays one alert', () => {
    expect(walk([usual, unusual, unusual, unusual, unusual]).told).toEqual(['ok', 'warning', 'warning', 'alert alert', 'alert']);
  });

  test('begins at once when it is beyond doubt', () => {
    const far: Moment['reading'] = { kind: 'judged', unusual: { ...finding, evaluation: { ...finding.evaluation, z: 5 } }, holds: true };
    expect(walk([usual, far, unusual]).told).toEqual(['ok', 'alert alert', 'alert']);
  });

  test('leaves behind until when it held, so that what belonged to it is no reason for another', () => {
    const { last } = walk([...times(5, unusual), ...times(30, usual)]);
    expect(last).toMatchObject({ status: 'ok', toldUntil: 5 * minute });
  });

  test('does not begin when what is unusual breaks off and comes back', () => {
    expect(walk([unusual, unusual, usual, unusual, unusual, usual]).told).toEqual(['warning', 'warning', 'ok', 'warning', 'warning', 'ok']);
  });

  test('is over once what raised it has been gone for long enough, and not before', () => {
    const { told, last } = walk([...times(3, unusual), ...times(4, usual), still, ...times(10, usual)]);
    expect(told.filter((one) => one !== 'alert')).toEqual(['warning', 'warning', 'alert alert', 'ok resolved']);
    expect(told.at(-1)).toBe('ok resolved');
    expect(last.alert).toBeUndefined();
  });

  test('does not begin again while it cools down', () => {
    const over: AlertState = { status: 'ok', since: 0, coolUntil: 20 * minute };
    expect(walk(times(21, unusual), over).told).toEqual([...times(19, 'warning'), 'alert alert', 'alert']);
  });

  test('does not wait for that when it is far worse', () => {
    const over: AlertState = { status: 'ok', since: 0, coolUntil: 20 * minute };
    const worse = { ...unusual, unusual: { ...finding, evaluation: { ...finding.evaluation, z: 9 } } };
    expect(walk([unusual, unusual, unusual, worse], over).told).toEqual([...times(3, 'warning'), 'alert alert']);
  });

  test('stays as it is while nothing is known', () => {
    const { told } = walk([...times(3, unusual), ...times(30, { kind: 'no-data' } as const), unusual]);
    expect(told.slice(2)).toEqual(['alert alert', ...times(31, 'alert')]);
  });

  test('waits for the end of quiet hours, and begins then if it still holds', () => {
    const quiet = { reading: unusual, quiet: true };
    expect(walk([...times(5, quiet), unusual]).told).toEqual([...times(5, 'warning'), 'alert alert']);
    expect(walk([...times(5, quiet), usual]).told.at(-1)).toBe('ok');
  });

  test('ends without a word when it is muted, and none begins until that is over', () => {
    const muted = { reading: unusual, muted: true };
    const { told } = walk([...times(3, unusual), ...times(5, muted), ...times(3, unusual)]);
    expect(told.slice(2)).toEqual(['alert alert', 'muted resolved silently', ...times(4, 'muted'), 'warning', 'warning', 'alert alert']);
  });
});

test('a cold start and a silent feed are states of their own, and since when is kept', () => {
  const { told, last } = walk([{ kind: 'cold-start' }, { kind: 'cold-start' }, { kind: 'no-data' }, { kind: 'no-data' }]);
  expect(told).toEqual(['cold-start', 'cold-start', 'no-data', 'no-data']);
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
  expect(isQuiet(60 * hours + minutes, { from, to })).toBe(expected);
});
