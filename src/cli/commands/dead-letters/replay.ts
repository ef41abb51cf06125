import type { Command } from 'commander';
import { describeReason } from '../../../ingest/dead-letters/dead-letter.ts';
import { createDeadLetterFilter, formatPosition } from '../../../ingest/dead-letters/dead-letter-store.ts';
import { type ReplayOutcome, replayDeadLetters } from '../../../ingest/dead-letters/replay-dead-letters.ts';
import { systemClock } from '../../../lib/clock.ts';
import { createLog } from '../../../lib/log.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import {
  createDeadLetterCommand,
  createParser,
  type DeadLetterFilter,
  type DeadLetterOptions,
  loadDeadLetterConfig,
  openStore,
  withFilter,
  withProgress,
} from './options.ts';

type Options = DeadLetterOptions & DeadLetterFilter & { readonly dryRun?: boolean };

export function createReplayCommand(): Command {
  return withFilter(createDeadLetterCommand('replay'))
    .description('replay messages that parse now, each once; the others are skipped with a reason')
    .option('--dry-run', 'only report what would happen')
    .action(async (options: Options) => {
      const config = loadDeadLetterConfig(options);
      const log = createLog(config.log.level);
      const dryRun = options.dryRun ?? false;
      const outcome = await withProgress(dryRun ? 'Reading' : 'Replaying', (onProgress) =>
        replayDeadLetters({
          store: openStore(config, log),
          clock: systemClock,
          parse: createParser(config, log),
          filter: createDeadLetterFilter(options),
          ...(config.source === 'kafka' ? { topic: config.kafka.topic } : {}),
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
  return { ...outcome, dryRun, examples: outcome.examples.map(({ position, reason }) => ({ position: formatPosition(position), reason })) };
}

function asText(
  { replayed, alreadyReplayed, skipped, examples, unreadable, destination }: ReplayOutcome,
  dryRun: boolean,
  isTopic: boolean,
): string {
  const reasons = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    dryRun
      ? `${replayed} would be replayed.`
      : `${replayed} replayed${destination === undefined ? '' : ` to ${escapeTerminal(destination)}`}.`,
    ...(destination === undefined || isTopic
      ? []
      : [`Ingest them with: feedpulse run --source ndjson --in ${escapeTerminal(destination)}`]),
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
