import { expect, test } from 'vitest';
import { createRandom } from '../../src/lib/random.ts';
import { planFaults } from './faults.ts';

test('faults that end the process occur only in the first quarter, and none in the last minute', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const planned = planFaults(1_200, createRandom(seed));
    expect(planned.length).toBeGreaterThan(10);
    for (const { at, fault } of planned) expect(fault.keepsProcess || at < 300).toBe(true);
    expect(Math.max(...planned.map(({ at }) => at))).toBeLessThan(1_140);
  }
});

test('the same seed produces the same faults', () => {
  expect(planFaults(900, createRandom(7))).toEqual(planFaults(900, createRandom(7)));
});
