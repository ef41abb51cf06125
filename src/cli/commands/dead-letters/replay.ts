import type { Command } from 'commander';
import { describeReason } from '../../../ingest/dead-letters/dead-letter.ts';
import { createDeadLetterFilter, formatPosition } from '../../../ingest/dead-letters/dead-letter-store.ts';
import { type ReplayOutcome, replayDeadLetters } from '../../../ingest/dead-letters/replay-dead-letters.ts';
import { systemClock } from '../../../lib/clock.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import {
  createDeadLetterCommand,
  type DeadLetterFilter,
  type DeadLetterOptions,
  openConfiguredDeadLetters,
  withFilter,
  withProgress,
} from './options.ts';

type Options = DeadLetterOptions & DeadLetterFilter & { readonly dryRun?: boolean };

export function createReplayCommand(): Command {
  return withFilter(createDeadLetterCommand('replay'))
    .description('replay messages that parse now, each once; the others are skipped with a reason')
    .option('--dry-run', 'only report what would happen')
    .action(async (options: Options) => {
      const sources = openConfiguredDeadLetters(options);
      const dryRun = options.dryRun ?? false;
      const outcome = await withProgress(dryRun ? 'Reading' : 'Replaying', (onProgress) =>
        replayDeadLetters(sources, { clock: systemClock, filter: createDeadLetterFilter(options), dryRun, onProgress }),
      );
      process.stdout.write(options.format === 'json' ? `${printableJson(asJson(outcome, dryRun))}\n` : asText(outcome, dryRun));
    });
}

function asJson({ destinations, examples, ...outcome }: ReplayOutcome, dryRun: boolean): object {
  return {
    ...outcome,
    ...(destinations.length > 0 && { destination: destinations.map(({ name }) => name).join(', ') }),
    dryRun,
    examples: examples.map(({ position, reason }) => ({ position: formatPosition(position), reason })),
  };
}

function asText({ replayed, alreadyReplayed, skipped, examples, unreadable, destinations }: ReplayOutcome, dryRun: boolean): string {
  const reasons = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    dryRun
      ? `${replayed} would be replayed.`
      : `${replayed} replayed${destinations.length === 0 ? '' : ` to ${destinations.map(({ name }) => escapeTerminal(name)).join(', ')}`}.`,
    ...destinations
      .filter(({ isTopic }) => !isTopic)
      .map(({ source, name }) => `Ingest them with: feedpulse run --source ${source} --in ${escapeTerminal(name)}`),
    ...(alreadyReplayed > 0 ? [`${alreadyReplayed} already replayed earlier.`] : []),
    ...(total > 0 ? [`${total} skipped:`] : []),
    ...reasons.map(
      ([reason, count]) =>
        `  ${escapeTerminal(reason).padEnd(18)} ${String(count).padStart(7)}  ${otherReasons.get(reason) ?? describeReason(reason) ?? ''}`,
    ),
    ...(examples.length > 0 ? ['', examples.length < total ? `The first ${examples.length} of them:` : 'Skipped:'] : []),
    ...examples.map(({ position, reason }) => `  ${escapeTerminal(reason).padEnd(18)} ${escapeTerminal(formatPosition(position))}`),
    ...(unreadable > 0 ? [`${unreadable} entries could not be read.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Why a message was skipped, where that is not a dead-letter reason. */
const otherReasons: ReadonlyMap<string, string> = new Map([
  ['truncated', 'Only the beginning of the message was stored.'],
  ['other-topic', 'The message is from a topic other than kafka.topic.'],
]);
