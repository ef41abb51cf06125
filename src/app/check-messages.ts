import type { Config, SourceConfig } from '../config/schema.ts';
import { createMessageParser } from '../ingest/decode/message-parser.ts';
import type { SampleAnalysis } from '../ingest/inspect/analyze-sample.ts';
import { reportMapping } from '../ingest/inspect/choose-mapping.ts';
import { readLastMessages } from '../ingest/sources/kafka/read-last.ts';
import { systemClock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

const sampleSize = 200;

/**
 * Says what the last messages of a Kafka source become with its mapping, and which mapped fields none of them has.
 * @throws TOO_MANY_DEAD_LETTERS if more of them than `deadLetters.maxRatio` would be dead letters, and the errors of reading
 */
export async function checkMessages(
  source: SourceConfig & { type: 'kafka' },
  { maxRatio }: Config['deadLetters'],
  log: Log,
): Promise<string> {
  const messages = await readLastMessages(source.kafka, sampleSize, log);
  if (messages.length === 0) return `topic ${source.kafka.topic} is empty`;
  const { signal } = new AbortController();
  const analysis = await reportMapping(messages, {
    configured: source.mapping,
    createParser: (mapping) => createMessageParser({ mapping, config: source.kafka, clock: systemClock, log, signal }),
    now: systemClock.now(),
  });
  const deadLetters = Object.values(analysis.deadLetters).reduce((sum, count) => sum + count, 0);
  const summary = summarize(analysis);
  if (deadLetters > maxRatio * messages.length)
    throw new Error(
      `${summary}. Too many would become dead letters (deadLetters.maxRatio is ${maxRatio}): run \`feedpulse map\` and adjust the mapping.`,
    );
  return summary;
}

function summarize({ messages, postMessages, skipped, deadLetters, neverFound }: SampleAnalysis): string {
  return [
    `${postMessages} of the last ${messages} messages are posts`,
    ...[...countsOf(skipped, 'skipped'), ...countsOf(deadLetters, 'dead letters')],
    ...(neverFound.length > 0 ? [`never there: ${neverFound.join(', ')}`] : []),
  ].join('; ');
}

function countsOf(counts: Readonly<Partial<Record<string, number>>>, title: string): string[] {
  const entries = Object.entries(counts).map(([reason, count]) => `${reason} ${count}`);
  return entries.length === 0 ? [] : [`${title}: ${entries.join(', ')}`];
}
