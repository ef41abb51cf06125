import { expect, test } from 'vitest';
import { createClockSteps } from '../../src/lib/clock-steps.ts';
import { createManualClock } from '../support/manual-clock.ts';

const hour = 3_600_000;

test('reports each step of the system clock once', async () => {
  const clock = createManualClock();
  const steps = createClockSteps(clock);
  await clock.advance(15_000);
  expect(steps.check()).toBe(0);
  clock.step(hour);
  await clock.advance(15_000);
  expect([steps.check(), steps.check()]).toEqual([hour, 0]);
  clock.step(-2 * hour);
  expect(steps.check()).toBe(-2 * hour);
  expect(steps.offsets()).toEqual([0, 2 * hour, hour]);
});

test('a correction by NTP is no step', async () => {
  const clock = createManualClock();
  const steps = createClockSteps(clock);
  for (let index = 0; index < 100; index += 1) {
    await clock.advance(15_000);
    clock.step(8);
    expect(steps.check()).toBe(0);
  }
  expect(steps.offsets()).toEqual([0]);
});

test('remembers a bounded number of steps', () => {
  const clock = createManualClock();
  const steps = createClockSteps(clock);
  for (let index = 0; index < 50; index += 1) {
    clock.step(hour);
    steps.check();
  }
  expect(steps.offsets()).toEqual([0, -hour, -2 * hour, -3 * hour, -4 * hour]);
});
