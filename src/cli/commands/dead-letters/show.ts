import { type Command, InvalidArgumentError } from 'commander';
import { describeReason } from '../../../ingest/dead-letters/dead-letter.ts';
import { formatPosition, type StoredDeadLetter } from '../../../ingest/dead-letters/dead-letter-store.ts';
import type { SourceDeadLetters } from '../../../ingest/dead-letters/open-dead-letters.ts';
import type { ParsedMessage } from '../../../ingest/mapping/parse-message.ts';
import { systemClock } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { escapeTerminal, printableBytes, printableJson, truncateUtf8 } from '../../output/escape-terminal.ts';
import { formatCount } from '../../output/format.ts';
import { createDeadLetterCommand, type DeadLetterOptions, openConfiguredDeadLetters, withProgress } from './options.ts';

/** Bytes of a message that are printed; --format json prints them all. */
const maxShownBytes = 16_384;

interface DeadLetterDetails {
  readonly source: string;
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
  let found: { readonly deadLetter: StoredDeadLetter; readonly origin: SourceDeadLetters } | undefined;
  const sources = openConfiguredDeadLetters(options);
  await withProgress('Reading', async (onProgress) => {
    // If files share a name or the topic was recreated, the latest match wins.
    for (const origin of sources)
      await origin.store.read((deadLetter) => {
        if (formatPosition(deadLetter.position) === position) found = { deadLetter, origin };
      }, onProgress);
  });
  if (!found) throw new FeedpulseError('USAGE', `No dead letter with position ${escapeTerminal(position)}.`);
  const { deadLetter, origin } = found;
  const reparsed = await origin.parse(deadLetter, systemClock.now());
  return { source: origin.source, deadLetter, replayedAt: (await origin.store.replayed()).get(deadLetter.id), reparsed };
}

function asJson({ source, deadLetter, replayedAt, reparsed }: DeadLetterDetails): object {
  const { id: _, headers: __, bytes, key, position, rawHeaders, ...facts } = deadLetter;
  return {
    source,
    position: formatPosition(position),
    ...facts,
    replayedAt: replayedAt ?? null,
    parsesNow: reparsed.rejected === undefined,
    ...(reparsed.rejected !== undefined && { rejectedAs: reparsed.rejected }),
    ...(key ? { key: key.toString('base64') } : {}),
    ...(rawHeaders && { headers: rawHeaders.map(([name, value]) => ({ name, value: value.toString('base64') })) }),
    bytes: bytes.toString('base64'),
  };
}

function asText({ source, deadLetter, replayedAt, reparsed }: DeadLetterDetails): string {
  const { position, reason, at, version, timestamp, key, bytes, rawHeaders = [], truncatedFrom } = deadLetter;
  const shown = printableBytes(truncateUtf8(bytes, maxShownBytes));
  const size =
    truncatedFrom === undefined
      ? `${formatCount(bytes.length)} bytes`
      : `${formatCount(bytes.length)} of ${formatCount(truncatedFrom)} bytes stored`;
  const facts: [string, string][] = [
    ['source', source],
    ['position', formatPosition(position)],
    ['reason', [reason, describeReason(reason) ?? []].flat().join(' – ')],
    ['rejected', `${at}, by feedpulse ${version}`],
    ['timestamp', Number.isNaN(new Date(timestamp).getTime()) ? String(timestamp) : new Date(timestamp).toISOString()],
    ...(key ? [['key', formatBytes(key)] as [string, string]] : []),
    ...rawHeaders.map(([name, value]): [string, string] => ['header', `${name}: ${formatBytes(value)}`]),
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

/** A key or the value of a header, in one line. */
function formatBytes(bytes: Buffer): string {
  const { kind, lines } = printableBytes(truncateUtf8(bytes, 256));
  return kind === 'text' ? lines.map((line) => line.trim()).join(' ') : bytes.toString('hex').slice(0, 256);
}
