import type { Command } from 'commander';
import { type DeadLetterReason, deadLetterReasons } from '../../../ingest/dead-letters/dead-letter-sink.ts';
import { positionText } from '../../../ingest/dead-letters/dead-letter-store.ts';
import { type ReplayOutcome, replayDeadLetters } from '../../../ingest/dead-letters/replay-dead-letters.ts';
import { systemClock } from '../../../lib/clock.ts';
import { createLog } from '../../../lib/log.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import {
  type LetterFilter,
  type LetterOptions,
  letterCommand,
  letterConfig,
  matches,
  openLetters,
  parserOf,
  withFilter,
  withProgress,
} from './options.ts';

type Options = LetterOptions & LetterFilter & { readonly dryRun?: boolean };

export function deadLettersReplay(): Command {
  return withFilter(letterCommand('replay'))
    .description('send messages that now parse back to the source, each once; the others stay, with the reason')
    .option('--dry-run', 'only report what would happen')
    .action(async (options: Options) => {
      const config = letterConfig(options);
      const log = createLog(config.log.level);
      const dryRun = options.dryRun ?? false;
      const outcome = await withProgress(dryRun ? 'Reading' : 'Replaying', (onProgress) =>
        replayDeadLetters({
          store: openLetters(config, log),
          clock: systemClock,
          parse: parserOf(config, log),
          wanted: matches(options),
          ...(config.source === 'kafka' ? { feed: config.kafka.topic } : {}),
          dryRun,
          onProgress,
        }),
      );
      process.stdout.write(
        options.format === 'json' ? `${printableJson(asJson(outcome, dryRun))}\n` : asText(outcome, dryRun, config.source === 'kafka'),
      );
    });
}

function asJson(outcome: ReplayOutcome, dryRun: boolean): object {
  return { ...outcome, dryRun, examples: outcome.examples.map(({ position, why }) => ({ position: positionText(position), why })) };
}

function asText({ putBack, already, left, examples, unreadable, to }: ReplayOutcome, dryRun: boolean, isTopic: boolean): string {
  const staying = Object.entries(left).sort(([, a], [, b]) => b - a);
  const total = staying.reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    dryRun ? `${putBack} would be put back.` : `${putBack} put back${to === undefined ? '' : ` into ${escapeTerminal(to)}`}.`,
    ...(to === undefined || isTopic ? [] : [`Feed them with: feedpulse run --source ndjson --in ${escapeTerminal(to)}`]),
    ...(already > 0 ? [`${already} already put back earlier.`] : []),
    ...(total > 0 ? [`${total} left alone:`] : []),
    ...staying.map(([why, count]) => `  ${escapeTerminal(why).padEnd(18)} ${String(count).padStart(7)}  ${meaningOf(why)}`),
    ...(examples.length > 0 ? ['', examples.length < total ? `The first ${examples.length} of them:` : 'They are:'] : []),
    ...examples.map(({ position, why }) => `  ${escapeTerminal(why).padEnd(18)} ${escapeTerminal(positionText(position))}`),
    ...(unreadable > 0 ? [`${unreadable} entries could not be read.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const otherwise: Readonly<Record<string, string>> = {
  truncated: 'Only its beginning was kept.',
  'other-feed': 'It came from another topic than the feed of this config.',
};

function meaningOf(why: string): string {
  if (Object.hasOwn(otherwise, why)) return otherwise[why] ?? '';
  return Object.hasOwn(deadLetterReasons, why) ? deadLetterReasons[why as DeadLetterReason] : ''; // found just before
}
