import { Command, InvalidArgumentError, Option } from 'commander';
import { type Config, toMilliseconds } from '../../../config/schema.ts';
import { type DeadLetterReason, deadLetterReasons } from '../../../ingest/dead-letters/dead-letter.ts';
import type { DeadLetterStore } from '../../../ingest/dead-letters/dead-letter-store.ts';
import { createDeadLetterParser, createDeadLetterStore } from '../../../ingest/dead-letters/open-dead-letters.ts';
import type { ParseMessage } from '../../../ingest/decode/message-parser.ts';
import { systemClock } from '../../../lib/clock.ts';
import type { Log } from '../../../lib/log.ts';
import type { OnProgress } from '../../../lib/progress.ts';
import { parseTime } from '../../../lib/time.ts';
import { type FormatOptions, loadCommandConfig, withFormat, withSharedOptions } from '../../options.ts';
import { createProgress } from '../../output/progress.ts';

export interface DeadLetterOptions extends FormatOptions {
  readonly source?: string;
}

/** Which dead letters a command selects. */
export interface DeadLetterFilter {
  readonly reason?: DeadLetterReason;
  /** Milliseconds since 1970. */
  readonly since?: number;
}

/** Creates a `dead-letters` subcommand with the shared options. */
export function createDeadLetterCommand(name: string): Command {
  return withFormat(withSharedOptions(new Command(name)), ['table', 'json']).addOption(
    new Option('--source <name>', 'source of the dead letters (config: source)').choices(['kafka', 'ndjson']),
  );
}

export function withFilter(command: Command): Command {
  return command
    .addOption(new Option('--reason <reason>', 'only this reason').choices(Object.keys(deadLetterReasons)))
    .option('--since <time>', 'only those rejected at or after this time: 2026-11-01T09:30:00Z, or now-7d', parseSince);
}

export function loadDeadLetterConfig(options: DeadLetterOptions): Config {
  return loadCommandConfig(options, { source: options.source });
}

export function openStore(config: Config, log: Log): DeadLetterStore {
  return createDeadLetterStore({ config, log, clock: systemClock });
}

export function createParser(config: Config, log: Log): ParseMessage {
  const { signal } = new AbortController(); // never aborted: the command ends with its process
  return createDeadLetterParser({ config, log, clock: systemClock }, signal);
}

/** Shows a progress bar while `work` reports progress. */
export async function withProgress<T>(title: string, work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const progress = createProgress(title);
  return work(progress.update).finally(progress.stop);
}

function parseSince(value: string): number {
  const [, ago] = /^now-(\d+(?:ms|s|m|h|d))$/.exec(value) ?? [];
  const time = ago === undefined ? parseTime(value) : systemClock.now() - toMilliseconds(ago);
  if (time === undefined) throw new InvalidArgumentError('Expected a date, a time (2026-11-01T09:30:00Z), or now-7d.');
  return time;
}
