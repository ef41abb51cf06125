import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cleanAudit } from '../support/audit.ts';
import { type KafkaFixture, openKafkaFixture } from '../support/faults/kafka-fixture.ts';
import { record } from '../support/faults/record.ts';
import { queryDataDir } from '../support/feedpulse.ts';

let fixture: KafkaFixture;

beforeAll(async () => {
  fixture = await openKafkaFixture();
});
afterEach(() => fixture.killAll());
afterAll(() => fixture.close());

async function send(topic: string, values: readonly string[]): Promise<void> {
  await fixture.admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  const producer = fixture.client.producer();
  await producer.connect();
  for (let from = 0; from < values.length; from += 500)
    await producer.send({ topic, messages: values.slice(from, from + 500).map((value) => ({ value })) });
  await producer.disconnect();
}

/** Distinct offsets with a dead letter; a message that was delivered twice may have two. */
async function readDeadLetters(topic: string): Promise<Set<string>> {
  const end = (await fixture.admin.fetchTopicOffsets(`${topic}.dead`)).reduce((sum, { high }) => sum + Number(high), 0);
  const offsets: string[] = [];
  const consumer = fixture.client.consumer({ groupId: `dead letters of ${topic} ${end}` });
  await consumer.connect();
  await consumer.subscribe({ topic: `${topic}.dead`, fromBeginning: true });
  const read = new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message: { headers } }) => {
        offsets.push(String(headers?.['feedpulse-offset']));
        if (offsets.length === end) resolve();
      },
    });
  });
  await read;
  await consumer.disconnect();
  return new Set(offsets);
}

test('a source with only invalid messages stops; every committed message is a dead letter', async () => {
  const count = 2_000;
  await send(
    'invalid',
    Array.from({ length: count }, (_, index) => `invalid ${index}`),
  );
  const stopped = await fixture.consume('invalid');
  expect(await stopped.waitForExit()).toBe(7);
  expect(stopped.log()).toContain('TOO_MANY_DEAD_LETTERS');
  const [{ committed } = { committed: Number.NaN }] = await fixture.progress('invalid');
  expect(committed).toBeLessThan(count);
  const deadLetters = await readDeadLetters('invalid');
  for (let offset = 0; offset < committed; offset += 1) expect(deadLetters.has(`${offset}`), `offset ${offset}`).toBe(true);
  // With a higher limit it reads to the end.
  const tolerant = await fixture.consume('invalid', { FEEDPULSE_DEAD_LETTERS_MAX_CONSECUTIVE: '5000' });
  await fixture.waitUntilCommitted('invalid');
  expect(await tolerant.stop()).toBe(0);
  expect(await readDeadLetters('invalid')).toHaveProperty('size', count);
  record({ fault: 'all input invalid', attempts: 1, result: cleanAudit });
});

test('posts with past, future or jumping timestamps are rejected or stored once', async () => {
  const now = Date.now();
  const day = 86_400_000;
  const post = (id: string, at: number) =>
    JSON.stringify({ platform: 'p', id, text: 'A fine kettle', createdAt: new Date(at).toISOString() });
  // Stored at the minute of the first delivery, whatever later deliveries say.
  const accepted = [
    post('jumps', now - 3_600_000),
    post('jumps', now - 2 * day),
    post('jumps', now + 3_600_000),
    post('old', Date.UTC(2000, 0, 1)),
    post('soon', now + day / 2),
  ];
  const rejected = [
    post('ancient', Date.UTC(1900, 0, 1)),
    post('before', Date.UTC(2000, 0, 1) - 1),
    post('far', now + 2 * day),
    post('end', Date.UTC(9999, 11, 31)),
  ];
  await send('clocks', [...accepted, ...rejected]);
  const process = await fixture.consume('clocks');
  await fixture.waitUntilCommitted('clocks');
  expect(await process.stop()).toBe(0);
  const rows = await queryDataDir<{ id: string; minute: number }>(
    fixture.dataDir('clocks'),
    'SELECT id, toUnixTimestamp(minute) AS minute FROM posts FINAL ORDER BY id',
  );
  const toMinute = (at: number): number => Math.floor(at / 60_000) * 60;
  expect(rows.map(({ id, minute }) => [id, Number(minute)])).toEqual([
    ['jumps', toMinute(now - 3_600_000)],
    ['old', toMinute(Date.UTC(2000, 0, 1))],
    ['soon', toMinute(now + day / 2)],
  ]);
  expect(await readDeadLetters('clocks')).toHaveProperty('size', rejected.length);
  record({ fault: 'invalid or jumping timestamps', attempts: accepted.length + rejected.length, result: cleanAudit });
});
