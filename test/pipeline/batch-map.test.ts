import { Subject } from 'rxjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AckableBatch, createAckableBatch } from '../../src/domain/ackable-batch.ts';
import { type BatchOptions, batchMap } from '../../src/pipeline/batch-map.ts';

const clock = { now: () => Date.now() };
const limits: BatchOptions<number> = { minSize: 4, maxSize: 6, lingerMs: 500, idleMs: 100, concurrency: 1, clock };

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
        if (error) batch.nack(error);
        else batch.ack();
        resolve(batch.items.length);
      };
      handled.push({ items: batch.items, finish });
    });
  source.pipe(batchMap(handle, { ...limits, ...options })).subscribe({
    next: (result) => results.push(result),
    error: (error) => (ended = error),
    complete: () => (ended = 'completed'),
  });
  const emit = (...items: number[]) => {
    const { batch, acked } = createAckableBatch(items);
    const state = { acked: undefined as boolean | Error | undefined };
    acked.then(
      () => (state.acked = true),
      (error) => (state.acked = error),
    );
    source.next(batch);
    return state;
  };
  return { source, handled, results, emit, ended: () => ended };
}

const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

test('takes an item of each group in turn, so that a flood does not delay a trickle', async () => {
  const groupOf = (item: number) => (item < 100 ? 'flood' : 'trickle');
  const { handled, emit } = arrange({ groupOf });
  const flood = emit(1, 2, 3, 4, 5, 6); // the handler is busy with these
  emit(...Array.from({ length: 20 }, (_, index) => 10 + index));
  const trickle = emit(100, 101);
  expect(flood.acked).toBeUndefined();
  handled[0]?.finish();
  await tick();
  expect(handled[1]?.items.toSorted((a, b) => a - b)).toEqual([10, 11, 12, 13, 100, 101]);
  handled[1]?.finish();
  await tick();
  expect(trickle.acked).toBe(true);
  expect(handled[2]?.items).toEqual([14, 15, 16, 17, 18, 19]);
});

test('regroups the items of several batches and acknowledges each batch with its last item', async () => {
  const { handled, emit } = arrange();
  const first = emit(1, 2, 3);
  const second = emit(4, 5, 6, 7);
  expect(handled.map(({ items }) => items)).toEqual([[1, 2, 3, 4, 5, 6]]);
  handled[0]?.finish();
  await tick();
  expect(first.acked).toBe(true);
  expect(second.acked).toBeUndefined();
  await tick(100);
  expect(handled[1]?.items).toEqual([7]);
  handled[1]?.finish();
  await tick();
  expect(second.acked).toBe(true);
});

test('flushes a partial batch in time although the system clock is set back meanwhile', async () => {
  let stepped = 0;
  const stepping = { now: () => Date.now() + stepped, monotonic: () => Date.now() };
  const { handled, emit } = arrange({ clock: stepping });
  emit(1);
  stepped = -3_600_000;
  await tick(150);
  expect(handled.map(({ items }) => items)).toEqual([[1]]);
});

test('flushes a partial batch after lingerMs, or after idleMs without a new item', async () => {
  const { handled, emit } = arrange();
  emit(1);
  await tick(90);
  emit(2);
  await tick(99);
  expect(handled).toHaveLength(0);
  await tick(101);
  expect(handled[0]?.items).toEqual([1, 2]);

  const busy = arrange({ expectsMore: () => true });
  busy.emit(1);
  await tick(499);
  expect(busy.handled).toHaveLength(0);
  await tick(101);
  expect(busy.handled[0]?.items).toEqual([1]);
});

test('grows the next batch while every handler is busy', async () => {
  const { handled, emit } = arrange();
  emit(1, 2, 3, 4);
  for (const item of [5, 6, 7, 8, 9]) emit(item);
  await tick(1_000);
  expect(handled).toHaveLength(1);
  handled[0]?.finish();
  await tick();
  expect(handled[1]?.items).toEqual([5, 6, 7, 8, 9]);
});

test('flushes at the maximum weight; an item above it forms a batch of its own', async () => {
  const { handled, emit } = arrange({ weight: { of: (item) => item, max: 10 }, minSize: 100 });
  emit(4, 5, 6);
  expect(handled[0]?.items).toEqual([4, 5]);
  handled[0]?.finish();
  emit(50);
  await tick();
  expect(handled[1]?.items).toEqual([6]);
  handled[1]?.finish();
  await tick();
  expect(handled[2]?.items).toEqual([50]);
});

test('a failed batch rejects the batches its items came in, and the stream continues', async () => {
  const { handled, emit, ended } = arrange();
  const failing = emit(1, 2, 3, 4);
  handled[0]?.finish(new Error('database'));
  await tick();
  expect(failing.acked).toEqual(new Error('database'));
  const next = emit(5, 6, 7, 8);
  handled[1]?.finish();
  await tick();
  expect(next.acked).toBe(true);
  expect(ended()).toBeUndefined();
});

test('completion of the source flushes what waits; an error rejects what waits', async () => {
  const flushed = arrange();
  flushed.emit(1);
  flushed.source.complete();
  expect(flushed.handled[0]?.items).toEqual([1]);
  expect(flushed.ended()).toBeUndefined();
  flushed.handled[0]?.finish();
  await tick();
  expect(flushed.ended()).toBe('completed');
  expect(flushed.results).toEqual([1]);

  const broken = arrange();
  const state = broken.emit(1);
  broken.source.error(new Error('feed'));
  await tick();
  expect(state.acked).toEqual(new Error('feed'));
  expect(broken.ended()).toEqual(new Error('feed'));
});

test('acknowledges an empty batch at once', async () => {
  const { emit, handled } = arrange();
  const empty = emit();
  await tick();
  expect(empty.acked).toBe(true);
  expect(handled).toHaveLength(0);
});

test('emits results in the order of the batches, whichever handler finishes first', async () => {
  const { handled, emit, results, source, ended } = arrange({ concurrency: 2 });
  emit(1, 2, 3, 4);
  emit(5, 6, 7, 8, 9);
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
