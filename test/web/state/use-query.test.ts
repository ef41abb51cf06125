import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { poll } from '../../../src/web/state/use-query.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('refreshes soon after a hidden page becomes visible again', async () => {
  let isSeen = true;
  const ask = vi.fn(async () => 30_000);
  const stop = new AbortController();
  void poll(ask, stop.signal, () => isSeen);
  isSeen = false;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(ask).toHaveBeenCalledTimes(1);
  isSeen = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ask).toHaveBeenCalledTimes(2);
  stop.abort();
});

it('stops immediately and leaves no timer', async () => {
  const stop = new AbortController();
  const end = poll(
    async () => 3_600_000,
    stop.signal,
    () => true,
  );
  await vi.advanceTimersByTimeAsync(10);
  stop.abort();
  await end;
  expect(vi.getTimerCount()).toBe(0);
});
