import { Subject } from 'rxjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AckableBatch, openAckableBatch } from '../../src/domain/ackable-batch.ts';
import { type BatchOptions, batchMap } from '../../src/pipeline/batch-map.ts';

const clock = { now: () => Date.now() };
const limits: BatchOptions<number> = { size: 4, maxSize: 6, lingerMs: 500, idleMs: 100, concurrency: 1, clock };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The operator between a source under the test's control and handlers that end when the test says so. */
function arrange(options: Partial<BatchOptions<number>> = {}) {
  const source = new Subject<AckableBatch<number>>();
  const handled: { items: readonly number[]; finish: (error?: Error) => void }[] = [];
  const results: number[] = [];
  let ended: 'completed' | Error | undefined;
  const handle = (batch: AckableBatch<number>) =>
    new Promise<number>((resolve) => {
      const finish = (error?: Error) => {
        batch.settle(error);
        resolve(batch.items.length);
      };
      handled.push({ items: batch.items, finish });
    });
  source.pipe(batchMap(handle, { ...limits, ...options })).subscribe({
    next: (result) => results.push(result),
    error: (error) => (ended = error),
    complete: () => (ended = 'completed'),
  });
  const offer = (...items: number[]) => {
    const { envelope, settled } = openAckableBatch(items);
    const state = { settled: undefined as boolean | Error | undefined };
    settled.then(
      () => (state.settled = true),
      (error) => (state.settled = error),
    );
    source.next(envelope);
    return state;
  };
  return { source, handled, results, offer, ended: () => ended };
}

const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

test('items of several envelopes make a batch, and each envelope is settled with its last item', async () => {
  const { handled, offer } = arrange();
  const first = offer(1, 2, 3);
  const second = offer(4, 5, 6, 7);
  expect(handled.map(({ items }) => items)).toEqual([[1, 2, 3, 4, 5, 6]]);
  handled[0]?.finish();
  await tick();
  expect(first.settled).toBe(true);
  expect(second.settled).toBeUndefined();
  await tick(100);
  expect(handled[1]?.items).toEqual([7]);
  handled[1]?.finish();
  await tick();
  expect(second.settled).toBe(true);
});

test('a batch that is not full goes when its oldest item is old, or when nothing more comes', async () => {
  const { handled, offer } = arrange();
  offer(1);
  await tick(90);
  offer(2);
  await tick(99);
  expect(handled).toHaveLength(0);
  await tick(101);
  expect(handled[0]?.items).toEqual([1, 2]);

  const busy = arrange({ expectsMore: () => true });
  busy.offer(1);
  await tick(499);
  expect(busy.handled).toHaveLength(0);
  await tick(101);
  expect(busy.handled[0]?.items).toEqual([1]);
});

test('while every handler is busy, items wait and the next batch grows', async () => {
  const { handled, offer } = arrange();
  offer(1, 2, 3, 4);
  for (const item of [5, 6, 7, 8, 9]) offer(item);
  await tick(1_000);
  expect(handled).toHaveLength(1);
  handled[0]?.finish();
  await tick();
  expect(handled[1]?.items).toEqual([5, 6, 7, 8, 9]);
});

test('weight makes a batch due and bounds it; an item that is too heavy goes alone', async () => {
  const { handled, offer } = arrange({ weight: { of: (item) => item, max: 10 }, size: 100 });
  offer(4, 5, 6);
  expect(handled[0]?.items).toEqual([4, 5]);
  handled[0]?.finish();
  offer(50);
  await tick();
  expect(handled[1]?.items).toEqual([6]);
  handled[1]?.finish();
  await tick();
  expect(handled[2]?.items).toEqual([50]);
});

test('a failed batch rejects the envelopes it holds, and the stream goes on', async () => {
  const { handled, offer, ended } = arrange();
  const failing = offer(1, 2, 3, 4);
  handled[0]?.finish(new Error('database'));
  await tick();
  expect(failing.settled).toEqual(new Error('database'));
  const next = offer(5, 6, 7, 8);
  handled[1]?.finish();
  await tick();
  expect(next.settled).toBe(true);
  expect(ended()).toBeUndefined();
});

test('the end of the source flushes what waits; its error settles what waits with it', async () => {
  const flushed = arrange();
  flushed.offer(1);
  flushed.source.complete();
  expect(flushed.handled[0]?.items).toEqual([1]);
  expect(flushed.ended()).toBeUndefined();
  flushed.handled[0]?.finish();
  await tick();
  expect(flushed.ended()).toBe('completed');
  expect(flushed.results).toEqual([1]);

  const broken = arrange();
  const state = broken.offer(1);
  broken.source.error(new Error('feed'));
  await tick();
  expect(state.settled).toEqual(new Error('feed'));
  expect(broken.ended()).toEqual(new Error('feed'));
});

test('an empty envelope is settled at once', async () => {
  const { offer, handled } = arrange();
  const empty = offer();
  await tick();
  expect(empty.settled).toBe(true);
  expect(handled).toHaveLength(0);
});

test('results come in the order of the batches, whichever handler ends first', async () => {
  const { handled, offer, results, source, ended } = arrange({ concurrency: 2 });
  offer(1, 2, 3, 4);
  offer(5, 6, 7, 8, 9);
  source.complete();
  handled[1]?.finish();
  await tick();
  expect(results).toEqual([]);
  expect(ended()).toBeUndefined();
  handled[0]?.finish();
  await tick();
  expect(results).toEqual([4, 5]);
  expect(ended()).toBe('completed');
});
