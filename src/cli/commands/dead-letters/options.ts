import { Command, InvalidArgumentError, Option } from 'commander';
import { type Config, milliseconds } from '../../../config/schema.ts';
import { type DeadLetterReason, deadLetterReasons } from '../../../ingest/dead-letters/dead-letter-sink.ts';
import type { DeadLetterStore, OnProgress, StoredDeadLetter } from '../../../ingest/dead-letters/dead-letter-store.ts';
import { deadLetterParser, openDeadLetters } from '../../../ingest/dead-letters/open-dead-letters.ts';
import type { ParseMessage } from '../../../ingest/decode/message-parser.ts';
import { parseTime } from '../../../ingest/mapping/fields.ts';
import { systemClock } from '../../../lib/clock.ts';
import type { Log } from '../../../lib/log.ts';
import { type Progress, startProgress } from '../../../lib/progress.ts';
import { configFrom, type SharedOptions, withSharedOptions } from '../../options.ts';

export interface LetterOptions extends SharedOptions {
  readonly source?: string;
  readonly json?: boolean;
}

/** Which letters a command is about. */
export interface LetterFilter {
  readonly reason?: DeadLetterReason;
  /** Milliseconds since 1970. */
  readonly since?: number;
}

/** A command below `dead-letters`, with the options that all of them have. */
export function letterCommand(name: string): Command {
  return withSharedOptions(new Command(name))
    .addOption(new Option('--source <feed>', 'whose dead letters: a topic or a file (setting source)').choices(['kafka', 'ndjson']))
    .option('--json', 'print one JSON value');
}

export function withFilter(command: Command): Command {
  return command
    .addOption(new Option('--reason <reason>', 'only those refused for this').choices(Object.keys(deadLetterReasons)))
    .option('--since <time>', 'only those refused since: 2026-11-01T09:30:00Z, or now-7d', parseSince);
}

export function letterConfig(options: LetterOptions): Config {
  return configFrom(options, { source: options.source });
}

export function openLetters(config: Config, log: Log): DeadLetterStore {
  return openDeadLetters({ config, log, clock: systemClock });
}

export function parserOf(config: Config, log: Log): ParseMessage {
  const { signal } = new AbortController(); // the command ends with its process
  return deadLetterParser({ config, log, clock: systemClock }, signal);
}

export function matches({ reason, since }: LetterFilter): (letter: StoredDeadLetter) => boolean {
  return (letter) => (reason === undefined || letter.reason === reason) && (since === undefined || Date.parse(letter.at) >= since);
}

/** A bar for a reading whose length shows only once it has begun. */
export async function withProgress<T>(what: string, work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  let bar: Progress | undefined;
  let shown = 0;
  try {
    return await work((done, total) => {
      bar ??= startProgress(what, total);
      bar.advance(done - shown);
      shown = done;
    });
  } finally {
    bar?.stop();
  }
}

function parseSince(value: string): number {
  const [, ago] = /^now-(\d+(?:ms|s|m|h|d))$/.exec(value) ?? [];
  const time = ago === undefined ? parseTime(value) : systemClock.now() - milliseconds(ago);
  if (time === undefined) throw new InvalidArgumentError('expected a date, a time (2026-11-01T09:30:00Z), or now-7d.');
  return time;
}
