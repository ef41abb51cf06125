import type { ClickHouseClient } from '@clickhouse/client';
import { beforeEach, describe, expect, test } from 'vitest';
import { createEvaluator, type Evaluator } from '../../src/alerts/evaluator.ts';
import { resolveRules } from '../../src/alerts/rules.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { LabelCounts } from '../../src/domain/label-counts.ts';
import { type ClockSteps, createClockSteps } from '../../src/lib/clock-steps.ts';
import { createPartitionDelays, type PartitionDelays } from '../../src/sink/writer/partition-delays.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { scoredPost } from '../support/scored-post.ts';

const minute = 60_000;
const hour = 60 * minute;
const bucket = 15 * minute;
const start = Math.floor(Date.now() / bucket) * bucket - 6 * hour;
const usual: LabelCounts = { negative: 4, neutral: 8, positive: 8, unscored: 0 };
const tripled: LabelCounts = { negative: 12, neutral: 24, positive: 24, unscored: 0 };

/** Where the times of posts come from: the stepping clock of this machine, or right clocks elsewhere. */
type Stamps = 'this machine' | 'elsewhere';

interface ProgressRow {
  readonly topic: string;
  readonly partition: number;
  readonly delay: number;
  readonly at: string;
}

let clock: ManualClock;
/** The table feed_progress. */
let stored: Map<number, { delay: number; at: number }>;
let minutes: Map<number, LabelCounts>;
let steps: ClockSteps;
let progress: PartitionDelays;
let evaluator: Evaluator;
let transitions: string[];
/** Whether each round evaluated a window. */
let rounds: boolean[];

const toRow = ({ partition, delay, at }: ProgressRow) => ({ partition, delay, at: Date.parse(`${at.replace(' ', 'T')}Z`) });

/** Keeps rows as a ReplacingMergeTree(at) does. */
const maintenance = {
  command: async ({ query }: { query: string }) => {
    for (const line of query.split('\n').slice(1)) {
      const { partition, ...row } = toRow(JSON.parse(line));
      if (row.at >= (stored.get(partition)?.at ?? 0)) stored.set(partition, row);
    }
  },
  query: async () => ({ json: async () => [{ at: Math.max(0, ...[...stored.values()].map(({ at }) => at)) }] }),
} as unknown as ClickHouseClient; // only these two are used

beforeEach(() => {
  stored = new Map();
  clock = createManualClock(start);
  minutes = new Map(Array.from({ length: 240 }, (_, index) => [start - (index + 1) * minute, usual]));
  transitions = [];
  rounds = [];
  open();
});

/** As the process does at its start. */
function open(): void {
  const { brands, alerts } = configSchema.parse({ brands: [{ name: 'Kestrel' }] });
  steps = createClockSteps(clock);
  const clockOffsets = steps.offsets;
  progress = createPartitionDelays({ maintenance }, { clock, clockOffsets });
  evaluator = createEvaluator({
    counts: {
      readMaxDelay: async (since) => {
        const delays = [...stored.values()].flatMap(({ at, delay }) => (at >= since ? delay : []));
        return delays.length > 0 ? Math.max(...delays) : 0; // 0 is the maximum of no rows
      },
      readActivity: async () => [...stored.values()].reduce((sum, { at }) => sum + at, 0),
      readNewestMinute: async (from, to) => Math.max(0, ...[...minutes.keys()].filter((time) => time >= from && time <= to)) || undefined,
      isStale: async () => false,
      readMinutes: async (names) => new Map(names.map((name) => [name, minutes])),
      readHistory: async (names, from, to) => {
        const valuesOf = (posts: number) => new Float64Array((to - from) / bucket).fill(15 * posts);
        const posts = { negative: valuesOf(4), neutral: valuesOf(8), positive: valuesOf(8), unscored: valuesOf(0) };
        return new Map(names.map((name) => [name, { from, posts, organic: posts }]));
      },
    },
    records: { readStates: async () => [], readSilences: async () => [] },
    store: { addTransitions: async () => {}, putStates: async () => {} },
    rules: resolveRules(alerts.rules, brands),
    recipientsFor: () => [],
    noDataAfterMs: 15 * minute,
    clock,
    clockOffsets,
    isLive: () => true,
  });
}

/** A round of the scheduler each minute, with posts on two partitions, of which one falls silent after some minutes. */
async function pass(count: number, stamps: Stamps, counts: LabelCounts | 'none' = usual, idleAfter = count): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const stamp = stamps === 'elsewhere' ? clock.monotonic() : clock.now();
    if (counts !== 'none') {
      minutes.set(Math.floor(stamp / minute) * minute, counts);
      for (const partition of index < idleAfter ? [0, 1] : [0])
        progress.record(scoredPost({ createdAt: new Date(stamp).toISOString(), position: { topic: 'posts', partition, offset: '1' } }));
    }
    await clock.advance(minute);
    await round();
  }
}

async function round(): Promise<void> {
  const step = steps.check();
  if (step !== 0) {
    progress.onClockStep(step);
    evaluator.onClockStep();
  }
  await progress.flush();
  const result = await evaluator.evaluate();
  rounds.push(result.evaluatedPairs > 0);
  transitions.push(...result.transitions.map(({ kind, rule }) => `${kind} ${rule}`));
}

const skipped = (): number => rounds.filter((wasEvaluated) => !wasEvaluated).length;

describe.each<Stamps>(['this machine', 'elsewhere'])('posts are dated by a clock of %s', (stamps) => {
  test.each([{ jumps: [hour] }, { jumps: [-hour] }, { jumps: [hour, hour] }, { jumps: [hour, -hour] }, { jumps: [-hour, hour] }])(
    'and the clock is set by $jumps ms: rules go on being evaluated, and the feed is not said to be silent',
    async ({ jumps }) => {
      await pass(20, stamps);
      rounds = [];
      for (const jump of jumps) {
        clock.step(jump);
        await pass(25, stamps, usual, 3);
      }
      expect(skipped()).toBeLessThanOrEqual(3 * jumps.length);
      expect(transitions).toEqual([]);
      expect(rounds.slice(-10)).toEqual(Array.from({ length: 10 }, () => true));
    },
  );

  test.each([hour, -hour])('and it is set by %i ms: an alert that is firing ends in time', async (jump) => {
    await pass(20, stamps);
    await pass(10, stamps, tripled);
    clock.step(jump);
    await pass(40, stamps);
    expect(transitions).toEqual(['alert volume', 'resolved volume']);
  });

  test.each([hour, -hour])('and it is set by %i ms: a change after it raises an alert', async (jump) => {
    await pass(20, stamps);
    clock.step(jump);
    await pass(5, stamps);
    await pass(10, stamps, tripled);
    expect(transitions).toEqual(['alert volume']);
  });

  test.each([hour, -hour])('and it is set by %i ms: a feed that does fall silent is told, and that it is back', async (jump) => {
    await pass(20, stamps);
    clock.step(jump);
    await pass(5, stamps);
    await pass(14, stamps, 'none');
    expect(transitions).toEqual([]);
    await pass(2, stamps, 'none');
    expect(transitions).toEqual(['alert feed']);
    await pass(2, stamps);
    expect(transitions).toEqual(['alert feed', 'resolved feed']);
  });

  test.each([hour, -hour])('and it is set by %i ms before a restart: rules are evaluated at once', async (jump) => {
    await pass(20, stamps);
    clock.step(jump);
    await pass(5, stamps);
    clock.step(-jump);
    open();
    rounds = [];
    await pass(10, stamps);
    expect([skipped() <= 2, transitions]).toEqual([true, []]);
  });
});
