import { asError, type ErrorCode, FeedpulseError } from '../../../lib/errors.ts';
import { describeTlsError } from '../../../lib/tls.ts';

/** Kafka protocol errors that a retry does not fix. */
const permanentErrors = new Set([
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

/** The properties of kafkajs errors. */
interface KafkaErrorFields {
  readonly name?: string;
  readonly type?: string;
  /** The code of a socket error. */
  readonly code?: unknown;
  readonly cause?: unknown;
  /** The errors of a request for several topics. */
  readonly errors?: unknown;
}

/**
 * Converts an error of kafkajs: to KAFKA_REJECTED, KAFKA_UNTRUSTED, KAFKA_PLAINTEXT or KAFKA_UNREADABLE if a retry does
 * not help, else to KAFKA_UNAVAILABLE. `action` completes "Kafka error while …".
 */
export function asKafkaError(thrown: unknown, action: string): FeedpulseError {
  const chain = causeChain(thrown);
  const ours = chain.find((cause) => cause instanceof FeedpulseError);
  if (ours) return ours;
  return new FeedpulseError(chooseCode(chain), `Kafka error while ${action}: ${asError(firstError(thrown)).message.replace(/\.?$/, '.')}`, {
    cause: thrown,
  });
}

function chooseCode(chain: readonly unknown[]): ErrorCode {
  if (chain.some(isPermanent)) return 'KAFKA_REJECTED';
  if (chain.some((cause) => kafkaFields(cause).code === 'KAFKA_PLAINTEXT')) return 'KAFKA_PLAINTEXT';
  // kafkajs reads past the end of a corrupt batch, and overflows the stack on a batch of about 125,000 records.
  if (chain.some((cause) => cause instanceof RangeError)) return 'KAFKA_UNREADABLE';
  return chain.some((cause) => describeTlsError(kafkaFields(cause).code)) ? 'KAFKA_UNTRUSTED' : 'KAFKA_UNAVAILABLE';
}

/** Whether the broker returned this error of the Kafka protocol. */
export function hasKafkaErrorCode(thrown: unknown, type: string): boolean {
  return causeChain(thrown).some((cause) => kafkaFields(cause).type === type);
}

function isPermanent(cause: unknown): boolean {
  const { name, type } = kafkaFields(cause);
  return name === 'KafkaJSSASLAuthenticationError' || (type !== undefined && permanentErrors.has(type));
}

/** The error, its cause, the cause of that, and so on. */
function causeChain(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = thrown; cause !== undefined && cause !== null && !chain.includes(cause); cause = getCause(cause)) chain.push(cause);
  return chain;
}

function getCause(cause: unknown): unknown {
  return kafkaFields(cause).cause ?? firstError(cause, undefined);
}

/** The first of several errors, which is more specific than the aggregate. */
function firstError(thrown: unknown, fallback = thrown): unknown {
  const { errors } = kafkaFields(thrown);
  return (Array.isArray(errors) ? errors[0] : undefined) ?? fallback;
}

function kafkaFields(cause: unknown): KafkaErrorFields {
  // Its properties are of unknown type and only compared with strings.
  return typeof cause === 'object' && cause !== null ? (cause as KafkaErrorFields) : {};
}
