import fc from 'fast-check';
import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../../../src/ingest/mapping/parse-post.ts';
import { consumeBatch, type KafkaBatchParts } from '../../../../src/ingest/sources/kafka/consume-batch.ts';
import { createOffsetGaps } from '../../../../src/ingest/sources/kafka/offset-gaps.ts';
import type { Clock } from '../../../../src/lib/clock.ts';
import { defaultMapping } from '../../field-samples.ts';

const mapping = compileMapping(defaultMapping);
const slice = 256;

/** What happens next to a batch under way. */
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
  slices: fc.integer({ min: 1, max: 5 }),
  /** Distance between offsets: compaction and transactions leave holes. */
  step: fc.integer({ min: 1, max: 3 }),
  /** Records behind the last message that are no messages. */
  behind: fc.nat(2),
  /** Every so-manieth message is no post; none for 0. */
  deadEvery: fc.constantFrom(0, 3, 256),
  commitFails: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(3) }),
  /** Whether the handler gets a turn before the next event, by the event's place. */
  turns: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
  events: fc.array(event, { maxLength: 14 }),
});

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

/** Something that the handler waits for, and the offsets that it makes durable. */
interface Pending {
  readonly offsets: readonly number[];
  settle(error?: Error): void;
}

/** Plays the events against one batch; notes every breach as it happens. */
async function play({ slices, step, behind, deadEvery, commitFails, turns: hasTurn, events }: Plan) {
  const count = slices * slice - 7;
  const offsets = Array.from({ length: count }, (_, index) => index * step);
  const lastOffset = (count - 1) * step + behind;
  const isDead = (index: number) => deadEvery > 0 && index % deadEvery === 0;
  const durable = new Set<number>();
  const pending: Pending[] = [];
  const breaches: string[] = [];
  const committed: number[] = [];
  const state = { taking: true, ours: true, failed: false };
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
      if (!state.ours) breaches.push(`committed ${next} of a partition that may be somebody else's`);
      if (offsets.some((offset) => offset < next && !durable.has(offset))) breaches.push(`committed ${next} beyond what is durable`);
      if (next <= (committed.at(-1) ?? 0)) breaches.push(`committed ${next} after ${committed.at(-1)}`);
      if (committed.length === commitFails) throw new Error('commit');
      committed.push(next);
    },
  } as unknown as EachBatchPayload; // only what the handler uses
  const clock: Clock = { now: () => 1_700_000_000_000, sleep: () => new Promise((resolve) => setImmediate(resolve)) };
  const parts: KafkaBatchParts = {
    mapping,
    clock,
    deadLetters: {
      put: (letters) => wait(letters.map(({ position }) => Number(position.offset))),
      observe: () => {},
      close: async () => {},
    },
    offer: ({ items, settle }) => {
      const waited = items.map(({ position }) => Number(position.offset));
      wait(waited).then(
        () => settle(),
        (error) => settle(error),
      );
    },
    mayTake: () => state.taking && state.ours && !state.failed,
    mayCommit: () => state.ours && !state.failed,
    fail: () => {
      state.failed = true;
    },
    committed: () => {},
    rebalancePatience: 1,
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
    else if (next.do === 'drain') state.taking = false;
    else if (next.do === 'rejoin') state.ours = false;
    else if (next.do === 'rebalance') beat = Object.assign(new Error('rebalance'), { type: 'REBALANCE_IN_PROGRESS' });
    else if (next.do === 'evict') beat = Object.assign(new Error('evicted'), { type: 'UNKNOWN_MEMBER_ID' });
  }
  for (let tries = 0; !over && tries < 200; tries += 1) {
    await turns();
    settleOne(0);
  }
  await run.catch(() => {});
  return { breaches, committed, lastOffset, quiet: events.every((one) => one.do === 'pass' || (one.do === 'settle' && !one.fails)) };
}

describe('the ledger of offsets', () => {
  it('commits in order, only what is durable and only what is ours, whatever ends, fails or is lost in whatever order', async () => {
    let commits = 0;
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const { breaches, committed, lastOffset, quiet } = await play(given);
        expect(breaches).toEqual([]);
        commits += committed.length;
        // Without any trouble the whole batch is committed, with what stands behind its last message.
        if (quiet && given.commitFails < 0) expect(committed.at(-1)).toBe(lastOffset + 1);
      }),
      { numRuns: 150 },
    );
    expect(commits).toBeGreaterThan(50);
  });

  const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
  const larger = (a: bigint, b: bigint) => (a > b ? a : b);

  it('counts the messages that were deleted before they were read, and no others', async () => {
    const move = fc.record({ read: fc.nat(20), append: fc.nat(30), deleted: fc.oneof(fc.constant(0), fc.nat(40)), hole: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 30 }), async (moves) => {
        let end = 0n;
        let low = 0n;
        let next = 0n;
        let lost = 0n;
        const gaps = createOffsetGaps(new Map([[0, 0n]]), async () => low);
        let reported = 0n;
        for (const { read, append, deleted, hole } of moves) {
          end += BigInt(append);
          low = smaller(low + BigInt(deleted), end);
          // The consumer goes on where it was, or at the lowest that is left; a hole is skipped without a loss.
          const first = larger(next, low) + BigInt(hole);
          if (first >= end) continue;
          lost += larger(low - next, 0n);
          reported += await gaps.arrive(0, first);
          next = smaller(first + BigInt(read), end);
          gaps.advance(0, next);
        }
        expect(reported).toBe(lost);
      }),
      { numRuns: 500 },
    );
  });
});
