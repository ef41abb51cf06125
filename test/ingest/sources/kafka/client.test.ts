import { describe, expect, it } from 'vitest';
import { configSchema, type KafkaConfig } from '../../../../src/config/schema.ts';
import { createKafka, socketFactory } from '../../../../src/ingest/sources/kafka/client.ts';
import { asKafkaError, hasKafkaErrorCode } from '../../../../src/ingest/sources/kafka/kafka-error.ts';
import { FeedpulseError } from '../../../../src/lib/errors.ts';
import { createLog } from '../../../../src/lib/log.ts';

const log = createLog('silent');

function config(kafka: Partial<KafkaConfig>): KafkaConfig {
  return configSchema.parse({ kafka }).kafka;
}

describe('unencrypted connection', () => {
  it.each(['127.0.0.1:9092', 'localhost:9092', '127.9.9.9:1'])('is allowed on this machine: %s', (broker) => {
    expect(() => createKafka(config({ brokers: [broker] }), log)).not.toThrow();
  });

  it.each(['kafka.example:9092', '10.0.0.1:9092', '127.0.0.1.example:9092', 'localhost.example:9092'])('is refused to %s', (broker) => {
    expect(() => createKafka(config({ brokers: ['127.0.0.1:9092', broker] }), log)).toThrow(
      expect.objectContaining({ code: 'KAFKA_PLAINTEXT' }),
    );
  });

  it('needs allowPlaintext, or TLS', () => {
    const brokers = ['kafka.example:9093'];
    expect(() => createKafka(config({ brokers, allowPlaintext: true }), log)).not.toThrow();
    expect(() => createKafka(config({ brokers, tls: true }), log)).not.toThrow();
  });
});

it('the same rule applies to discovered brokers', async () => {
  const open = socketFactory({ allowPlaintext: false });
  const socket = open({ host: '203.0.113.1', port: 9092, onConnect: () => {} } as Parameters<typeof open>[0]); // no TLS options
  const fault = await new Promise((resolve) => socket.once('error', resolve));
  expect(fault).toMatchObject({ code: 'KAFKA_PLAINTEXT', message: expect.stringContaining('203.0.113.1:9092') });
  expect(asKafkaError(new Error('gave up', { cause: fault }), 'reading')).toMatchObject({ code: 'KAFKA_PLAINTEXT', retry: false });
});

it('names a certificate that cannot be read', () => {
  expect(() => createKafka(config({ tls: true, caFile: '/nowhere/ca.pem' }), log)).toThrow(
    expect.objectContaining({ code: 'FILE_INACCESSIBLE' }),
  );
});

describe('asKafkaError', () => {
  const caused = (cause: unknown) => new Error('gave up', { cause: new Error('again', { cause }) });

  it('returns KAFKA_REJECTED if a retry does not help', () => {
    expect(asKafkaError(caused({ type: 'TOPIC_AUTHORIZATION_FAILED' }), 'reading')).toMatchObject({ code: 'KAFKA_REJECTED', retry: false });
    expect(asKafkaError(caused({ name: 'KafkaJSSASLAuthenticationError' }), 'reading')).toMatchObject({ code: 'KAFKA_REJECTED' });
  });

  it('returns KAFKA_UNTRUSTED for a rejected certificate', () => {
    const untrusted = { code: 'KAFKA_UNTRUSTED', retry: false };
    expect(asKafkaError(caused({ code: 'CERT_HAS_EXPIRED' }), 'reading')).toMatchObject(untrusted);
    expect(asKafkaError(caused({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }), 'reading')).toMatchObject(untrusted);
  });

  it('uses the message of the first of several errors', () => {
    const several = Object.assign(new Error('errors'), {
      errors: [Object.assign(new Error('no'), { type: 'CLUSTER_AUTHORIZATION_FAILED' })],
    });
    expect(asKafkaError(several, 'sending')).toMatchObject({ code: 'KAFKA_REJECTED', message: 'Kafka error while sending: no.' });
  });

  it('returns KAFKA_UNREADABLE for bytes that kafkajs cannot decode', () => {
    expect(asKafkaError(caused(new RangeError('out of range')), 'reading')).toMatchObject({ code: 'KAFKA_UNREADABLE', retry: false });
  });

  it('returns KAFKA_UNAVAILABLE otherwise', () => {
    expect(asKafkaError(caused(new Error('reset')), 'reading')).toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      retry: true,
      message: 'Kafka error while reading: gave up.',
    });
  });

  it('returns a FeedpulseError in the chain unchanged', () => {
    const ours = new FeedpulseError('KAFKA_UNREADABLE', 'damaged');
    expect(asKafkaError(caused(ours), 'reading')).toBe(ours);
  });

  it('accepts an error that is its own cause', () => {
    const loop: { type: string; cause?: unknown } = { type: 'A' };
    loop.cause = loop;
    expect([hasKafkaErrorCode(loop, 'A'), hasKafkaErrorCode(loop, 'B')]).toEqual([true, false]);
  });
});
