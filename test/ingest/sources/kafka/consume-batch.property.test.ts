import fc from 'fast-check';
import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../../../src/ingest/mapping/parse-message.ts';
import { consumeBatch, type KafkaBatchDeps } from '../../../../src/ingest/sources/kafka/consume-batch.ts';
import { createGapDetector } from '../../../../src/ingest/sources/kafka/gap-detector.ts';
import type { Clock } from '../../../../src/lib/clock.ts';
import { defaultMapping } from '../../field-samples.ts';

const mapping = compileMapping(defaultMapping);
const chunkSize = 256;

/** The next event while a batch is being consumed. */
const event = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(), fails: fc.constant(false) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(), fails: fc.constant(true) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('pass' as const, 'drain' as const, 'rejoin' as const, 'rebalance' as const, 'evict' as const),
    }),
  },
);

const plan = fc.record({
  chunks: fc.integer({ min: 1, max: 5 }),
  /** Distance between offsets: compaction and transactions leave holes. */
  step: fc.integer({ min: 1, max: 3 }),
  /** Control records after the last message. */
  behind: fc.nat(2),
  /** Every n-th message is no post; 0 for none. */
  deadEvery: fc.constantFrom(0, 3, 256),
  commitFails: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(3) }),
  /** Whether consumeBatch gets to run before the event at this index. */
  turns: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
  events: fc.array(event, { maxLength: 14 }),
});

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

/** A write that consumeBatch waits for, and the offsets that it makes durable. */
interface Pending {
  readonly offsets: readonly number[];
  settle(error?: Error): void;
}

/** Runs the events against one batch and records every violation. */
async function play({ chunks, step, behind, deadEvery, commitFails, turns: hasTurn, events }: Plan) {
  const count = chunks * chunkSize - 7;
  const offsets = Array.from({ length: count }, (_, index) => index * step);
  const lastOffset = (count - 1) * step + behind;
  const isDead = (index: number) => deadEvery > 0 && index % deadEvery === 0;
  const durable = new Set<number>();
  const pending: Pending[] = [];
  const violations: string[] = [];
  const committed: number[] = [];
  const state = { isRunning: true, isAssigned: true, failed: false };
  let beat: Error | undefined;
  const wait = (waited: readonly number[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        if (!error) for (const offset of waited) durable.add(offset);
        if (error) reject(error);
        else resolve();
      };
      pending.push({ offsets: waited, settle });
    });
  const payload = {
    batch: {
      topic: 'posts',
      partition: 0,
      highWatermark: String(lastOffset + 1),
      messages: offsets.map((offset, index) => ({
        key: null,
        value: Buffer.from(isDead(index) ? '{' : `{"platform":"p","id":${index},"text":"x"}`),
        timestamp: '1700000000000',
        offset: String(offset),
      })),
      lastOffset: () => String(lastOffset),
    },
    heartbeat: async () => {
      if (beat) throw beat;
    },
    isRunning: () => true,
    isStale: () => false,
    resolveOffset: () => {},
    commitOffsetsIfNecessary: async ({ topics: [topic] }: { topics: { partitions: { offset: string }[] }[] }) => {
      const next = Number(topic?.partitions[0]?.offset);
      if (!state.isAssigned) violations.push(`committed ${next} of a partition that another member may own`);
      if (offsets.some((offset) => offset < next && !durable.has(offset))) violations.push(`committed ${next} beyond what is durable`);
      if (next <= (committed.at(-1) ?? 0)) violations.push(`committed ${next} after ${committed.at(-1)}`);
      if (committed.length === commitFails) throw new Error('commit');
      committed.push(next);
    },
  } as unknown as EachBatchPayload; // the part that consumeBatch uses
  const clock: Clock = { now: () => 1_700_000_000_000, sleep: () => new Promise((resolve) => setImmediate(resolve)) };
  const parts: KafkaBatchDeps = {
    mapping,
    clock,
    deadLetters: {
      write: (letters) => wait(letters.map(({ position }) => Number(position.offset))),
      observe: () => {},
      close: async () => {},
    },
    emit: ({ items, ack, nack }) => {
      const waited = items.map(({ position }) => Number(position.offset));
      wait(waited).then(ack, nack);
    },
    canFetch: () => state.isRunning && state.isAssigned && !state.failed,
    canCommit: () => state.isAssigned && !state.failed,
    onFailure: () => {
      state.failed = true;
    },
    onCommit: () => {},
    rebalanceTimeoutMs: 1,
  };
  let over = false;
  const run = consumeBatch(payload, parts).finally(() => {
    over = true;
  });
  run.catch(() => {});
  const settleOne = (which: number, error?: Error): void => {
    const [one] = pending.splice(which % Math.max(1, pending.length), 1);
    one?.settle(error);
  };
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  for (const [index, next] of events.entries()) {
    if (hasTurn[index]) await turns();
    if (next.do === 'settle') settleOne(next.which, next.fails ? new Error('database') : undefined);
    else if (next.do === 'drain') state.isRunning = false;
    else if (next.do === 'rejoin') state.isAssigned = false;
    else if (next.do === 'rebalance') beat = Object.assign(new Error('rebalance'), { type: 'REBALANCE_IN_PROGRESS' });
    else if (next.do === 'evict') beat = Object.assign(new Error('evicted'), { type: 'UNKNOWN_MEMBER_ID' });
  }
  for (let tries = 0; !over && tries < 200; tries += 1) {
    await turns();
    settleOne(0);
  }
  await run.catch(() => {});
  return { violations, committed, lastOffset, quiet: events.every((one) => one.do === 'pass' || (one.do === 'settle' && !one.fails)) };
}

describe('offset commits', () => {
  it('commits in order, only what is durable and only assigned partitions, under any order of acknowledgements and faults', async () => {
    let commits = 0;
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const { violations, committed, lastOffset, quiet } = await play(given);
        expect(violations).toEqual([]);
        commits += committed.length;
        // Without faults the whole batch is committed, including the control records after its last message.
        if (quiet && given.commitFails < 0) expect(committed.at(-1)).toBe(lastOffset + 1);
      }),
      { numRuns: 150 },
    );
    expect(commits).toBeGreaterThan(50);
  });

  const min = (a: bigint, b: bigint) => (a < b ? a : b);
  const max = (a: bigint, b: bigint) => (a > b ? a : b);

  it('counts exactly the messages that were deleted before they were read', async () => {
    const move = fc.record({ read: fc.nat(20), append: fc.nat(30), deleted: fc.oneof(fc.constant(0), fc.nat(40)), hole: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 30 }), async (moves) => {
        let end = 0n;
        let low = 0n;
        let next = 0n;
        let lost = 0n;
        const gaps = createGapDetector(async () => low);
        gaps.expect(0, 0n);
        let reported = 0n;
        for (const { read, append, deleted, hole } of moves) {
          end += BigInt(append);
          low = min(low + BigInt(deleted), end);
          // The consumer continues at its offset, or at the lowest one left; skipping a hole loses nothing.
          const first = max(next, low) + BigInt(hole);
          if (first >= end) continue;
          lost += max(low - next, 0n);
          reported += await gaps.onFetch(0, first);
          next = min(first + BigInt(read), end);
          gaps.onCommit(0, next);
        }
        expect(reported).toBe(lost);
      }),
      { numRuns: 500 },
    );
  });
});
