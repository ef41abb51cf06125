import { type Command, InvalidArgumentError } from 'commander';
import { describeReason } from '../../../ingest/dead-letters/dead-letter.ts';
import { formatPosition, type StoredDeadLetter } from '../../../ingest/dead-letters/dead-letter-store.ts';
import type { ParsedMessage } from '../../../ingest/mapping/parse-message.ts';
import { systemClock } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { createLog } from '../../../lib/log.ts';
import { escapeTerminal, printableBytes, printableJson, truncateUtf8 } from '../../output/escape-terminal.ts';
import { formatCount } from '../../output/format.ts';
import { createDeadLetterCommand, createParser, type DeadLetterOptions, loadDeadLetterConfig, openStore, withProgress } from './options.ts';

/** Bytes of a message that are printed; --format json prints them all. */
const maxShownBytes = 16_384;

interface DeadLetterDetails {
  readonly deadLetter: StoredDeadLetter;
  readonly replayedAt: string | undefined;
  /** Result of parsing it with the current config. */
  readonly reparsed: ParsedMessage;
}

export function createShowCommand(): Command {
  return createDeadLetterCommand('show')
    .description('show one dead letter: reason, origin, time and bytes')
    .argument('<position>', 'as `dead-letters list` prints it: topic/partition/offset', parsePosition)
    .action(async (position: string, options: DeadLetterOptions) => {
      const found = await find(position, options);
      process.stdout.write(options.format === 'json' ? `${printableJson(asJson(found))}\n` : asText(found));
    });
}

function parsePosition(value: string): string {
  if (!/^.+\/\d+\/\d+$/s.test(value)) throw new InvalidArgumentError('Expected topic/partition/offset, as `dead-letters list` prints it.');
  return value;
}

async function find(position: string, options: DeadLetterOptions): Promise<DeadLetterDetails> {
  const config = loadDeadLetterConfig(options);
  const log = createLog(config.log.level);
  const store = openStore(config, log);
  let deadLetter: StoredDeadLetter | undefined;
  await withProgress('Reading', (onProgress) =>
    // If files share a name or the topic was recreated, the latest match wins.
    store.read((read) => {
      if (formatPosition(read.position) === position) deadLetter = read;
    }, onProgress),
  );
  if (!deadLetter) throw new FeedpulseError('USAGE', `No dead letter with position ${escapeTerminal(position)}.`);
  const reparsed = await createParser(config, log)(deadLetter, systemClock.now());
  return { deadLetter, replayedAt: (await store.replayed()).get(deadLetter.id), reparsed };
}

function asJson({ deadLetter: { id: _, bytes, key, position, ...facts }, replayedAt, reparsed }: DeadLetterDetails): object {
  return {
    position: formatPosition(position),
    ...facts,
    replayedAt: replayedAt ?? null,
    parsesNow: reparsed.rejected === undefined,
    ...(reparsed.rejected !== undefined && { rejectedAs: reparsed.rejected }),
    ...(key ? { key: key.toString('base64') } : {}),
    bytes: bytes.toString('base64'),
  };
}

function asText({ deadLetter, replayedAt, reparsed }: DeadLetterDetails): string {
  const { position, reason, at, version, timestamp, key, bytes, truncatedFrom } = deadLetter;
  const shown = printableBytes(truncateUtf8(bytes, maxShownBytes));
  const size =
    truncatedFrom === undefined
      ? `${formatCount(bytes.length)} bytes`
      : `${formatCount(bytes.length)} of ${formatCount(truncatedFrom)} bytes stored`;
  const facts: [string, string][] = [
    ['position', formatPosition(position)],
    ['reason', [reason, describeReason(reason) ?? []].flat().join(' – ')],
    ['rejected', `${at}, by feedpulse ${version}`],
    ['timestamp', Number.isNaN(new Date(timestamp).getTime()) ? String(timestamp) : new Date(timestamp).toISOString()],
    ...(key ? [['key', formatKey(key)] as [string, string]] : []),
    ['size', size],
    ['replayed', replayedAt === undefined ? 'no' : replayedAt],
    ['parses now', reparsed.rejected === undefined ? 'yes' : `no: ${reparsed.rejected}`],
  ];
  const remainingBytes = bytes.length - maxShownBytes;
  return `${[
    ...facts.map(([name, value]) => `${name.padEnd(12)}  ${escapeTerminal(value)}`),
    '',
    ...shown.lines,
    ...(remainingBytes > 0 ? [`  … ${formatCount(remainingBytes)} more bytes; --format json prints them all, in base64`] : []),
  ].join('\n')}\n`;
}

function formatKey(key: Buffer): string {
  const { kind, lines } = printableBytes(truncateUtf8(key, 256));
  return kind === 'text' ? lines.map((line) => line.trim()).join(' ') : key.toString('hex').slice(0, 256);
}
