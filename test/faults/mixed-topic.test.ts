import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit, cleanAudit } from '../support/audit.ts';
import { type KafkaFixture, openKafkaFixture } from '../support/faults/kafka-fixture.ts';
import { createSeededRandom, record, repetitions } from '../support/faults/record.ts';
import { queryDataDir } from '../support/feedpulse.ts';
import { createMixedTopic, type MixedMessage } from '../support/jetstream/mixed-topic.ts';

const partitions = 4;

let fixture: KafkaFixture;

beforeAll(async () => {
  fixture = await openKafkaFixture();
});
afterAll(() => fixture.close());

/** Messages of an author go to one partition, whatever their key. */
function partitionOf(author: string): number {
  return [...author].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_003, 7) % partitions;
}

async function send(topic: string, messages: readonly MixedMessage[]): Promise<void> {
  await fixture.admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
  const producer = fixture.client.producer();
  await producer.connect();
  for (let from = 0; from < messages.length; from += 500)
    await producer.send({
      topic,
      messages: messages.slice(from, from + 500).map(({ key, value, timestamp, author }) => ({
        ...{ key, value, timestamp: String(timestamp), partition: partitionOf(author) },
      })),
    });
  await producer.disconnect();
}

test('a topic of posts, edits, deletions, tombstones, likes and heartbeats yields the posts that remain, and nothing else', async () => {
  const { seed } = createSeededRandom('mixed topic');
  const expected = createMixedTopic(seed, repetitions(20_000, 2_000), Date.now() - 60_000);
  await send('mixed', expected.messages);
  const feedpulse = await fixture.consume('mixed', { FEEDPULSE_MAPPING_PRESET: 'bluesky-jetstream' });
  await fixture.waitUntilCommitted('mixed');
  const skipped = await feedpulse.metric('feedpulse_messages_skipped_total');
  const { deadLetters } = await feedpulse.get<{ deadLetters: Record<string, number> }>('/api/v1/pipeline');
  expect(await feedpulse.stop()).toBe(0);
  expect(deadLetters).toEqual(expected.deadLetters);
  expect(skipped).toBe(expected.skipped);

  const query = <T>(sql: string): Promise<T[]> => queryDataDir<T>(fixture.dataDir('mixed'), sql);
  const rows = await query<{ id: string; text: string }>('SELECT id, text FROM posts FINAL WHERE NOT deleted');
  const texts = new Map(expected.remaining.map(({ id, text }) => [id, text]));
  const result = {
    ...(await audit(expected.remaining, query)),
    // The audit also counts the rows of deleted posts.
    unexpected: rows.filter(({ id, text }) => texts.get(id) !== text).length,
  };
  record({ fault: `mixed topic of ${expected.messages.length} messages`, attempts: 1, result });
  expect(result).toEqual(cleanAudit);
  expect(expected.deleted).toBeGreaterThan(50);
});
