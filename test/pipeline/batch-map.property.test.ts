import fc from 'fast-check';
import { Subject } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AckableBatch } from '../../src/domain/ackable-batch.ts';
import { createBatchBuffer } from '../../src/pipeline/batch-buffer.ts';
import { type BatchOptions, batchMap } from '../../src/pipeline/batch-map.ts';

/** An item with its weight and the number of items before it. */
interface Item {
  readonly number: number;
  readonly weight: number;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limits = fc.record({
  minSize: fc.integer({ min: 1, max: 8 }),
  maxSize: fc.integer({ min: 1, max: 12 }),
  max: fc.integer({ min: 1, max: 30 }),
  lingerMs: fc.integer({ min: 1, max: 500 }),
  idleMs: fc.integer({ min: 1, max: 500 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
});

type Step =
  | { readonly do: 'emit'; readonly weights: readonly number[] }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'finish'; readonly which: number; readonly fails: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('emit' as const), weights: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 10 }) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(700) }),
  fc.record({ do: fc.constant('finish' as const), which: fc.nat(), fails: fc.boolean() }),
);
const end = fc.constantFrom('complete' as const, 'error' as const);

/** A value of `limits`. */
type Given = typeof limits extends fc.Arbitrary<infer T> ? T : never;

interface Emitted {
  readonly items: readonly Item[];
  readonly outcomes: (Error | 'acked')[];
}

/** Runs the steps, then the end, then lets every handler finish. */
async function play(steps: readonly Step[], howItEnds: 'complete' | 'error', { max, ...given }: Given) {
  const source = new Subject<AckableBatch<Item>>();
  const emitted: Emitted[] = [];
  const batches: { items: readonly Item[]; failed: boolean }[] = [];
  const open: ((fails: boolean) => void)[] = [];
  let results = 0;
  let maxRunning = 0;
  let over: 'complete' | 'error' | undefined;
  const handle = (batch: AckableBatch<Item>): Promise<number> => {
    const record = { items: batch.items, failed: false };
    batches.push(record);
    return new Promise((resolve) => {
      open.push((fails) => {
        record.failed = fails;
        if (fails) batch.nack(new Error('handler'));
        else batch.ack();
        resolve(batch.items.length);
      });
      maxRunning = Math.max(maxRunning, open.length);
    });
  };
  const options: BatchOptions<Item> = { ...given, weight: { of: ({ weight }) => weight, max }, clock: { now: () => Date.now() } };
  source.pipe(batchMap(handle, options)).subscribe({
    next: () => (results += 1),
    complete: () => (over = 'complete'),
    error: () => (over = 'error'),
  });
  const finish = async (which: number, fails: boolean): Promise<void> => {
    const [done] = open.splice(which % Math.max(1, open.length), 1);
    done?.(fails);
    await vi.advanceTimersByTimeAsync(0);
  };
  let number = 0;
  for (const one of steps) {
    if (one.do === 'wait') await vi.advanceTimersByTimeAsync(one.ms);
    else if (one.do === 'finish') await finish(one.which, one.fails);
    else {
      const items = one.weights.map((weight) => ({ number: number++, weight }));
      const outcomes: (Error | 'acked')[] = [];
      emitted.push({ items, outcomes });
      source.next({ items, ack: () => void outcomes.push('acked'), nack: (error) => void outcomes.push(error) });
    }
  }
  if (howItEnds === 'complete') source.complete();
  else source.error(new Error('feed'));
  while (open.length > 0) await finish(0, false);
  return { emitted, batches, results, maxRunning, over };
}

it('puts every item into exactly one batch, in order, and acknowledges or rejects every incoming batch exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), end, limits, async (steps, howItEnds, given) => {
      const { emitted, batches, results, maxRunning, over } = await play(steps, howItEnds, given);
      const all = emitted.flatMap(({ items }) => items);
      const handled = batches.flatMap(({ items }) => items);
      // After an error of the source, what still waits is rejected and never handled.
      expect(handled).toEqual(howItEnds === 'complete' ? all : all.slice(0, handled.length));
      for (const { items } of batches) {
        expect(items.length).toBeGreaterThan(0);
        expect(items.length).toBeLessThanOrEqual(given.maxSize);
        if (items.length > 1) expect(items.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(given.max);
      }
      expect(maxRunning).toBeLessThanOrEqual(given.concurrency);
      expect(over).toBe(howItEnds);
      if (howItEnds === 'complete') expect(results).toBe(batches.length);
      const failed = new Set(batches.filter((batch) => batch.failed).flatMap(({ items }) => items.map(({ number }) => number)));
      for (const { items, outcomes } of emitted) {
        expect(outcomes).toHaveLength(1);
        const hasFailed = items.some(({ number }) => failed.has(number) || number >= handled.length);
        expect(outcomes[0] !== 'acked').toBe(hasFailed);
      }
    }),
    { numRuns: 400 },
  );
});

it('flushes a due batch at once while a handler is free; no item waits longer than the limits allow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        step.filter((one) => one.do !== 'finish'),
        { maxLength: 25 },
      ),
      limits,
      async (steps, given) => {
        const source = new Subject<AckableBatch<Item>>();
        const longest = Math.min(given.lingerMs, given.idleMs) + Math.max(given.lingerMs, given.idleMs) + 1;
        const waits: number[] = [];
        const handle = async (batch: AckableBatch<Item>): Promise<void> => {
          for (const { number } of batch.items) waits.push(Date.now() - number);
          batch.ack();
        };
        const { max, ...rest } = given;
        const options: BatchOptions<Item> = { ...rest, weight: { of: ({ weight }) => weight, max }, clock: { now: () => Date.now() } };
        const subscription = source.pipe(batchMap(handle, options)).subscribe();
        for (const one of steps) {
          if (one.do === 'wait') await vi.advanceTimersByTimeAsync(one.ms);
          if (one.do === 'emit')
            source.next({ items: one.weights.map((weight) => ({ number: Date.now(), weight })), ack: () => {}, nack: () => {} });
        }
        await vi.advanceTimersByTimeAsync(2_000);
        subscription.unsubscribe();
        const emitted = steps.flatMap((one) => (one.do === 'emit' ? one.weights : [])).length;
        expect(waits).toHaveLength(emitted);
        for (const waited of waits) expect(waited).toBeLessThanOrEqual(longest);
      },
    ),
    { numRuns: 200 },
  );
});

it('the batch buffer drains what was added, respects its limits and knows when to flush', () => {
  const move = fc.oneof(fc.array(fc.nat(40), { minLength: 1, maxLength: 9 }), fc.constant('drain' as const), fc.nat(400));
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), limits, (moves, { max, ...given }) => {
      const buffer = createBatchBuffer<number>({ ...given, weight: { of: (item) => item, max } });
      const waiting: { item: number; since: number }[] = [];
      let now = 0;
      let newest = 0;
      for (const next of moves) {
        if (typeof next === 'number') now += next;
        else if (next === 'drain') {
          if (waiting.length === 0) continue;
          const { items, ack } = buffer.drain();
          expect(items).toEqual(waiting.splice(0, items.length).map(({ item }) => item));
          expect(items.length).toBeGreaterThan(0);
          ack();
        } else {
          buffer.add({ items: next, ack: () => {}, nack: () => {} }, now);
          waiting.push(...next.map((item) => ({ item, since: now })));
          newest = now;
        }
        const weight = waiting.reduce((sum, { item }) => sum + item, 0);
        const old = waiting[0] !== undefined && now - waiting[0].since >= given.lingerMs;
        const isDue = waiting.length >= given.minSize || weight >= max || old || now - newest >= given.idleMs;
        expect(buffer.isEmpty()).toBe(waiting.length === 0);
        expect(buffer.shouldFlush(now)).toBe(waiting.length > 0 && isDue);
      }
    }),
    { numRuns: 500 },
  );
});
