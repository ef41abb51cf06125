import { asyncScheduler, map, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AckableBatch } from '../../src/domain/ackable-batch.ts';
import { type BatchHandler, type BatchOptions, batchMap } from '../../src/pipeline/batch-map.ts';

/**
 * One frame is a millisecond of virtual time, starting at 0 in each test. A letter of the source is a batch of that one
 * item, an upper-case letter a batch of three; an outgoing batch is emitted as its items when its handler finishes.
 */
function newScheduler(): TestScheduler {
  return new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
}

beforeEach(() => {
  vi.stubGlobal('setTimeout', (work: () => void, ms: number) => asyncScheduler.schedule(work, ms));
  vi.stubGlobal('clearTimeout', (timeout?: { unsubscribe(): void }) => timeout?.unsubscribe());
});
afterEach(() => void vi.unstubAllGlobals());

/** Finishes after `ms` of virtual time; the operator only calls `then` on it. */
function handleIn(ms: number): BatchHandler<string, string> {
  return (batch) => {
    const ended = timer(ms).pipe(
      map(() => {
        batch.ack();
        return batch.items.join('');
      }),
    );
    // biome-ignore lint/suspicious/noThenProperty: it stands in for a promise, whose turns virtual time knows nothing of
    return { then: (next: (items: string) => void) => ended.subscribe(next) } as unknown as Promise<string>;
  };
}

function play(
  source: string,
  expected: string,
  values: Record<string, string>,
  options: Partial<BatchOptions<string>> & { handlerMs?: number } = {},
) {
  const { handlerMs = 0, ...given } = options;
  const scheduler = newScheduler();
  scheduler.run(({ hot, expectObservable }) => {
    const clock = { now: () => scheduler.now() };
    const limits: BatchOptions<string> = { minSize: 3, maxSize: 5, lingerMs: 20, idleMs: 10, concurrency: 1, clock, ...given };
    const batches = hot(source).pipe(
      map(
        (letter): AckableBatch<string> => ({
          items: letter === letter.toUpperCase() ? [...letter.repeat(3)] : [letter],
          ack: () => {},
          nack: () => {},
        }),
      ),
    );
    expectObservable(batches.pipe(batchMap(handleIn(handlerMs), limits))).toBe(expected, values);
  });
}

test('flushes a full batch at once', () => {
  play('-abc-----|', '---x-----|', { x: 'abc' });
});

test('flushes a partial batch after the idle time, with no empty batch after it', () => {
  play('-a----------------|', '- 10ms x 6ms |', { x: 'a' });
  play('-ab---------------|', '- 11ms x 5ms |', { x: 'ab' });
});

test('flushes after the linger time while more items are expected', () => {
  play('-a 30ms |', '- 20ms x 10ms |', { x: 'a' }, { expectsMore: () => true });
});

test('grows the next batch up to maxSize while the handler is busy', () => {
  play('-A-bcdefg-------------|', '- 8ms x 7ms y 12ms (z|)', { x: 'AAA', y: 'bcdef', z: 'g' }, { handlerMs: 8 });
});

test('two handlers run concurrently and emit as they finish', () => {
  play('-A-B---|', '- 5ms x-(y|)', { x: 'AAA', y: 'BBB' }, { handlerMs: 5, concurrency: 2 });
});

test('completes after flushing the last batch; an error is passed on at once', () => {
  play('-a-|', '- 6ms -(x|)', { x: 'a' }, { handlerMs: 5 });
  play('-a-#', '---#', {});
});

test('flushes nothing after it is unsubscribed', () => {
  const scheduler = newScheduler();
  scheduler.run(({ hot, expectObservable }) => {
    const clock = { now: () => scheduler.now() };
    const batches = hot('-a----').pipe(map((item): AckableBatch<string> => ({ items: [item], ack: () => {}, nack: () => {} })));
    const limits: BatchOptions<string> = { minSize: 3, maxSize: 5, lingerMs: 20, idleMs: 10, concurrency: 1, clock };
    expectObservable(batches.pipe(batchMap(handleIn(0), limits)), '-----!').toBe('------');
  });
});
