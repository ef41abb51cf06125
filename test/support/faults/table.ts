import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultRecord } from './record.ts';

/** Collects what the families note, and prints it as a table when all have run. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'feedpulse-faults-'));
  const file = join(folder, 'records.ndjson');
  process.env['FAULT_RECORDS'] = file;
  return () => {
    process.stdout.write(tableOf(read(file)));
    rmSync(folder, { recursive: true, force: true });
  };
}

function read(file: string): FaultRecord[] {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FaultRecord); // written by record()
  } catch {
    return []; // no test came so far
  }
}

function tableOf(records: readonly FaultRecord[]): string {
  const cells = records.map(({ fault, tried, found, recoveryMs }) => [
    fault,
    tried,
    found.lost,
    found.duplicated + found.unexpected,
    found.wrongBuckets,
    recoveryMs === undefined ? '–' : `${(recoveryMs / 1_000).toFixed(1)} s`,
  ]);
  const head = ['fault', 'tried', 'lost', 'counted twice', 'wrong buckets', 'recovery'];
  const lines = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  return `\n${lines.join('\n')}\n`;
}
