import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
import { createRandom } from '../../../src/lib/random.ts';
import { type Audit, cleanAudit } from '../ledger.ts';

/** The whole suite, or the quick selection that belongs to `npm test`. */
const whole = process.env['FAULTS'] === 'whole';

/** As often as the whole suite asks for, or as the quick selection does. */
export const times = (inWhole: number, inQuick: number): number => (whole ? inWhole : inQuick);

/** A test that takes long: of the whole suite alone. */
export function testWhenWhole(name: string, run: () => Promise<void>): void {
  if (whole) test(name, run);
}

/** A family's random numbers and the seed that brings them back: FAULT_SEED. */
export function seeded(family: string): { seed: number; random: () => number } {
  const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`${family}: FAULT_SEED=${seed}\n`);
  return { seed, random: createRandom(seed) };
}

/** A line of the table at the end of a run. */
export interface FaultRecord {
  readonly fault: string;
  readonly tried: number;
  readonly found: Audit;
  /** Milliseconds from the end of the fault until all is counted, the longest of those tried. */
  readonly recoveryMs?: number;
}

/** Notes the outcome for the table, whatever it is; the test asserts it afterwards. */
export function record({ fault, tried, found, recoveryMs }: FaultRecord): void {
  const file = process.env['FAULT_RECORDS'];
  if (file) appendFileSync(file, `${JSON.stringify({ fault, tried, found: { ...cleanAudit, ...found }, recoveryMs })}\n`);
}
