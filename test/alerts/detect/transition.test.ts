import { describe, expect, test } from 'vitest';
import type { WindowScore } from '../../../src/alerts/detect/score-window.ts';
import { initialState, type TransitionInput, type TransitionResult, transition } from '../../../src/alerts/detect/transition.ts';
import type { AlertState } from '../../../src/domain/alert.ts';

const minute = 60_000;
const rule = {
  threshold: 4,
  balancedThreshold: 5,
  windowMs: 15 * minute,
  forMs: 2 * minute,
  keepFiringForMs: 10 * minute,
  cooldownMs: 30 * minute,
};
const scoreOf = (rarity: number, isRelevant = true, usualPeak = 0, change = rarity): WindowScore => ({
  windowMs: 15 * minute,
  rarity,
  usualPeak: () => usualPeak,
  isRelevant,
  change,
  evaluation: {
    ...{ metric: 'volume', direction: 'up', observed: 90, expected: 30, low: 18, high: 44, z: 4.1, posts: 90, from: 0, to: 15 * minute },
    baseline: null,
  },
});
/** Windows of 5 and 15 minutes; `walk` lets them end at the time of the evaluation. */
const seen = (rarest: WindowScore, ofAlert: WindowScore | undefined, shortest = rarest): TransitionInput['observation'] => ({
  ...{ kind: 'evaluated', rarest, ofAlert, windows: [{ ...shortest, windowMs: 5 * minute }, rarest] },
});
const rarity = (value: number): TransitionInput['observation'] => seen(scoreOf(value), scoreOf(value));
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
    const result: TransitionResult = transition(state, endingNow(input), rule, 'a1');
    state = result.state;
    scores.push(Number(result.score.toFixed(2)));
    return [result.state.status, result.kind, result.kind && !result.notify ? 'silently' : undefined].filter(Boolean).join(' ');
  });
  return { steps, scores, last: state };
}

function endingNow({ observation, ...input }: TransitionInput): TransitionInput {
  if (observation.kind !== 'evaluated') return { ...input, observation };
  const end = (window: WindowScore): WindowScore => ({
    ...window,
    evaluation: { ...window.evaluation, from: input.now - window.windowMs, to: input.now },
  });
  return { ...input, observation: { ...observation, windows: observation.windows.map(end) } };
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
    const small = seen(scoreOf(9, false), undefined);
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
    const usual = seen(scoreOf(6, true, 7), undefined);
    const { steps, scores } = walk(times(5, usual));
    expect(steps).toEqual(times(5, 'ok'));
    expect(scores[0]).toBe(0.46);
    const unusual = seen(scoreOf(8, true, 7), undefined);
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

describe('an alert that goes on', () => {
  const idOf = ({ alert, episode }: AlertState) => [alert?.id, episode?.alert?.id];
  const reports = ({ episode }: AlertState) => episode?.alert?.reports.map(({ at, rarity }) => [at / minute, rarity]);
  /** What happened after each minute in which something did. */
  const happened = (observations: Parameters<typeof walk>[0], before?: AlertState) =>
    walk(observations, before).steps.flatMap((step, index) => (step.includes(' ') ? [`${index + 1} ${step}`] : []));

  /** A rarity, and a change in the window that raised the alert. */
  const worse = (value: number, change: number) => seen(scoreOf(value, true, 0, change), scoreOf(value, true, 0, change));

  test('is reported again once it is 1.5 times as rare and twice as large as last reported, a window later', () => {
    const course = [
      ...times(6, worse(5, 3)),
      ...times(20, worse(8, 6)),
      ...times(20, worse(11.9, 20)),
      ...times(20, worse(20, 11.9)),
      worse(12, 12),
    ];
    expect(happened(course)).toEqual(['1 alert alert', '16 alert escalated', '67 alert escalated']);
    const { last } = walk(course);
    expect(idOf(last)).toEqual(['a1', 'a1']);
    expect(reports(last)).toEqual([
      [1, 5],
      [16, 8],
      [67, 12],
    ]);
  });

  test('is not if only a longer window gets rarer', () => {
    const longer = seen(scoreOf(20), scoreOf(6));
    expect(happened([rarity(5), ...times(200, longer)])).toEqual(['1 alert alert']);
  });

  test('is not because its window fills: the shortest one showed the change from the start', () => {
    const filling = seen(scoreOf(5, true, 0, 2), scoreOf(7, true, 0, 3), scoreOf(5, true, 0, 5));
    expect(happened([...times(6, filling), ...times(200, worse(9, 9.9))])).toEqual(['1 alert alert']);
    expect(happened([...times(6, filling), ...times(200, worse(9, 10))])).toEqual(['1 alert alert', '16 alert escalated']);
  });

  test('is not because the shortest window was still filling when it was reported', () => {
    expect(happened([worse(5, 2), ...times(200, worse(9, 9.9))])).toEqual(['1 alert alert']);
  });

  test('waits for the end of quiet hours', () => {
    const quiet = { observation: rarity(12), isQuiet: true };
    expect(happened([...times(6, rarity(5)), ...times(30, quiet), rarity(12)])).toEqual(['1 alert alert', '37 alert escalated']);
  });

  test('is the same alert if it begins again in its cooldown, 1.5 times as rare as before; less is no news', () => {
    const start = [rarity(6), ...times(12, normal)];
    expect(happened([...start, ...times(10, rarity(8)), normal])).toEqual(['1 alert alert', '11 ok resolved']);
    const again = [...start, normal, rarity(9.5), ...times(12, normal)];
    expect(happened(again)).toEqual(['1 alert alert', '11 ok resolved', '15 alert reopened', '25 ok resolved']);
    expect(idOf(walk(again.slice(0, 15)).last)).toEqual(['a1', 'a1']);
    // It is reported as resolved, and so is as rare as 9.5 from now on.
    expect(happened([...again, ...times(5, rarity(12))]).at(-1)).toBe('25 ok resolved');
  });

  test('does not begin again while a longer window still contains what raised it', () => {
    const longer = seen(scoreOf(20), undefined, scoreOf(0.2));
    expect(happened([rarity(6), ...times(12, normal), ...times(2, longer)])).toEqual(['1 alert alert', '11 ok resolved']);
    expect(happened([rarity(6), ...times(15, normal), longer]).at(-1)).toBe('17 alert reopened');
  });

  test('does not begin again in the other direction, nor after the cooldown: then another one starts', () => {
    const start = [rarity(6), ...times(12, normal)];
    const fallen = { ...scoreOf(20), evaluation: { ...scoreOf(20).evaluation, direction: 'down' as const } };
    const other = seen(fallen, undefined);
    expect(happened([...start, ...times(5, other)]).at(-1)).toBe('11 ok resolved');
    expect(happened([...start, ...times(30, normal), rarity(9.5)]).at(-1)).toBe('44 alert alert');
  });

  test('that an earlier version stored is not reported again', () => {
    const stored: AlertState = {
      ...{ status: 'alert', since: 0, alert: { id: 'a0', direction: 'up', windowMs: 15 * minute, lastHeld: 0 } },
      episode: { until: 30 * minute, rarity: 5 },
    };
    expect(happened([...times(20, rarity(20)), ...times(12, normal), ...times(5, rarity(40))], stored)).toEqual(['30 ok resolved']);
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

describe('after the clock was set back by an hour', () => {
  const hour = 60 * minute;

  test('an alert resolves as soon as it otherwise would', () => {
    const { last } = walk(times(3, anomalous));
    const ahead: AlertState = { ...last, since: hour, alert: { id: 'a1', direction: 'up', windowMs: 15 * minute, lastHeld: hour } };
    const { steps } = walk(times(12, normal), ahead);
    expect(steps.indexOf('ok resolved')).toBe(10);
  });

  test('the cooldown is no longer than it would be', () => {
    const ahead: AlertState = { status: 'ok', since: hour, episode: { until: hour + rule.cooldownMs, rarity: 5 } };
    const { steps } = walk([...times(31, normal), ...times(3, anomalous)], ahead);
    expect(steps.at(-1)).toBe('alert alert');
  });

  test('a pending alert starts in time', () => {
    const { steps } = walk(times(3, anomalous), { status: 'warning', since: hour, anomalousSince: hour });
    expect(steps).toEqual(['warning', 'warning', 'alert alert']);
  });
});
