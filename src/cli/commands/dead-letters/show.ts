import { type Command, InvalidArgumentError } from 'commander';
import { type DeadLetterReason, deadLetterReasons } from '../../../ingest/dead-letters/dead-letter-sink.ts';
import { positionText, type StoredDeadLetter } from '../../../ingest/dead-letters/dead-letter-store.ts';
import type { ParsedPost } from '../../../ingest/mapping/parse-post.ts';
import { systemClock } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { createLog } from '../../../lib/log.ts';
import { beginningOf, escapeTerminal, printableBytes, printableJson } from '../../output/escape-terminal.ts';
import { type LetterOptions, letterCommand, letterConfig, openLetters, parserOf, withProgress } from './options.ts';

/** Bytes of a message that are printed; --format json prints them all. */
const shownBytes = 16_384;

interface Found {
  readonly letter: StoredDeadLetter;
  readonly replayedAt: string | undefined;
  /** What it would become now. */
  readonly now: ParsedPost;
}

export function deadLettersShow(): Command {
  return letterCommand('show')
    .description('show one dead letter: reason, origin, time and bytes')
    .argument('<position>', 'as `dead-letters list` prints it: topic/partition/offset', parsePosition)
    .action(async (position: string, options: LetterOptions) => {
      const found = await find(position, options);
      process.stdout.write(options.format === 'json' ? `${printableJson(asJson(found))}\n` : asText(found));
    });
}

function parsePosition(value: string): string {
  if (!/^.+\/\d+\/\d+$/s.test(value)) throw new InvalidArgumentError('expected topic/partition/offset, as `dead-letters list` prints it.');
  return value;
}

async function find(position: string, options: LetterOptions): Promise<Found> {
  const config = letterConfig(options);
  const log = createLog(config.log.level);
  const store = openLetters(config, log);
  let letter: StoredDeadLetter | undefined;
  await withProgress('Reading', (onProgress) =>
    // Where files share a name, or a topic was made anew, the latest counts.
    store.read((read) => {
      if (positionText(read.position) === position) letter = read;
    }, onProgress),
  );
  if (!letter) throw new FeedpulseError('USAGE', `No dead letter came from ${escapeTerminal(position)}.`);
  const now = await parserOf(config, log)(letter.bytes, letter.timestamp, systemClock.now());
  return { letter, replayedAt: (await store.replayed()).get(letter.id), now };
}

function asJson({ letter: { id: _, bytes, key, position, ...facts }, replayedAt, now }: Found): object {
  return {
    position: positionText(position),
    ...facts,
    replayedAt: replayedAt ?? null,
    now: 'post' in now ? 'post' : now.reason,
    ...(key ? { key: key.toString('base64') } : {}),
    bytes: bytes.toString('base64'),
  };
}

function asText({ letter, replayedAt, now }: Found): string {
  const { position, reason, at, version, timestamp, key, bytes, truncatedFrom } = letter;
  const shown = printableBytes(beginningOf(bytes, shownBytes));
  const size = `${bytes.length.toLocaleString('en')} bytes${truncatedFrom === undefined ? '' : `, the beginning of ${truncatedFrom.toLocaleString('en')}`}`;
  const facts: [string, string][] = [
    ['position', positionText(position)],
    ['reason', `${reason}${meaningOf(reason)}`],
    ['rejected', `${at}, by feedpulse ${version}`],
    ['timestamp', Number.isNaN(new Date(timestamp).getTime()) ? String(timestamp) : new Date(timestamp).toISOString()],
    ...(key ? [['key', keyText(key)] as [string, string]] : []),
    ['size', size],
    ['replayed', replayedAt === undefined ? 'no' : replayedAt],
    ['would now be', 'post' in now ? 'a post' : `rejected again: ${now.reason}`],
  ];
  const left = bytes.length - shownBytes;
  return `${[
    ...facts.map(([name, value]) => `${name.padEnd(12)}  ${escapeTerminal(value)}`),
    '',
    ...shown.lines,
    ...(left > 0 ? [`  … and ${left.toLocaleString('en')} bytes more; --format json prints them all, in base64`] : []),
  ].join('\n')}\n`;
}

function meaningOf(reason: string): string {
  return Object.hasOwn(deadLetterReasons, reason) ? ` – ${deadLetterReasons[reason as DeadLetterReason]}` : ''; // found just before
}

function keyText(key: Buffer): string {
  const { kind, lines } = printableBytes(beginningOf(key, 256));
  return kind === 'text' ? lines.map((line) => line.trim()).join(' ') : key.toString('hex').slice(0, 256);
}
