import type { Command } from 'commander';
import { createLog } from '../lib/log.ts';
import { type Api, withApi } from './api-client.ts';
import { configFrom, type SharedOptions } from './options.ts';
import { printableJson } from './output/escape-terminal.ts';

export interface UpkeepOptions extends SharedOptions {
  readonly json?: boolean;
}

export interface RangeOptions extends UpkeepOptions {
  readonly since?: string;
  readonly until?: string;
}

/** A range of posts by their creation, whole history when absent. */
export function withRange(command: Command): Command {
  return command
    .option('--since <time>', 'ISO 8601, or relative: now-7d (default: the first post)')
    .option('--until <time>', 'the same (default: now)')
    .option('--json', 'print the outcome as JSON');
}

/** Asks the API and prints what came of it, as JSON or in a sentence. */
export async function runMutation<T extends object>(
  options: UpkeepOptions,
  work: (api: Api) => Promise<T>,
  tell: (outcome: T) => string,
): Promise<void> {
  const config = configFrom(options);
  const outcome = await withApi(config, createLog(config.log.level), work);
  process.stdout.write(options.json ? `${printableJson(outcome)}\n` : `${tell(outcome)}\n`);
}
