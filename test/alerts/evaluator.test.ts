import { beforeEach, describe, expect, test } from 'vitest';
import { createEvaluator, type Evaluator } from '../../src/alerts/evaluator.ts';
import { resolveRules } from '../../src/alerts/rules.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { AlertEvent, AlertTransition, RuleState, Silence } from '../../src/domain/alert.ts';
import type { LabelCounts } from '../../src/domain/label-counts.ts';
import type { AlertCounts } from '../../src/sink/queries/alert-counts.ts';

const minute = 60_000;
const bucket = 15 * minute;
const start = Date.UTC(2026, 4, 20, 12);
const usual: LabelCounts = { negative: 4, neutral: 8, positive: 8, unscored: 0 };
const times = (counts: LabelCounts, factor: number): LabelCounts => ({
  negative: counts.negative * factor,
  neutral: counts.neutral * factor,
  positive: counts.positive * factor,
  unscored: 0,
});

let now: number;
let minutes: Map<number, LabelCounts>;
let isStale: boolean;
let delay: number;
let isLive: boolean;
let silences: Silence[];
let events: AlertEvent[];
let stored: { transitions: AlertTransition[]; states: RuleState[] };
let evaluator: Evaluator;

/** The counts of a single brand. */
const counts: AlertCounts = {
  readNewestMinute: async (from, to) => {
    const full = [...minutes.keys()].filter((time) => time >= from && time <= to);
    return full.length > 0 ? Math.max(...full) : undefined;
  },
  isStale: async () => isStale,
  readMaxDelay: async () => delay,
  readActivity: async () => 0,
  readMinutes: async (brands) => new Map(brands.map((brand) => [brand, minutes])),
  readHistory: async (brands, from, to) => {
    const usualBucket = times(usual, bucket / minute);
    const valuesOf = (posts: number) =>
      Float64Array.from({ length: (to - from) / bucket }, (_, at) => (from + at * bucket < start ? posts : 0));
    const posts = {
      negative: valuesOf(usualBucket.negative),
      neutral: valuesOf(usualBucket.neutral),
      positive: valuesOf(usualBucket.positive),
      unscored: valuesOf(0),
    };
    const series = { from, posts, organic: posts };
    return new Map(brands.map((brand) => [brand, series]));
  },
};

function open(rules: object[] = []): void {
  const config = configSchema.parse({ brands: [{ name: 'Kestrel' }], alerts: { rules } });
  evaluator = createEvaluator({
    counts,
    records: { readStates: async () => stored.states, readSilences: async () => silences },
    readEvents: async () => events,
    store: {
      addTransitions: async (transitions) => void stored.transitions.push(...transitions),
      putStates: async (states) => void stored.states.push(...states),
    },
    rules: resolveRules(rules.length > 0 ? config.alerts.rules : [], config.brands),
    recipientsFor: () => ['ops'],
    noDataAfterMs: 30 * minute,
    clock: { now: () => now },
    isLive: () => isLive,
  });
}

beforeEach(() => {
  now = start;
  isStale = false;
  delay = 0;
  isLive = true;
  silences = [];
  events = [];
  stored = { transitions: [], states: [] };
  minutes = new Map(Array.from({ length: 90 }, (_, index) => [start - (90 - index) * minute, usual]));
  open();
});

/** Advances by minutes; each has these posts, if any. */
async function pass(count: number, counts?: LabelCounts): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    if (counts) minutes.set(now, counts);
    now += minute;
    await evaluator.evaluate();
  }
}

const notified = () => stored.transitions.map(({ kind, rule, channels }) => `${kind} ${rule}${channels.length === 0 ? ' silently' : ''}`);
const statusOf = (rule: string) => stored.states.filter((one) => one.rule === rule).at(-1)?.state.status;

test('three times the posts raise one alert within ten minutes, and it resolves once', async () => {
  await pass(10, times(usual, 3));
  expect(notified()).toEqual(['alert volume']);
  await pass(30, times(usual, 3));
  expect(notified()).toEqual(['alert volume']);
  await pass(60, usual);
  expect(notified()).toEqual(['alert volume', 'resolved volume']);
  expect(stored.transitions[1]?.alert).toBe(stored.transitions[0]?.id);
});

test('an alert that gets worse is reported again, as the same alert with an id of its own; after a restart too', async () => {
  await pass(30, times(usual, 3));
  stored.states = stored.transitions.map(({ rule, brand, state }) => ({ rule, brand, state }));
  open();
  await pass(30, times(usual, 12));
  expect(notified()).toEqual(['alert volume', 'escalated volume']);
  await pass(60, usual);
  await pass(30, times(usual, 60));
  await pass(60, usual);
  expect(notified()).toEqual(['alert volume', 'escalated volume', 'resolved volume', 'reopened volume', 'resolved volume']);
  expect(new Set(stored.transitions.map(({ alert }) => alert))).toEqual(new Set([stored.transitions[0]?.id]));
  expect(new Set(stored.transitions.map(({ id }) => id)).size).toBe(5);
  const [first, worse] = stored.transitions.map(({ evaluation }) => evaluation);
  expect(worse?.observed).toBeGreaterThan(2 * (first?.observed ?? 0));
});

describe('no alert is raised', () => {
  test('by normal posts, for half a day', async () => {
    await pass(720, usual);
    expect(notified()).toEqual([]);
  });

  test('while rollups are stale', async () => {
    isStale = true;
    await pass(12, times(usual, 5));
    expect([notified(), evaluator.countActive()]).toEqual([[], 0]);
  });

  test('by a drop while a partition lags: its posts are still to come', async () => {
    delay = 25 * minute;
    await pass(25, times(usual, 0.5));
    expect(notified()).toEqual([]);
    // The partition has caught up: its posts have filled the minutes.
    for (const time of [...minutes.keys()]) minutes.set(time, usual);
    delay = 0;
    await pass(10, usual);
    expect(notified()).toEqual([]);
  });

  test('by a backlog or a backfill', async () => {
    isLive = false; // otherwise the no-data alert would start
    now += 25 * minute;
    for (let at = start; at < start + 12 * minute; at += minute) {
      minutes.set(at, times(usual, 5));
      now += minute;
      await evaluator.evaluate();
    }
    expect(notified()).toEqual([]);
  });

  test('by minutes without any post: that is an outage, not a drop', async () => {
    await pass(5, usual);
    await pass(8);
    await pass(25, usual);
    expect(notified()).toEqual([]);
  });

  test('by the newest minute before it is over', async () => {
    minutes.set(start, times(usual, 60));
    now += 10_000;
    await evaluator.evaluate();
    expect(stored.states.map(({ state }) => state.status)).not.toContain('warning');
  });

  test('by a source that has ended', async () => {
    isLive = false;
    await pass(60);
    expect(notified()).toEqual([]);
  });
});

test('the same drop raises an alert if no partition lags', async () => {
  await pass(25, times(usual, 0.25));
  expect(notified()).toEqual(['alert volume']);
});

test('two processes that make the same decision use the same id', async () => {
  await pass(4, times(usual, 3));
  const rivals = [stored, { transitions: [...stored.transitions], states: [...stored.states] }];
  const ids = [];
  for (const rival of rivals) {
    const at = now;
    stored = rival;
    open();
    await pass(8, times(usual, 3));
    ids.push(stored.transitions.filter(({ kind }) => kind === 'alert').map(({ id }) => id));
    now = at;
  }
  expect(ids[0]).toHaveLength(1);
  expect(ids[1]).toEqual(ids[0]);
});

test('a process that takes over reads the states and notifies nobody again', async () => {
  await pass(10, times(usual, 3));
  expect(notified()).toEqual(['alert volume']);
  // Meanwhile another process has resolved the alert.
  stored.states.push({
    rule: 'volume',
    brand: 'Kestrel',
    state: { status: 'ok', since: now, episode: { until: now + 60 * minute, rarity: 5 } },
  });
  evaluator.reset();
  await pass(60, usual);
  expect(notified()).toEqual(['alert volume']);
});

test('no data raises one alert that resolves once; the rules wait meanwhile', async () => {
  await pass(2, usual);
  await pass(120);
  expect(notified()).toEqual(['alert feed']);
  expect([statusOf('volume'), statusOf('sentiment')]).toEqual(['no-data', 'no-data']);
  await pass(70, usual);
  expect(notified()).toEqual(['alert feed', 'resolved feed']);
});

test('after a restart an active alert is the same alert', async () => {
  await pass(10, times(usual, 3));
  stored.states = stored.transitions.map(({ rule, brand, state }) => ({ rule, brand, state }));
  open();
  await pass(20, times(usual, 3));
  await pass(60, usual);
  expect(notified()).toEqual(['alert volume', 'resolved volume']);
});

test('a decision that could not be stored is made again', async () => {
  const { push } = stored.transitions;
  let faults = 0;
  stored.transitions.push = (...transitions) => {
    if (transitions.length > 0 && faults++ < 2) throw new Error('the database is unavailable');
    return push.apply(stored.transitions, transitions);
  };
  for (let index = 0; index < 14; index += 1) await pass(1, times(usual, 3)).catch(() => {});
  expect([faults, notified()]).toEqual([3, ['alert volume']]);
});

test('a silenced rule raises no alert until the silence ends', async () => {
  silences = [{ rule: '', brand: 'Kestrel', until: start + 30 * minute, createdBy: 'ines', reason: '' }];
  await pass(25, times(usual, 3));
  expect([notified(), statusOf('volume')]).toEqual([[], 'silenced']);
  await pass(10, times(usual, 3));
  expect(notified()).toEqual(['alert volume']);
});

test('silencing an active alert resolves it without a notification', async () => {
  await pass(10, times(usual, 3));
  silences = [{ rule: 'volume', brand: '', until: start + 600 * minute, createdBy: 'ines', reason: '' }];
  await pass(5, times(usual, 3));
  expect(notified()).toEqual(['alert volume', 'resolved volume silently']);
});

test('quiet hours are in the time zone of the brand', async () => {
  open([{ name: 'night', metric: 'volume', quietHours: { from: '11:00', to: '12:30' } }]);
  await pass(29, times(usual, 3));
  expect([notified(), statusOf('night')]).toEqual([[], 'warning']);
  await pass(5, times(usual, 3));
  expect(notified()).toEqual(['alert night']);
});

describe('what began while nobody was to be disturbed', () => {
  const event = { id: '1', name: 'Maintenance', brands: [], from: start, to: start + 30 * minute, createdBy: '' };
  const mutes: readonly [string, () => void][] = [
    ['a silence', () => (silences = [{ rule: '', brand: '', until: start + 30 * minute, createdBy: '', reason: '' }])],
    ['an event without a factor', () => (events = [event])],
    // 20 May 2026 is a Wednesday.
    ['quiet hours', () => open([{ name: 'volume', metric: 'volume', quietHours: { from: '12:00', to: '12:30', days: ['wed'] } }])],
  ];

  test.each(mutes)('and still holds is told at the end of %s', async (_, mute) => {
    mute();
    await pass(29, times(usual, 3));
    expect(notified()).toEqual([]);
    await pass(4, times(usual, 3));
    expect(notified()).toEqual(['alert volume']);
  });

  test.each(mutes)('and was over before the end of %s is not', async (_, mute) => {
    mute();
    await pass(18, times(usual, 5));
    await pass(180, usual);
    expect(notified()).toEqual([]);
  });

  test('on another day of the week is told at once', async () => {
    open([{ name: 'volume', metric: 'volume', quietHours: { from: '12:00', to: '12:30', days: ['tue', 'thu'] } }]);
    await pass(10, times(usual, 3));
    expect(notified()).toEqual(['alert volume']);
  });
});

describe('during an event that is expected to bring ten times the posts', () => {
  beforeEach(() => {
    events = [{ id: '1', name: 'Launch', brands: ['Kestrel'], from: start, to: start + 120 * minute, factor: 10, createdBy: '' }];
  });

  test('eight times the posts raise no alert, neither then nor after it', async () => {
    await pass(120, times(usual, 8));
    await pass(120, usual);
    expect(notified()).toEqual([]);
  });
  test('forty times the posts do', async () => {
    await pass(10, times(usual, 40));
    expect(notified()).toEqual(['alert volume']);
  });
  test('so does a third of the usual posts', async () => {
    await pass(20, times(usual, 0.25));
    expect(notified()).toEqual(['alert volume']);
  });
  test('and so does a drop of net sentiment', async () => {
    await pass(20, { negative: 160, neutral: 20, positive: 20, unscored: 0 });
    expect(notified()).toEqual(['alert sentiment']);
  });
  test('eight times the posts raise one if they go on', async () => {
    await pass(120, times(usual, 8));
    await pass(10, times(usual, 8));
    expect(notified()).toEqual(['alert volume']);
  });
});
