import type { KafkaConfig } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { DeadLetterReason } from '../dead-letters/dead-letter.ts';
import {
  type CompiledMapping,
  type MessageContent,
  maxMessageBytes,
  type ParsedMessage,
  parseDecoded,
  parseMessage,
} from '../mapping/parse-message.ts';
import { AvroCursor, AvroDecodeError } from './avro.ts';
import {
  createRegistryClient,
  createSchemaRegistry,
  type MessageFormat,
  type SchemaNotFound,
  type SchemaRegistry,
  schemaNotFound,
} from './schema-registry.ts';

/** Parses a message as `parseMessage` does; asynchronously if its schema has to be fetched. */
export type ParseMessage = (message: BinaryMessage, now: number) => ParsedMessage | Promise<ParsedMessage>;

export interface BinaryMessage extends MessageContent {
  readonly bytes: Buffer;
}

/** Confluent's wire format: a zero byte, the schema ID in 32 bits, then the value. */
const magicByte = 0;
const headerBytes = 5;

export interface MessageParserDeps {
  readonly mapping: CompiledMapping;
  readonly config: KafkaConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts requests to the registry. */
  readonly signal: AbortSignal;
}

/**
 * Parses messages as JSON. If a schema registry is configured, messages that start with a zero byte, which JSON cannot,
 * are decoded with the schema ID they carry, so that a topic may switch from one format to the other.
 * @throws KAFKA_PLAINTEXT for an unencrypted connection to a registry on another machine without `allowPlaintext`
 */
export function createMessageParser({ mapping, config, clock, log, signal }: MessageParserDeps): ParseMessage {
  const { schemaRegistry, caFile, allowPlaintext } = config;
  if (!schemaRegistry) return (message, now) => parseMessage(message, mapping, now);
  const client = createRegistryClient({ ...schemaRegistry, caFile, allowPlaintext });
  return parseFramed(mapping, createSchemaRegistry({ client, clock, log, signal }));
}

function parseFramed(mapping: CompiledMapping, registry: SchemaRegistry): ParseMessage {
  return (message, now) => {
    const { bytes, timestamp } = message;
    if (bytes[0] !== magicByte || bytes.length < headerBytes) return parseMessage(message, mapping, now);
    if (bytes.length > maxMessageBytes) return rejected('too-large');
    const unframed = { ...message, bytes: bytes.subarray(headerBytes) };
    const parse = (format: MessageFormat | SchemaNotFound) => parseAs(format, unframed, mapping, now);
    const format = registry.getFormat(bytes.readUInt32BE(1), timestamp);
    return format instanceof Promise ? format.then(parse) : parse(format);
  };
}

/** Makes a parser resolve in the order of its calls, so that versions of a post stay in order. */
export function preserveOrder(parse: ParseMessage): ParseMessage {
  /** The last outcome that is pending. */
  let lastPending: Promise<unknown> | undefined;
  return (message, now) => {
    const outcome = parse(message, now);
    if (!lastPending && !(outcome instanceof Promise)) return outcome;
    const before = lastPending?.catch(() => {});
    const ordered = Promise.all([outcome, before]).then(([parsed]) => parsed);
    lastPending = ordered;
    const forget = (): void => {
      if (lastPending === ordered) lastPending = undefined;
    };
    ordered.then(forget, forget);
    return ordered;
  };
}

function parseAs(format: MessageFormat | SchemaNotFound, message: BinaryMessage, mapping: CompiledMapping, now: number): ParsedMessage {
  if (format === schemaNotFound) return rejected('unknown-schema');
  if (format.kind === 'unsupported') return rejected('unsupported-schema');
  if (format.kind === 'json') return parseMessage(message, mapping, now);
  try {
    const cursor = new AvroCursor(message.bytes);
    const value = cursor.readNested(format.read);
    // Leftover bytes mean that the message was written with a different schema.
    return cursor.isAtEnd ? parseDecoded(value, message, mapping, now) : rejected('undecodable');
  } catch (thrown) {
    if (thrown instanceof AvroDecodeError) return rejected('undecodable');
    throw thrown;
  }
}

const rejected = (reason: DeadLetterReason): ParsedMessage => ({ posts: [], rejected: reason });
