import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startKafka, type TestKafka } from '../support/kafka.ts';

let kafka: TestKafka;

beforeAll(async () => {
  kafka = await startKafka({ ownBroker: true });
});
afterAll(async () => {
  await kafka.stop();
});

test('acknowledged messages survive SIGKILL of the broker', async () => {
  const client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 4 }], waitForLeaders: true });
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic: 'kept', acks: -1, messages: Array.from({ length: 100 }, (_, index) => ({ key: `${index}`, value: 'x' })) });
  if (!process.env['KAFKA_BROKERS']) {
    kafka.kill();
    await kafka.restart();
  }
  const offsets = await admin.fetchTopicOffsets('kept');
  expect(offsets).toHaveLength(4);
  expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(100);
  await producer.disconnect();
  await admin.disconnect();
});
