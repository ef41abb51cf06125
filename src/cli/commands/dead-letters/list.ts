import type { Command } from 'commander';
import { type DeadLetterList, listDeadLetters } from '../../../ingest/dead-letters/list-dead-letters.ts';
import { createLog } from '../../../lib/log.ts';
import { parseNumber } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import {
  createDeadLetterCommand,
  createFilter,
  type DeadLetterFilter,
  type DeadLetterOptions,
  loadDeadLetterConfig,
  openStore,
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
  const config = loadDeadLetterConfig(options);
  const store = openStore(config, createLog(config.log.level));
  const limit = Math.floor(options.limit);
  return withProgress('Reading', (onProgress) => listDeadLetters(store, { filter: createFilter(options), limit, onProgress }));
}

/** Fits 80 columns unless the topic's name is long; the position comes last, since it must stay whole. */
function formatTable({ letters, counts, replayed, unreadable }: DeadLetterList): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rest = unreadable > 0 ? [`${unreadable} entries could not be read.`] : [];
  if (total === 0) return `${['No dead letters.', ...rest].join('\n')}\n`;
  const width = Math.max(6, ...letters.map(({ reason }) => escapeTerminal(reason).length));
  const row = (at: string, reason: string, bytes: string, state: string, position: string) =>
    `${at.padEnd(16)}  ${reason.padEnd(width)} ${bytes.padStart(9)}  ${state.padEnd(8)}  ${position}`;
  const rows = letters.map(({ at, reason, bytes, replayedAt, position }) =>
    row(minute(at), escapeTerminal(reason), grouped(bytes), replayedAt === null ? 'pending' : 'replayed', escapeTerminal(position)),
  );
  const reasons = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return `${[
    row('REJECTED (UTC)', 'REASON', 'BYTES', 'STATE', 'POSITION'),
    ...rows,
    '',
    `${grouped(total)} dead letters${letters.length < total ? `, the last ${grouped(letters.length)} listed` : ''}; ${grouped(replayed)} replayed.`,
    ...reasons.map(([reason, count]) => `  ${escapeTerminal(reason).padEnd(18)} ${grouped(count).padStart(9)}`),
    ...rest,
  ].join('\n')}\n`;
}

function minute(at: string): string {
  return escapeTerminal(at).slice(0, 16).replace('T', ' ');
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
