import type { Command } from 'commander';
import { createDeadLetterFilter } from '../../../ingest/dead-letters/dead-letter-store.ts';
import { type DeadLetterList, listDeadLetters } from '../../../ingest/dead-letters/list-dead-letters.ts';
import { parseNumber } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import { formatCount, formatMinute } from '../../output/format.ts';
import {
  createDeadLetterCommand,
  type DeadLetterFilter,
  type DeadLetterOptions,
  openConfiguredDeadLetters,
  withFilter,
  withProgress,
} from './options.ts';

type Options = DeadLetterOptions & DeadLetterFilter & { readonly limit: number };

export function createListCommand(): Command {
  return withFilter(createDeadLetterCommand('list'))
    .description('list the latest dead letters, and counts by reason')
    .option('--limit <number>', 'maximum number to list', parseNumber, 50)
    .action(async (options: Options) => {
      const listing = await list(options);
      process.stdout.write(options.format === 'json' ? `${printableJson(listing)}\n` : formatTable(listing));
    });
}

async function list(options: Options): Promise<DeadLetterList> {
  const sources = openConfiguredDeadLetters(options);
  const limit = Math.floor(options.limit);
  return withProgress('Reading', (onProgress) => listDeadLetters(sources, { filter: createDeadLetterFilter(options), limit, onProgress }));
}

/** Fits 80 columns unless the topic's name is long; the position comes last, because it must not be truncated. */
function formatTable({ deadLetters, counts, replayed, unreadable, unavailable }: DeadLetterList): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const warnings = [
    ...(unreadable > 0 ? [`${unreadable} entries could not be read.`] : []),
    ...unavailable.map((problem) => `Some dead letters could not be read: ${problem}`),
  ];
  if (total === 0) return `${['No dead letters.', ...warnings].join('\n')}\n`;
  const width = Math.max(6, ...deadLetters.map(({ reason }) => escapeTerminal(reason).length));
  const row = (at: string, reason: string, bytes: string, state: string, position: string) =>
    `${at.padEnd(16)}  ${reason.padEnd(width)} ${bytes.padStart(9)}  ${state.padEnd(8)}  ${position}`;
  const rows = deadLetters.map(({ at, reason, bytes, replayedAt, position }) =>
    row(
      escapeTerminal(formatMinute(at)),
      escapeTerminal(reason),
      formatCount(bytes),
      replayedAt === null ? 'pending' : 'replayed',
      escapeTerminal(position),
    ),
  );
  const reasons = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return `${[
    row('REJECTED (UTC)', 'REASON', 'BYTES', 'STATE', 'POSITION'),
    ...rows,
    '',
    `${formatCount(total)} dead letters${deadLetters.length < total ? `, the last ${formatCount(deadLetters.length)} listed` : ''}; ${formatCount(replayed)} replayed.`,
    ...reasons.map(([reason, count]) => `  ${escapeTerminal(reason).padEnd(18)} ${formatCount(count).padStart(9)}`),
    ...warnings,
  ].join('\n')}\n`;
}
