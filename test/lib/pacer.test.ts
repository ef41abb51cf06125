import { expect, test } from 'vitest';
import { createLoadAverage } from '../../src/lib/load-average.ts';
import { createPacer } from '../../src/lib/pacer.ts';

/** A clock that advances only by sleeping. */
function createManualClock() {
  let now = 0;
  const advance = (ms: number): void => {
    now += ms;
  };
  return { now: () => now, advance, sleep: async (ms: number) => advance(ms) };
}

/** Runs tasks of `taskMs` one after the other; returns the share of the time in which one ran. */
async function shareOf(taskMs: number, tasks: number, isNeeded: () => boolean): Promise<number> {
  const clock = createManualClock();
  const pacer = createPacer({ clock, isNeeded, share: 0.25 });
  for (let task = 0; task < tasks; task += 1) {
    await pacer.waitForTurn();
    const finish = pacer.start();
    clock.advance(taskMs);
    finish();
  }
  await pacer.waitForTurn();
  return (taskMs * tasks) / clock.now();
}

test('tasks run for their share of the time while other work needs the CPU', async () => {
  for (const taskMs of [5, 80, 2_000]) {
    const share = await shareOf(taskMs, Math.ceil(200_000 / taskMs), () => true);
    expect(share).toBeGreaterThan(0.24);
    expect(share).toBeLessThan(0.27);
  }
});

test('tasks do not wait while nothing else needs the CPU', async () => {
  expect(await shareOf(80, 1_000, () => false)).toBe(1);
});

test('a burst after a quiet time does not wait: a page sends several requests at once', async () => {
  expect(await shareOf(50, 20, () => true)).toBe(1);
});

test('tasks that overlap count once', async () => {
  const clock = createManualClock();
  const pacer = createPacer({ clock, isNeeded: () => true, share: 0.25 });
  const [first, second] = [pacer.start(), pacer.start()];
  clock.advance(2_000);
  first();
  second();
  await pacer.waitForTurn();
  // 2,000 ms at a net price of 0.75 each are all of the burst of 1,500 ms.
  expect(clock.now()).toBeLessThanOrEqual(2_000 + 2 * 50);
});

test('the load average follows the share of time, the latest seconds first', () => {
  const clock = createManualClock();
  const load = createLoadAverage(clock);
  expect(load.read()).toBe(0);
  for (let second = 0; second < 60; second += 1) {
    load.set(true);
    clock.advance(700);
    load.set(false);
    clock.advance(300);
  }
  expect(load.read()).toBeGreaterThan(0.6);
  expect(load.read()).toBeLessThan(0.75);
  clock.advance(10_000);
  expect(load.read()).toBeLessThan(0.05);
});
