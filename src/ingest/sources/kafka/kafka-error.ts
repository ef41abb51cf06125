import { asError, type ErrorCode, FeedpulseError } from '../../../lib/errors.ts';
import { trustFault } from '../../../lib/tls.ts';

/** Answers of a broker that trying again will not change, as Kafka's protocol names them. */
const refusals = new Set([
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'MESSAGE_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TOPIC_EXCEPTION',
  'POLICY_VIOLATION',
]);

/** What kafkajs puts on its errors beside the message. */
interface KafkaFacts {
  readonly name?: string;
  readonly type?: string;
  /** Of a connection: the code of the socket's error. */
  readonly code?: unknown;
  readonly cause?: unknown;
  /** Of what was asked for several topics at once. */
  readonly errors?: unknown;
}

/**
 * A fault of Kafka with our code: KAFKA_REJECTED, KAFKA_UNTRUSTED, KAFKA_PLAINTEXT or KAFKA_UNREADABLE where
 * trying again is no use, else KAFKA_UNAVAILABLE.
 */
export function asKafkaError(thrown: unknown, doing: string): FeedpulseError {
  const chain = causesOf(thrown);
  const ours = chain.find((cause) => cause instanceof FeedpulseError);
  if (ours) return ours;
  return new FeedpulseError(codeOf(chain), `Kafka, while ${doing}: ${asError(firstOf(thrown)).message}`, { cause: thrown });
}

function codeOf(chain: readonly unknown[]): ErrorCode {
  if (chain.some(isRefusal)) return 'KAFKA_REJECTED';
  if (chain.some((cause) => factsOf(cause).code === 'KAFKA_PLAINTEXT')) return 'KAFKA_PLAINTEXT';
  // The client reads beyond a batch that is damaged, and overflows its stack with one of some 125,000 records.
  if (chain.some((cause) => cause instanceof RangeError)) return 'KAFKA_UNREADABLE';
  return chain.some((cause) => trustFault(factsOf(cause).code)) ? 'KAFKA_UNTRUSTED' : 'KAFKA_UNAVAILABLE';
}

/** True when the broker answered with this error of its protocol. */
export function hasKafkaErrorCode(thrown: unknown, type: string): boolean {
  return causesOf(thrown).some((cause) => factsOf(cause).type === type);
}

function isRefusal(cause: unknown): boolean {
  const { name, type } = factsOf(cause);
  return name === 'KafkaJSSASLAuthenticationError' || (type !== undefined && refusals.has(type));
}

/** The error, what caused it, and so on. */
function causesOf(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = thrown; cause !== undefined && cause !== null && !chain.includes(cause); cause = causeOf(cause)) chain.push(cause);
  return chain;
}

function causeOf(cause: unknown): unknown {
  return factsOf(cause).cause ?? firstOf(cause, undefined);
}

/** The first of several errors, which says more than that there were some. */
function firstOf(thrown: unknown, otherwise = thrown): unknown {
  const { errors } = factsOf(thrown);
  return (Array.isArray(errors) ? errors[0] : undefined) ?? otherwise;
}

function factsOf(cause: unknown): KafkaFacts {
  // Properties are only read, and only compared with strings.
  return typeof cause === 'object' && cause !== null ? (cause as KafkaFacts) : {};
}
