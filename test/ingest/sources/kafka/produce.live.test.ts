import { Readable } from 'node:stream';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MappingInput } from '../../../../src/config/mapping.ts';
import { configSchema } from '../../../../src/config/schema.ts';
import { produceFile } from '../../../../src/ingest/sources/kafka/produce.ts';
import { eventually } from '../../../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../../../support/kafka.ts';
import { quiet } from '../../../support/test-database.ts';

let kafka: TestKafka;

beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(() => kafka.stop());

async function readKeys(topic: string, count: number): Promise<(string | undefined)[]> {
  const consumer = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING }).consumer({ groupId: `${topic}.keys` });
  const keys: (string | undefined)[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void keys.push(message.key?.toString()) });
  await eventually('every message is read', 30, async () => keys.length >= count);
  await consumer.disconnect();
  return keys;
}

test('gives a message the key of its post only if it is one post', async () => {
  const mapping: MappingInput = {
    platformName: 'forum',
    forEach: 'items.*',
    authorId: 'user',
    skipWhen: { path: 'kind', equals: 'like' },
    deletesAuthorWhen: { path: 'kind', equals: 'account' },
  };
  const lines = [
    { id: 'a', text: 'one' },
    { items: [{ id: 'b', text: 'the only one of a page' }] },
    {
      items: [
        { id: 'c', text: 'one' },
        { id: 'd', text: 'two' },
      ],
    },
    { id: 'e', kind: 'like' },
    { id: 'f', kind: 'account', user: 'ines' },
    { id: 'g' },
  ];
  const topic = 'produced-keys';
  const { kafka: config } = configSchema.parse({ kafka: { brokers: kafka.brokers, topic } });
  const input = Readable.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { objectMode: false });
  expect(await produceFile({ config, mapping, input, partitions: 1, log: quiet })).toBe(lines.length);
  expect(await readKeys(topic, lines.length)).toEqual(['forum:a', 'forum:b', undefined, undefined, undefined, undefined]);
});
