import type { Command } from 'commander';
import { type KeptLetter, positionText } from '../ingest/dead-letter-store.ts';
import { createLog } from '../log.ts';
import {
  type LetterFilter,
  type LetterOptions,
  letterCommand,
  letterConfig,
  matches,
  openLetters,
  withFilter,
  withProgress,
} from './dead-letter-options.ts';
import { parseNumber } from './options.ts';
import { printable, printableJson } from './printable.ts';

type Options = LetterOptions & LetterFilter & { readonly limit: number };

/** What the list shows of a letter. Never its bytes, of which there may be many, and which are other people's. */
interface Entry {
  readonly position: string;
  readonly reason: string;
  readonly at: string;
  readonly bytes: number;
  /** When it was put back, ISO 8601. */
  readonly replayedAt: string | null;
}

interface Listing {
  readonly letters: readonly Entry[];
  /** Letters that match, by reason; more than are listed where there are more than the limit. */
  readonly counts: Readonly<Record<string, number>>;
  readonly replayed: number;
  readonly unreadable: number;
}

export function deadLettersList(): Command {
  return withFilter(letterCommand('list'))
    .description('the latest dead letters, and how many there are by reason')
    .option('--limit <number>', 'how many to list', parseNumber, 50)
    .action(async (options: Options) => {
      const listing = await list(options);
      process.stdout.write(options.json ? `${printableJson(listing)}\n` : table(listing));
    });
}

async function list(options: Options): Promise<Listing> {
  const config = letterConfig(options);
  const store = openLetters(config, createLog(config.log.level));
  const replayed = await store.replayed();
  const wanted = matches(options);
  const limit = Math.floor(options.limit);
  const letters: Entry[] = [];
  const counts: Record<string, number> = {};
  let putBack = 0;
  const { unreadable } = await withProgress('Reading', (onProgress) =>
    store.read((letter) => {
      if (!wanted(letter)) return;
      counts[letter.reason] = (counts[letter.reason] ?? 0) + 1;
      if (replayed.has(letter.id)) putBack += 1;
      letters.push(entryOf(letter, replayed.get(letter.id)));
      if (letters.length > limit) letters.shift();
    }, onProgress),
  );
  return { letters, counts, replayed: putBack, unreadable };
}

function entryOf({ position, reason, at, bytes, truncatedFrom }: KeptLetter, replayedAt: string | undefined): Entry {
  return { position: positionText(position), reason, at, bytes: truncatedFrom ?? bytes.length, replayedAt: replayedAt ?? null };
}

/** Fits 80 columns unless the topic's name is long; the position comes last, since it must stay whole. */
function table({ letters, counts, replayed, unreadable }: Listing): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rest = unreadable > 0 ? [`${unreadable} entries could not be read.`] : [];
  if (total === 0) return `${['No dead letters.', ...rest].join('\n')}\n`;
  const width = Math.max(6, ...letters.map(({ reason }) => printable(reason).length));
  const row = (at: string, reason: string, bytes: string, state: string, position: string) =>
    `${at.padEnd(16)}  ${reason.padEnd(width)} ${bytes.padStart(9)}  ${state.padEnd(8)}  ${position}`;
  const rows = letters.map(({ at, reason, bytes, replayedAt, position }) =>
    row(minute(at), printable(reason), grouped(bytes), replayedAt === null ? 'waiting' : 'put back', printable(position)),
  );
  const reasons = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return `${[
    row('REFUSED (UTC)', 'REASON', 'BYTES', 'STATE', 'POSITION'),
    ...rows,
    '',
    `${grouped(total)} dead letters${letters.length < total ? `, the last ${grouped(letters.length)} listed` : ''}; ${grouped(replayed)} put back.`,
    ...reasons.map(([reason, count]) => `  ${printable(reason).padEnd(18)} ${grouped(count).padStart(9)}`),
    ...rest,
  ].join('\n')}\n`;
}

function minute(at: string): string {
  return printable(at).slice(0, 16).replace('T', ' ');
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
