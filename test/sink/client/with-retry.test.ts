import { expect, test, vi } from 'vitest';
import type { Clock } from '../../../src/lib/clock.ts';
import { type RetryPolicy, withRetry } from '../../../src/sink/client/with-retry.ts';
import { quiet } from '../../support/test-database.ts';

/** Time passes only while someone sleeps. */
function idleClock(): Clock & { waits: number[] } {
  const waits: number[] = [];
  let now = 0;
  const sleep = async (ms: number) => {
    waits.push(ms);
    now += 1_000;
  };
  return { waits, now: () => now, sleep };
}

const clickHouseError = (code: string, type: string) => Object.assign(new Error(`Cannot parse 'the text of a post'`), { code, type });
const patient = (clock: Clock, onRetry = () => {}): RetryPolicy => ({ clock, log: quiet, maxRetryMs: 60_000, onRetry });

test.each([
  ['a reset connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
  ['an answer that is no answer of ClickHouse', new Error('<html>502 Bad Gateway</html>')],
  ['too many parts', clickHouseError('252', 'TOO_MANY_PARTS')],
  ['too many open files', clickHouseError('76', 'CANNOT_OPEN_FILE')],
  ['a full disk', clickHouseError('243', 'NOT_ENOUGH_SPACE')],
])('retries after %s', async (_name, fault) => {
  const attempt = vi.fn().mockRejectedValueOnce(fault).mockRejectedValueOnce(fault).mockResolvedValue('stored');
  const onRetry = vi.fn();
  expect(await withRetry('insert posts', attempt, patient(idleClock(), onRetry))).toBe('stored');
  expect(onRetry).toHaveBeenCalledTimes(2);
});

test('does not repeat what cannot succeed, and quotes none of the data', async () => {
  const attempt = vi.fn().mockRejectedValue(clickHouseError('27', 'CANNOT_PARSE_INPUT_ASSERTION_FAILED'));
  const refused = withRetry('insert posts', attempt, patient(idleClock()));
  await expect(refused).rejects.toMatchObject({
    code: 'DATABASE_REJECTED',
    message: 'Could not insert posts: ClickHouse 27 CANNOT_PARSE_INPUT_ASSERTION_FAILED.',
  });
  expect(attempt).toHaveBeenCalledTimes(1);
});

test('gives up after repeated failures, with backoff of at most ten seconds', async () => {
  const clock = idleClock();
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  const attempt = vi.fn().mockRejectedValue(new Error('down'));
  await expect(withRetry('insert posts', attempt, patient(clock))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  random.mockRestore();
  expect(clock.waits.slice(0, 8)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000]);
  expect(Math.max(...clock.waits)).toBe(10_000);
});

test('a limit of open files that stays too low is suggested as the cause', async () => {
  const attempt = vi.fn().mockRejectedValue(clickHouseError('76', 'CANNOT_OPEN_FILE'));
  await expect(withRetry('insert posts', attempt, patient(idleClock()))).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    message: 'Gave up trying to insert posts: ClickHouse 76 CANNOT_OPEN_FILE (is the limit of open files too low?).',
  });
});

test('stops waiting when it is aborted', async () => {
  const stop = new AbortController();
  const attempt = vi.fn().mockImplementation(async () => {
    stop.abort(new Error('shutting down'));
    throw new Error('down');
  });
  await expect(withRetry('insert posts', attempt, patient(idleClock()), stop.signal)).rejects.toThrow('shutting down');
  expect(attempt).toHaveBeenCalledTimes(1);
});
