import type { KafkaConfig } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { type CompiledMapping, largestMessage, type ParsedPost, parsePost, parseValue } from '../mapping/parse-post.ts';
import { AvroCursor, AvroDecodeError } from './avro.ts';
import { createRegistryClient, createSchemaRegistry, type Format, type SchemaRegistry } from './schema-registry.ts';

/** Makes a post of a message, or says why it is none, as `parsePost` does. */
export type ParseMessage = (bytes: Buffer, timestamp: number, now: number) => ParsedPost | Promise<ParsedPost>;

/** Confluent's wire format: a zero, the id of the schema as 32 bits, then the value. */
const magic = 0;
const headerBytes = 5;

export interface MessageParserParts {
  readonly mapping: CompiledMapping;
  readonly config: KafkaConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends what is asked of the registry. */
  readonly signal: AbortSignal;
}

/**
 * How messages of the feed become posts: as JSON; and where a registry is set, those that begin with a zero
 * byte, which no JSON does, by the schema that they name. So a topic may change from one to the other.
 * @throws KAFKA_PLAINTEXT for a registry that is spoken to without encryption and without leave
 */
export function createMessageParser({ mapping, config, clock, log, signal }: MessageParserParts): ParseMessage {
  const { schemaRegistry, caFile, allowPlaintext } = config;
  if (!schemaRegistry) return (bytes, timestamp, now) => parsePost(bytes, mapping, timestamp, now);
  const client = createRegistryClient({ ...schemaRegistry, caFile, allowPlaintext });
  return parseFramed(mapping, createSchemaRegistry({ client, clock, log, signal }));
}

/** As `createMessageParser` with a registry. */
function parseFramed(mapping: CompiledMapping, registry: SchemaRegistry): ParseMessage {
  return (bytes, timestamp, now) => {
    if (bytes[0] !== magic || bytes.length < headerBytes) return parsePost(bytes, mapping, timestamp, now);
    if (bytes.length > largestMessage) return { reason: 'too-large' };
    const parse = (format: Format | 'unknown') => parseAs(format, bytes.subarray(headerBytes), mapping, timestamp, now);
    const format = registry.format(bytes.readUInt32BE(1), timestamp);
    return format instanceof Promise ? format.then(parse) : parse(format);
  };
}

/**
 * The same, with outcomes in the order of the calls: what is known at once waits for what was asked before it,
 * so that versions of a post stay in order.
 */
export function inOrder(parse: ParseMessage): ParseMessage {
  /** The last outcome that is still being waited for. */
  let last: Promise<unknown> | undefined;
  return (bytes, timestamp, now) => {
    const outcome = parse(bytes, timestamp, now);
    if (!last && !(outcome instanceof Promise)) return outcome;
    const before = last?.catch(() => {});
    const mine = Promise.all([outcome, before]).then(([parsed]) => parsed);
    last = mine;
    const forget = (): void => {
      if (last === mine) last = undefined;
    };
    mine.then(forget, forget);
    return mine;
  };
}

function parseAs(format: Format | 'unknown', bytes: Buffer, mapping: CompiledMapping, timestamp: number, now: number): ParsedPost {
  if (format === 'unknown') return { reason: 'unknown-schema' };
  if (format.kind === 'unsupported') return { reason: 'unsupported-schema' };
  if (format.kind === 'json') return parsePost(bytes, mapping, timestamp, now);
  try {
    const cursor = new AvroCursor(bytes);
    const value = cursor.within(format.read);
    // What is left over says that it was written with another schema.
    return cursor.isAtEnd ? parseValue(value, mapping, timestamp, now) : { reason: 'undecodable' };
  } catch (thrown) {
    if (thrown instanceof AvroDecodeError) return { reason: 'undecodable' };
    throw thrown;
  }
}
