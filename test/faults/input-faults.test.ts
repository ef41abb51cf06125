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

/** Positions that have a dead letter, each once; a message that was delivered twice may have two. */
async function lettersOf(topic: string): Promise<Set<string>> {
  const end = (await fixture.admin.fetchTopicOffsets(`${topic}.dead`)).reduce((sum, { high }) => sum + Number(high), 0);
  const positions: string[] = [];
  const consumer = fixture.client.consumer({ groupId: `letters of ${topic} ${end}` });
  await consumer.connect();
  await consumer.subscribe({ topic: `${topic}.dead`, fromBeginning: true });
  const read = new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message: { headers } }) => {
        positions.push(String(headers?.['feedpulse-offset']));
        if (positions.length === end) resolve();
      },
    });
  });
  await read;
  await consumer.disconnect();
  return new Set(positions);
}

test('a source without any post stops, with every committed message in the dead letters', async () => {
  const count = 2_000;
  await send(
    'rubbish',
    Array.from({ length: count }, (_, index) => `rubbish ${index}`),
  );
  const stopped = await fixture.consume('rubbish');
  expect(await stopped.waitForExit()).toBe(7);
  expect(stopped.log()).toContain('TOO_MANY_DEAD_LETTERS');
  const [{ committed } = { committed: Number.NaN }] = await fixture.progress('rubbish');
  expect(committed).toBeLessThan(count);
  const letters = await lettersOf('rubbish');
  for (let offset = 0; offset < committed; offset += 1) expect(letters.has(`${offset}`), `offset ${offset}`).toBe(true);
  // Told that this is how it is, it goes on to the end.
  const tolerant = await fixture.consume('rubbish', { FEEDPULSE_DEAD_LETTERS_MAX_CONSECUTIVE: '5000' });
  await fixture.waitUntilCommitted('rubbish');
  expect(await tolerant.stop()).toBe(0);
  expect(await lettersOf('rubbish')).toHaveProperty('size', count);
  record({ fault: 'all input invalid', attempts: 1, result: cleanAudit });
});

test('posts from 1900, from the day after tomorrow and from jumping clocks are rejected or stored, each once', async () => {
  const now = Date.now();
  const day = 86_400_000;
  const post = (id: string, at: number) =>
    JSON.stringify({ platform: 'p', id, text: 'A fine kettle', createdAt: new Date(at).toISOString() });
  // The first is kept where it was first seen, whatever the clock says that sends it again.
  const kept = [
    post('jumps', now - 3_600_000),
    post('jumps', now - 2 * day),
    post('jumps', now + 3_600_000),
    post('old', Date.UTC(2000, 0, 1)),
    post('soon', now + day / 2),
  ];
  const refused = [
    post('ancient', Date.UTC(1900, 0, 1)),
    post('before', Date.UTC(2000, 0, 1) - 1),
    post('far', now + 2 * day),
    post('end', Date.UTC(9999, 11, 31)),
  ];
  await send('clocks', [...kept, ...refused]);
  const process = await fixture.consume('clocks');
  await fixture.waitUntilCommitted('clocks');
  expect(await process.stop()).toBe(0);
  const rows = await queryDataDir<{ id: string; minute: number }>(
    fixture.dataDir('clocks'),
    'SELECT id, toUnixTimestamp(minute) AS minute FROM posts FINAL ORDER BY id',
  );
  const minuteOf = (at: number): number => Math.floor(at / 60_000) * 60;
  expect(rows.map(({ id, minute }) => [id, Number(minute)])).toEqual([
    ['jumps', minuteOf(now - 3_600_000)],
    ['old', minuteOf(Date.UTC(2000, 0, 1))],
    ['soon', minuteOf(now + day / 2)],
  ]);
  expect(await lettersOf('clocks')).toHaveProperty('size', refused.length);
  record({ fault: 'posts from 1900, from the future, from clocks that jump', attempts: kept.length + refused.length, result: cleanAudit });
});
