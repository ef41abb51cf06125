import { beforeEach, describe, expect, test } from 'vitest';
import { createEvaluator, type Evaluator } from '../../src/alerts/evaluator.ts';
import { rulesOf } from '../../src/alerts/rules.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { AlertTransition, RuleState, Silence } from '../../src/domain/alert.ts';
import type { LabelCounts } from '../../src/domain/sentiment-counts.ts';
import type { AlertFigures } from '../../src/sink/queries/read-alert-figures.ts';

const minute = 60_000;
const quarter = 15 * minute;
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
let behind: boolean;
let delay: number;
let isLive: boolean;
let mutes: Silence[];
let stored: { changes: AlertTransition[]; states: RuleState[] };
let evaluator: Evaluator;

/** The figures of one brand that is all there is. */
const figures: AlertFigures = {
  newest: async (from, to) => {
    const full = [...minutes.keys()].filter((time) => time >= from && time <= to);
    return full.length > 0 ? Math.max(...full) : undefined;
  },
  isBehind: async () => behind,
  delay: async () => delay,
  minutes: async (brands) => new Map(brands.map((brand) => [brand, minutes])),
  quarters: async (brands, starts) => {
    const all = new Map(starts.filter((at) => at < start).map((at) => [at, times(usual, quarter / minute)]));
    return new Map(brands.map((brand) => [brand, all]));
  },
  firstOf: async (brands) => new Map(brands.map((brand) => [brand, start - 365 * 86_400_000])),
};

function open(rules: object[] = []): void {
  const config = configSchema.parse({ brands: [{ name: 'Kestrel' }], alerts: { rules } });
  evaluator = createEvaluator({
    figures,
    records: { states: async () => stored.states, mutes: async () => mutes },
    log: {
      addChanges: async (changes) => void stored.changes.push(...changes),
      putStates: async (states) => void stored.states.push(...states),
    },
    rules: rulesOf(rules.length > 0 ? config.alerts.rules : [], config.brands),
    tell: () => ['ops'],
    noDataAfterMs: 30 * minute,
    clock: { now: () => now },
    isLive: () => isLive,
  });
}

beforeEach(() => {
  now = start;
  behind = false;
  delay = 0;
  isLive = true;
  mutes = [];
  stored = { changes: [], states: [] };
  minutes = new Map(Array.from({ length: 90 }, (_, index) => [start - (90 - index) * minute, usual]));
  open();
});

/** Minutes go by; each holds these posts, if any. */
async function pass(count: number, counts?: LabelCounts): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    if (counts) minutes.set(now, counts);
    now += minute;
    await evaluator.evaluate();
  }
}

const told = () => stored.changes.map(({ kind, rule, channels }) => `${kind} ${rule}${channels.length === 0 ? ' silently' : ''}`);
const statusOf = (rule: string) => stored.states.filter((one) => one.rule === rule).at(-1)?.state.status;

test('three times the posts are told of within ten minutes, once, and their end once', async () => {
  await pass(10, times(usual, 3));
  expect(told()).toEqual(['alert volume']);
  await pass(30, times(usual, 3));
  expect(told()).toEqual(['alert volume']);
  await pass(60, usual);
  expect(told()).toEqual(['alert volume', 'resolved volume']);
  expect(stored.changes[1]?.alert).toBe(stored.changes[0]?.id);
});

describe('nothing is told', () => {
  test('of what is usual, for half a day', async () => {
    await pass(720, usual);
    expect(told()).toEqual([]);
  });

  test('while figures are still being computed', async () => {
    behind = true;
    await pass(12, times(usual, 5));
    expect([told(), evaluator.active()]).toEqual([[], 0]);
  });

  test('of a drop while one part of the feed lags: its posts are still to come', async () => {
    delay = 25 * minute;
    await pass(25, times(usual, 0.5));
    expect(told()).toEqual([]);
    // It has caught up: what it brought has filled the minutes.
    for (const time of [...minutes.keys()]) minutes.set(time, usual);
    delay = 0;
    await pass(10, usual);
    expect(told()).toEqual([]);
  });

  test('of a backlog or a backfill, whatever it holds', async () => {
    isLive = false; // its silence would be told instead
    now += 25 * minute;
    for (let at = start; at < start + 12 * minute; at += minute) {
      minutes.set(at, times(usual, 5));
      now += minute;
      await evaluator.evaluate();
    }
    expect(told()).toEqual([]);
  });

  test('of minutes in which nothing arrived of anyone: that was an outage, and no drop', async () => {
    await pass(5, usual);
    await pass(8);
    await pass(25, usual);
    expect(told()).toEqual([]);
  });

  test('of the newest minute before it is over', async () => {
    minutes.set(start, times(usual, 60));
    now += 10_000;
    await evaluator.evaluate();
    expect(stored.states.map(({ state }) => state.status)).not.toContain('warning');
  });

  test('of the silence of a feed that has ended', async () => {
    isLive = false;
    await pass(60);
    expect(told()).toEqual([]);
  });
});

test('the same drop is told where no part of the feed lags', async () => {
  await pass(25, times(usual, 0.25));
  expect(told()).toEqual(['alert volume']);
});

test('two processes that decide the same, since one was slow, decide it by the same name', async () => {
  await pass(4, times(usual, 3));
  const rivals = [stored, { changes: [...stored.changes], states: [...stored.states] }];
  const ids = [];
  for (const rival of rivals) {
    const at = now;
    stored = rival;
    open();
    await pass(8, times(usual, 3));
    ids.push(stored.changes.filter(({ kind }) => kind === 'alert').map(({ id }) => id));
    now = at;
  }
  expect(ids[0]).toHaveLength(1);
  expect(ids[1]).toEqual(ids[0]);
});

test('whoever takes over reads how the rules stand, and tells nothing again', async () => {
  await pass(10, times(usual, 3));
  expect(told()).toEqual(['alert volume']);
  // Meanwhile another process has judged, and told the end.
  stored.states.push({ rule: 'volume', brand: 'Kestrel', state: { status: 'ok', since: now, notifiedUntil: now } });
  evaluator.forget();
  await pass(60, usual);
  expect(told()).toEqual(['alert volume']);
});

test('the silence of the whole feed is told once, and its end; the rules wait meanwhile', async () => {
  await pass(2, usual);
  await pass(120);
  expect(told()).toEqual(['alert feed']);
  expect([statusOf('volume'), statusOf('sentiment')]).toEqual(['no-data', 'no-data']);
  await pass(70, usual);
  expect(told()).toEqual(['alert feed', 'resolved feed']);
});

test('after a restart an alert that is on is the same alert', async () => {
  await pass(10, times(usual, 3));
  stored.states = stored.changes.map(({ rule, brand, state }) => ({ rule, brand, state }));
  open();
  await pass(20, times(usual, 3));
  await pass(60, usual);
  expect(told()).toEqual(['alert volume', 'resolved volume']);
});

test('what could not be stored is decided anew', async () => {
  const { push } = stored.changes;
  let faults = 0;
  stored.changes.push = (...changes) => {
    if (changes.length > 0 && faults++ < 2) throw new Error('the database is away');
    return push.apply(stored.changes, changes);
  };
  for (let index = 0; index < 14; index += 1) await pass(1, times(usual, 3)).catch(() => {});
  expect([faults, told()]).toEqual([3, ['alert volume']]);
});

test('a muted rule is quiet, and speaks when the mute is over', async () => {
  mutes = [{ rule: '', brand: 'Kestrel', until: start + 30 * minute, by: 'ines', reason: '' }];
  await pass(25, times(usual, 3));
  expect([told(), statusOf('volume')]).toEqual([[], 'muted']);
  await pass(10, times(usual, 3));
  expect(told()).toEqual(['alert volume']);
});

test('a mute in the midst of an alert ends it without a word', async () => {
  await pass(10, times(usual, 3));
  mutes = [{ rule: 'volume', brand: '', until: start + 600 * minute, by: 'ines', reason: '' }];
  await pass(5, times(usual, 3));
  expect(told()).toEqual(['alert volume', 'resolved volume silently']);
});

test('quiet hours are those of the clocks of the brand', async () => {
  open([{ name: 'night', metric: 'volume', quietHours: { from: '11:00', to: '12:30' } }]);
  await pass(29, times(usual, 3));
  expect([told(), statusOf('night')]).toEqual([[], 'warning']);
  await pass(5, times(usual, 3));
  expect(told()).toEqual(['alert night']);
});
