import { Command, InvalidArgumentError, Option } from 'commander';
import { configuredSources, toMilliseconds } from '../../../config/schema.ts';
import { type DeadLetterReason, deadLetterReasons } from '../../../ingest/dead-letters/dead-letter.ts';
import { openDeadLetters, type SourceDeadLetters } from '../../../ingest/dead-letters/open-dead-letters.ts';
import { systemClock } from '../../../lib/clock.ts';
import { createLog } from '../../../lib/log.ts';
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
  return withFormat(withSharedOptions(new Command(name)), ['table', 'json']).option(
    '--source <name>',
    'only dead letters of this source (default: all configured ones)',
  );
}

export function withFilter(command: Command): Command {
  return command
    .addOption(new Option('--reason <reason>', 'only this reason').choices(Object.keys(deadLetterReasons)))
    .option('--since <time>', 'only those rejected at or after this time: 2026-11-01T09:30:00Z, or now-7d', parseSince);
}

/** Opens the dead letters of the configured sources, or of the one that `--source` names. @throws CONFIG_INVALID, FILE_INACCESSIBLE */
export function openConfiguredDeadLetters(options: DeadLetterOptions): readonly SourceDeadLetters[] {
  const { source } = options;
  const config = loadCommandConfig(options);
  const deps = { log: createLog(config.log.level), clock: systemClock };
  const { signal } = new AbortController(); // never aborted: the command ends with its process
  const isConfigured = source === undefined || configuredSources(config).some(({ name }) => name === source);
  if (isConfigured) return openDeadLetters({ ...deps, config }, signal, source);
  return openDeadLetters({ ...deps, config: loadCommandConfig(options, { source }) }, signal);
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
