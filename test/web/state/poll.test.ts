import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepAsking } from '../../../src/web/state/poll.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('looks again soon after a page is shown that was hidden when its answer grew old', async () => {
  let isSeen = true;
  const ask = vi.fn(async () => 30_000);
  const stop = new AbortController();
  void keepAsking(ask, stop.signal, () => isSeen);
  isSeen = false;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(ask).toHaveBeenCalledTimes(1);
  isSeen = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ask).toHaveBeenCalledTimes(2);
  stop.abort();
});

it('ends at once, and leaves no timer behind', async () => {
  const stop = new AbortController();
  const end = keepAsking(
    async () => 3_600_000,
    stop.signal,
    () => true,
  );
  await vi.advanceTimersByTimeAsync(10);
  stop.abort();
  await end;
  expect(vi.getTimerCount()).toBe(0);
});
