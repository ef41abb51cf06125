import { asyncScheduler, map, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AckableBatch } from '../../src/domain/ackable-batch.ts';
import { type BatchOptions, batchMap, type Handle } from '../../src/pipeline/batch-map.ts';

/**
 * One frame is a millisecond of virtual time, from 0 in each. A letter of the source is an envelope of that one
 * item, an upper case letter one of three; a batch is emitted as its items when its handler ends.
 */
function newScheduler(): TestScheduler {
  return new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
}

beforeEach(() => {
  vi.stubGlobal('setTimeout', (work: () => void, ms: number) => asyncScheduler.schedule(work, ms));
  vi.stubGlobal('clearTimeout', (timeout?: { unsubscribe(): void }) => timeout?.unsubscribe());
});
afterEach(() => void vi.unstubAllGlobals());

/** Ends after `ms` of virtual time; only `then` is asked of it. */
function handleIn(ms: number): Handle<string, string> {
  return (batch) => {
    const ended = timer(ms).pipe(
      map(() => {
        batch.settle();
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
    const limits: BatchOptions<string> = { size: 3, maxSize: 5, lingerMs: 20, idleMs: 10, concurrency: 1, clock, ...given };
    const envelopes = hot(source).pipe(
      map(
        (letter): AckableBatch<string> => ({ items: letter === letter.toUpperCase() ? [...letter.repeat(3)] : [letter], settle: () => {} }),
      ),
    );
    expectObservable(envelopes.pipe(batchMap(handleIn(handlerMs), limits))).toBe(expected, values);
  });
}

test('a full batch goes at once', () => {
  play('-abc-----|', '---x-----|', { x: 'abc' });
});

test('what is not full goes after a quiet time, without an empty batch behind it', () => {
  play('-a----------------|', '- 10ms x 6ms |', { x: 'a' });
  play('-ab---------------|', '- 11ms x 5ms |', { x: 'ab' });
});

test('while more may come, age decides', () => {
  play('-a 30ms |', '- 20ms x 10ms |', { x: 'a' }, { expectsMore: () => true });
});

test('while the handler is busy, the next batch grows beyond the size, up to the largest', () => {
  play('-A-bcdefg-------------|', '- 8ms x 7ms y 12ms (z|)', { x: 'AAA', y: 'bcdef', z: 'g' }, { handlerMs: 8 });
});

test('two handlers work side by side, and emit as they end', () => {
  play('-A-B---|', '- 5ms x-(y|)', { x: 'AAA', y: 'BBB' }, { handlerMs: 5, concurrency: 2 });
});

test('the end flushes what waits and comes after the last batch; an error comes at once', () => {
  play('-a-|', '- 6ms -(x|)', { x: 'a' }, { handlerMs: 5 });
  play('-a-#', '---#', {});
});

test('nothing goes when nobody looks any more', () => {
  const scheduler = newScheduler();
  scheduler.run(({ hot, expectObservable }) => {
    const clock = { now: () => scheduler.now() };
    const envelopes = hot('-a----').pipe(map((item): AckableBatch<string> => ({ items: [item], settle: () => {} })));
    const limits: BatchOptions<string> = { size: 3, maxSize: 5, lingerMs: 20, idleMs: 10, concurrency: 1, clock };
    expectObservable(envelopes.pipe(batchMap(handleIn(0), limits)), '-----!').toBe('------');
  });
});
