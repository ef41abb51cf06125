import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
import { createRandom } from '../../../src/lib/random.ts';
import { type Audit, cleanAudit } from '../audit.ts';

/** Whether all fault tests run, or only the quick selection of `npm test`. */
const isFullRun = process.env['FAULTS'] === 'whole';

/** Repetitions in a full and in a quick run. */
export const repetitions = (full: number, quick: number): number => (isFullRun ? full : quick);

/** A slow test that only a full run includes. */
export function testInFullRun(name: string, run: () => Promise<void>): void {
  if (isFullRun) test(name, run);
}

/** A random generator for a group of tests. Prints its seed; FAULT_SEED repeats a run. */
export function createSeededRandom(suite: string): { seed: number; random: () => number } {
  const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`${suite}: FAULT_SEED=${seed}\n`);
  return { seed, random: createRandom(seed) };
}

/** A row of the table at the end of a run. */
export interface FaultRecord {
  readonly fault: string;
  readonly attempts: number;
  readonly result: Audit;
  /** Milliseconds from the end of the fault until everything is counted: the maximum over the attempts. */
  readonly recoveryMs?: number;
}

/** Adds a result to the table, good or bad; the test asserts it afterwards. */
export function record({ fault, attempts, result, recoveryMs }: FaultRecord): void {
  const file = process.env['FAULT_RECORDS'];
  if (file) appendFileSync(file, `${JSON.stringify({ fault, attempts, result: { ...cleanAudit, ...result }, recoveryMs })}\n`);
}
