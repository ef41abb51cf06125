import { expect, it } from 'vitest';
import { systemClock, withTimeout } from '../../src/lib/clock.ts';

it('returns the result of a promise that settles in time, and cancels the timer', async () => {
  let isTimerCanceled = false;
  const sleep = async (_ms: number, signal?: AbortSignal): Promise<void> => {
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    isTimerCanceled = true;
  };
  await expect(withTimeout(Promise.resolve('done'), 60_000, { sleep })).resolves.toBe('done');
  expect(isTimerCanceled).toBe(true);
  await expect(withTimeout(Promise.reject(new Error('failed')), 60_000, { sleep })).rejects.toThrow('failed');
});

it('returns undefined after the timeout', async () => {
  await expect(withTimeout(new Promise(() => {}), 1, systemClock)).resolves.toBeUndefined();
});
