import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { type MappingInput, type PresetName, presetNames } from '../../config/mapping.ts';
import { type Config, configuredSources, type KafkaConfig } from '../../config/schema.ts';
import type { Post } from '../../domain/post.ts';
import { createMessageParser, type ParseMessage } from '../../ingest/decode/message-parser.ts';
import type { SampleMessage, SampleOutcome } from '../../ingest/inspect/analyze-sample.ts';
import { type MappingReport, reportMapping } from '../../ingest/inspect/choose-mapping.ts';
import { placeholderPlatform } from '../../ingest/inspect/propose-mapping.ts';
import { readFileSample } from '../../ingest/inspect/read-sample.ts';
import { type CompiledMapping, parseMessage } from '../../ingest/mapping/parse-message.ts';
import { readLastMessages } from '../../ingest/sources/kafka/read-last.ts';
import { systemClock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { openInput } from '../../lib/open-input.ts';
import { type FormatOptions, loadCommandConfig, parseNumber, withFormat, withSharedOptions } from '../options.ts';
import { printableJson } from '../output/escape-terminal.ts';
import { formatMinute } from '../output/format.ts';
import { type Column, formatTable, toSingleLine } from '../output/format-rows.ts';

interface MapOptions extends FormatOptions {
  readonly topic?: string;
  readonly source?: string;
  readonly preset?: PresetName;
  readonly limit: number;
}

/** Messages of a sample. */
const sampleSize = 200;

const examples = `
Shows what a sample of messages becomes: the first ${sampleSize} messages of a file, or the last ${sampleSize} of a Kafka topic. Without a
mapping in the config, it finds one: the preset of the format, or a proposal from the names and values of the fields.
Nothing is stored, and no offset of the consumer group is changed.

  $ feedpulse map reviews.ndjson
  $ feedpulse map comments.ndjson --preset reddit
  $ feedpulse map --topic posts --config feedpulse.yaml
`;

export function defineMapCommand(command: Command): void {
  withFormat(withSharedOptions(command, ['config', 'logLevel']), ['table', 'json'])
    .argument('[file]', 'NDJSON, a JSON array or pretty-printed JSON; - is standard input')
    .option('--topic <name>', 'read this topic instead of a file, with the brokers and mapping of --source (config: kafka.topic)')
    .option('--source <name>', 'use the mapping of this source, and read its topic if no file is given (default: the first Kafka source)')
    .addOption(new Option('--preset <name>', 'mapping to use').choices(presetNames))
    .option('--limit <number>', 'messages to print', parseNumber, 20)
    .addHelpText('after', examples)
    .action(async (file: string | undefined, options: MapOptions) => {
      const config = loadCommandConfig(options, { 'kafka.topic': options.topic, source: options.source });
      const report = file === undefined ? await reportTopic(config, options) : await reportFile(file, config, options);
      process.stdout.write(options.format === 'json' ? `${printableJson(report)}\n` : formatReport(report, options.limit));
    });
}

async function reportFile(file: string, config: Config, { preset, source }: MapOptions): Promise<MappingReport> {
  const { stream } = await openInput(file);
  const now = systemClock.now();
  const { messages, isDocument } = await readFileSample(stream, sampleSize, now);
  if (isDocument) process.stderr.write("run reads one message per line: write the file with `jq -c '.[]'` (or `jq -c .`) first.\n");
  const createParser =
    (mapping: CompiledMapping): ParseMessage =>
    (message, at) =>
      parseMessage(message, mapping, at);
  const [selected] = source === undefined ? [] : configuredSources(config);
  return report(messages, preset, selected?.mapping ?? config.mapping, createParser, now);
}

/** @throws USAGE without a topic; KAFKA_UNAVAILABLE and other KAFKA_ codes */
async function reportTopic(config: Config, { topic, preset }: MapOptions): Promise<MappingReport> {
  const source = configuredSources(config).find((candidate) => candidate.type === 'kafka');
  if (source === undefined && topic === undefined)
    throw new FeedpulseError('USAGE', 'Name a file, a topic (--topic), or a config with a Kafka source.');
  const kafka: KafkaConfig = { ...(source?.kafka ?? config.kafka), ...(topic !== undefined && { topic }) };
  const log = createLog(config.log.level);
  const now = systemClock.now();
  const messages = await readLastMessages(kafka, sampleSize, log);
  const { signal } = new AbortController();
  const createParser = (mapping: CompiledMapping): ParseMessage =>
    createMessageParser({ mapping, config: kafka, clock: systemClock, log, signal });
  return report(messages, preset, source?.mapping ?? config.mapping, createParser, now);
}

/** @throws USAGE if there are no messages */
async function report(
  messages: readonly SampleMessage[],
  preset: PresetName | undefined,
  mapping: MappingInput,
  createParser: (mapping: CompiledMapping) => ParseMessage,
  now: number,
): Promise<MappingReport> {
  if (messages.length === 0) throw new FeedpulseError('USAGE', 'There are no messages to map.');
  const configured = preset === undefined ? mapping : { ...(mapping.platformName && { platformName: mapping.platformName }), preset };
  return reportMapping(messages, { ...(Object.keys(configured).length > 0 && { configured }), createParser, now });
}

interface Row {
  readonly label: string;
  readonly becomes: string;
  readonly post?: Post;
}

const maxTextLength = 60;

const columns: readonly Column<Row>[] = [
  { title: 'MESSAGE', name: 'message', value: ({ label }) => label },
  { title: 'BECOMES', name: 'becomes', value: ({ becomes }) => becomes },
  { title: 'PLATFORM', name: 'platform', value: ({ post }) => post?.platform ?? '' },
  { title: 'ID', name: 'id', value: ({ post }) => post?.id ?? '', show: ({ post }) => toSingleLine(post?.id ?? '', 40) },
  { title: 'CREATED (UTC)', name: 'createdAt', value: ({ post }) => (post ? formatMinute(post.createdAt) : '') },
  {
    title: 'AUTHOR',
    name: 'author',
    value: ({ post }) => toSingleLine(post?.author?.handle ?? post?.author?.name ?? post?.author?.id ?? '', 24),
  },
  { title: 'LIKES', name: 'likes', value: ({ post }) => post?.engagement?.likes ?? '' },
  { title: 'RATING', name: 'rating', value: ({ post }) => post?.rating ?? '' },
  { title: 'TEXT', name: 'text', value: ({ post }) => toSingleLine(post?.text ?? '', maxTextLength) },
];

function formatReport(report: MappingReport, limit: number): string {
  const rows = report.outcomes.slice(0, limit).flatMap(toRows);
  // A column without any value says nothing.
  const shown = columns.filter(({ value }) => rows.some((row) => value(row) !== ''));
  const more = report.outcomes.length - Math.min(limit, report.outcomes.length);
  return [
    formatTable(rows, shown),
    ...(more > 0 ? [`and ${more} more messages\n`] : []),
    '\n',
    ...describe(report).map((line) => `${line}\n`),
  ].join('');
}

function toRows({ label, posts, skipped, deadLetter }: SampleOutcome): Row[] {
  const rows: Row[] = posts.map((post) => ({
    label,
    becomes: post.deletesAuthor ? 'author deletion' : post.deleted ? 'deletion' : 'post',
    post,
  }));
  if (skipped !== undefined) rows.push({ label, becomes: `skipped: ${skipped}` });
  if (deadLetter !== undefined) rows.push({ label, becomes: `dead letter: ${deadLetter}` });
  return rows;
}

function describe(report: MappingReport): string[] {
  const { messages, posts, deletions, skipped, deadLetters, neverFound, unusable } = report;
  const list = (counts: Readonly<Partial<Record<string, number>>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const fromConfig = report.origin === 'config' || report.origin === 'default';
  return [
    `${messages} messages: ${posts - deletions} posts, ${deletions} deletions.`,
    ...(Object.keys(skipped).length > 0 ? [`Skipped: ${list(skipped)}.`] : []),
    ...(Object.keys(deadLetters).length > 0 ? [`Dead letters: ${list(deadLetters)}.`] : []),
    ...(neverFound.length > 0 ? [`Never there: ${neverFound.join(', ')}.`] : []),
    ...(Object.keys(unusable).length > 0 ? [`Values that cannot be used: ${list(unusable)}.`] : []),
    ...(fromConfig ? describeRecognized(report) : describeMapping(report)),
  ];
}

function describeRecognized({ origin, mapping, recognizedPreset, messages, postMessages, deadLetters }: MappingReport): string[] {
  if (deadLetters['not-json'] === messages) return ['The messages are not JSON.'];
  if (origin === 'default')
    return [
      postMessages > 0
        ? 'The default mapping fits: the config needs none.'
        : 'No field looks like a text and an ID: write a mapping by hand.',
    ];
  const used = 'Mapping: from the config.';
  if (recognizedPreset === undefined || mapping.preset === recognizedPreset) return [used];
  return [used, `The messages look like the preset ${recognizedPreset}; try --preset ${recognizedPreset}.`];
}

function describeMapping({ origin, mapping, recognizedPreset }: MappingReport): string[] {
  const [found, name] = [
    origin === 'preset' ? `The messages look like the preset ${recognizedPreset}.` : 'Proposed from the fields of the messages: check it.',
    mapping.platformName === placeholderPlatform ? 'with the name of the platform' : '',
  ];
  const yaml = stringify({ mapping }, { lineWidth: 0, singleQuote: true }).trimEnd();
  return ['', `${found} Put it into the config${name === '' ? '' : `, ${name}`}:`, '', yaml];
}
