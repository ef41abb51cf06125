import { expect, test } from 'vitest';
import { chooseWorkers } from '../../src/app/open-scorer.ts';

const mebibyte = 2 ** 20;
const machine = { cpus: 8, memoryLimit: undefined, weightsBytes: 65 * mebibyte };

test('one inference thread per CPU, without limits', () => {
  expect(chooseWorkers(machine)).toBe(8);
});

test('a limit of CPU time lowers the number of inference threads', () => {
  expect([0.5, 1, 1.9, 4].map((cpus) => chooseWorkers({ ...machine, cpus }))).toEqual([1, 1, 1, 4]);
});

test('a limit of memory lowers it too; larger weights need more', () => {
  const withMemory = (mebibytes: number, weights = 65) =>
    chooseWorkers({ ...machine, memoryLimit: mebibytes * mebibyte, weightsBytes: weights * mebibyte });
  expect([512, 768, 1_024, 1_536, 65_536].map((memory) => withMemory(memory))).toEqual([1, 1, 2, 5, 8]);
  expect(withMemory(1_536, 270)).toBe(1);
});
