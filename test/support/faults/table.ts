import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultRecord } from './record.ts';

/** Collects the fault records of all test files and prints them as a table. */
export function setup(): () => void {
  const dir = mkdtempSync(join(tmpdir(), 'feedpulse-faults-'));
  const file = join(dir, 'records.ndjson');
  process.env['FAULT_RECORDS'] = file;
  return () => {
    process.stdout.write(formatTable(read(file)));
    rmSync(dir, { recursive: true, force: true });
  };
}

function read(file: string): FaultRecord[] {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FaultRecord); // written by record()
  } catch {
    return []; // no test recorded anything
  }
}

function formatTable(records: readonly FaultRecord[]): string {
  const cells = records.map(({ fault, attempts, result, recoveryMs }) => [
    fault,
    attempts,
    result.lost,
    result.duplicated + result.unexpected,
    result.wrongBuckets,
    recoveryMs === undefined ? '–' : `${(recoveryMs / 1_000).toFixed(1)} s`,
  ]);
  const head = ['fault', 'attempts', 'lost', 'counted twice', 'wrong buckets', 'recovery'];
  const lines = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  return `\n${lines.join('\n')}\n`;
}
