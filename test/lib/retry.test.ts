import { expect, test } from 'vitest';
import type { Clock } from '../../src/lib/clock.ts';
import { backoffDelay, type Failure, jitter, retry } from '../../src/lib/retry.ts';

/** A clock on which sleeping takes no time, and the sleeps it was asked for. */
function fakeClock(): { clock: Clock; slept: number[] } {
  const slept: number[] = [];
  let now = 0;
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    now += ms;
  };
  return { clock: { now: () => now, sleep }, slept };
}

test('backoff doubles from the first delay to the maximum', () => {
  const backoff = { firstMs: 100, maxMs: 1_000 };
  expect([1, 2, 3, 4, 5, 6, 5_000].map((failures) => backoffDelay(backoff, failures))).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
});

test('jitter stays between its bounds', () => {
  for (let round = 0; round < 200; round += 1) {
    expect(jitter.full(100)).toBeGreaterThanOrEqual(0);
    expect(jitter.full(100)).toBeLessThan(100);
    expect(jitter.half(100)).toBeGreaterThanOrEqual(50);
    expect(jitter.half(100)).toBeLessThan(100);
  }
});

test('retry waits between attempts and returns the first success', async () => {
  const { clock, slept } = fakeClock();
  const seen: Failure[] = [];
  let attempts = 0;
  const attempt = async (): Promise<string> => {
    attempts += 1;
    if (attempts < 4) throw new Error('not yet');
    return 'done';
  };
  const onFailure = (_: unknown, failure: Failure): void => void seen.push(failure);
  expect(await retry(attempt, { clock, backoff: { firstMs: 100, maxMs: 200 }, jitter: 'half', onFailure })).toBe('done');
  expect(seen.map(({ failures, delayMs }) => [failures, delayMs])).toEqual([
    [1, 100],
    [2, 200],
    [3, 200],
  ]);
  expect(seen.map(({ elapsedMs }) => elapsedMs)).toEqual([0, slept[0], (slept[0] ?? 0) + (slept[1] ?? 0)]);
});

test('retry gives up with what onFailure throws, without another wait', async () => {
  const { clock, slept } = fakeClock();
  const attempt = (): Promise<never> => Promise.reject(new Error('cause'));
  const onFailure = (thrown: unknown, { failures }: Failure): void => {
    if (failures === 2) throw new Error('gave up', { cause: thrown });
  };
  const options = { clock, backoff: { firstMs: 1, maxMs: 1 }, jitter: 'full', onFailure } as const;
  await expect(retry(attempt, options)).rejects.toThrow('gave up');
  expect(slept).toHaveLength(1);
});
