import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { audit, cleanAudit, type Delivery } from '../support/audit.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { type KafkaFixture, openKafkaFixture, sleep, waitUntilWritten } from '../support/faults/kafka-fixture.ts';
import { createSeededRandom, record, repetitions, testInFullRun } from '../support/faults/record.ts';
import { queryDataDir, type RunningFeedpulse, useBundledModel } from '../support/feedpulse.ts';

// Inference must take a while, so that faults occur in the middle of a batch.
useBundledModel();

let fixture: KafkaFixture;
let clickhouse: TestClickHouse;

beforeAll(async () => {
  [fixture, clickhouse] = await Promise.all([openKafkaFixture(), startClickHouse()]);
});
afterEach(() => fixture.killAll());
afterAll(async () => {
  await fixture.close();
  await clickhouse.stop();
});

/** A member of a topic's group, writing to the server's database of the topic's name. */
const join = (topic: string): Promise<RunningFeedpulse> =>
  fixture.consume(topic, { ...clickhouse.env, FEEDPULSE_CLICKHOUSE_DATABASE: topic, FEEDPULSE_MODEL_WORKERS: '1' });

test('every post counts once while members join, leave and die under load', async () => {
  const { random } = createSeededRandom('members');
  const rounds = repetitions(5, 1);
  const posts = await fixture.produce('members', random, rounds * 2_400, 8);
  const members = [await join('members')];
  // Often in the middle of a batch or of the previous rebalance.
  const randomPause = () => sleep(500 + random() * 2_500);
  const removeMember = () => members.splice(Math.floor(random() * members.length), 1)[0];
  for (let round = 0; round < rounds; round += 1) {
    members.push(await join('members'));
    await randomPause();
    await removeMember()?.kill();
    await randomPause();
    members.push(await join('members'));
    await randomPause();
    expect(await removeMember()?.stop()).toBe(0);
  }
  const changed = Date.now();
  await fixture.waitUntilCommitted('members');
  const recoveryMs = Date.now() - changed;
  for (const member of members) expect(await member.stop()).toBe(0);
  const result = await audit(posts, (query) => clickhouse.rows(query), 'members');
  record({ fault: 'members join, leave and are killed under load', attempts: rounds * 4, result, recoveryMs });
  expect(result).toEqual(cleanAudit);
});

test('little is redelivered when a member joins in the middle of a batch', async () => {
  const { random } = createSeededRandom('rebalance');
  const posts = await fixture.produce('rebalance', random, 4_000, 4);
  const first = await join('rebalance');
  await waitUntilWritten(first);
  // Most of the topic must be unread when the second member joins, even on a fast machine.
  for (let count = 0; count < 3; count += 1)
    await clickhouse.injectFault({ statement: 'INSERT INTO posts', when: 'before', how: 'slow', ms: 2_000 });
  const second = await join('rebalance');
  await fixture.waitUntilCommitted('rebalance');
  const read = (await first.metric('feedpulse_posts_read_total')) + (await second.metric('feedpulse_posts_read_total'));
  expect(await second.metric('feedpulse_posts_read_total')).toBeGreaterThan(0);
  // At worst the posts in flight: two chunks of 256 per partition.
  expect(read - posts.length).toBeLessThanOrEqual(4 * 2 * 256);
  for (const member of [first, second]) expect(await member.stop()).toBe(0);
  const result = await audit(posts, (query) => clickhouse.rows(query), 'rebalance');
  record({ fault: `a member joins in the middle of a batch (${read - posts.length} read again)`, attempts: 1, result });
  expect(result).toEqual(cleanAudit);
});

test('a write slower than the session timeout keeps the member in its group; nothing is redelivered', async () => {
  const { random } = createSeededRandom('slow handler');
  const posts = await fixture.produce('slow', random, 400, 1);
  const slowMs = 8_000;
  await clickhouse.injectFault({ statement: 'INSERT INTO posts', when: 'before', how: 'slow', ms: slowMs });
  const member = await join('slow');
  await fixture.waitUntilCommitted('slow');
  expect(member.log().match(/joined the Kafka consumer group/g)).toHaveLength(1);
  expect(await member.metric('feedpulse_posts_read_total')).toBe(posts.length);
  expect(await member.stop()).toBe(0);
  const result = await audit(posts, (query) => clickhouse.rows(query), 'slow');
  record({ fault: `a write of ${slowMs / 1_000} s in a session of 6 s`, attempts: 1, result });
  expect(result).toEqual(cleanAudit);
});

testInFullRun('a partition added at runtime is read', async () => {
  const { random } = createSeededRandom('partition added');
  const posts: Delivery[] = await fixture.produce('grown', random, 200, 1);
  const member = await fixture.consume('grown');
  await fixture.waitUntilCommitted('grown');
  await fixture.admin.createPartitions({ topicPartitions: [{ topic: 'grown', count: 3 }] });
  const added = Date.now();
  const producer = fixture.client.producer();
  await producer.connect();
  const now = new Date(added).toISOString();
  for (const partition of [1, 2]) {
    const post = { platform: 'new', id: `${partition}`, createdAt: now, updatedAt: now, deleted: false };
    await producer.send({ topic: 'grown', messages: [{ partition, value: JSON.stringify({ ...post, text: 'Here as well' }) }] });
    posts.push(post);
  }
  await producer.disconnect();
  await fixture.waitUntilCommitted('grown');
  const recoveryMs = Date.now() - added;
  expect(await member.stop()).toBe(0);
  const result = await fixture.audit('grown', posts);
  record({ fault: 'partitions added', attempts: 1, result, recoveryMs });
  expect(result).toEqual(cleanAudit);
  expect(recoveryMs).toBeLessThan(60_000);
});

test('counts messages that the broker deleted before they were read, and continues', async () => {
  const [topic, count] = ['expired', 1_500];
  await fixture.admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  // So large that one fetch returns only some of the messages.
  const padding = 'x'.repeat(4_000);
  const messages = Array.from({ length: count }, (_, id) => ({
    value: JSON.stringify({ platform: 'p', id: `${id}`, text: `The kettle number ${id} is lovely`, padding }),
  }));
  const producer = fixture.client.producer();
  await producer.connect();
  for (let from = 0; from < count; from += 100) await producer.send({ topic, messages: messages.slice(from, from + 100) });
  await producer.disconnect();
  const first = await fixture.consume(topic);
  await waitUntilWritten(first);
  await fixture.admin.fetchTopicOffsets(topic); // the client can delete records only once it knows the leader
  await fixture.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1400' }] });
  await fixture.waitUntilCommitted(topic);
  const read = await first.metric('feedpulse_posts_read_total');
  expect(read).toBeLessThan(count);
  expect(await first.metric('feedpulse_kafka_offset_gap_total')).toBe(count - read);
  expect(first.log()).toContain('the broker deleted messages before they were read');
  expect(await first.stop()).toBe(0);
  // While no process runs, the committed offset points to deleted messages.
  await fixture.admin.setOffsets({ groupId: fixture.groupId(topic), topic, partitions: [{ partition: 0, offset: '100' }] });
  const second = await fixture.consume(topic);
  await fixture.waitUntilCommitted(topic);
  expect(await second.metric('feedpulse_kafka_offset_gap_total')).toBe(1_300);
  expect(await second.metric('feedpulse_posts_read_total')).toBe(100);
  expect(await second.stop()).toBe(0);
  const rows = await queryDataDir(fixture.dataDir(topic), 'SELECT id FROM posts FINAL');
  record({
    fault: 'offsets out of range: deleted messages are counted',
    attempts: 2,
    result: { ...cleanAudit, lost: read - rows.length },
  });
  expect(rows).toHaveLength(read);
});

test('a dead-letter topic that rejects writes stops the pipeline before the commit; once fixed, it gets the message', async () => {
  // A compacted topic rejects messages without a key.
  const [topic, dead] = ['rejecting', 'rejecting.dead'];
  const cleanupPolicy = (policy: string) => [{ name: 'cleanup.policy', value: policy }];
  await fixture.admin.createTopics({
    topics: [
      { topic, numPartitions: 1 },
      { topic: dead, numPartitions: 1, configEntries: cleanupPolicy('compact') },
    ],
  });
  const producer = fixture.client.producer();
  await producer.connect();
  const good = { value: JSON.stringify({ platform: 'p', id: '1', text: 'A fine kettle' }) };
  await producer.send({ topic, messages: [good, { value: 'no post' }] });
  await producer.disconnect();
  const stopped = await fixture.consume(topic);
  expect(await stopped.waitForExit()).toBe(5);
  expect(stopped.log()).toContain('KAFKA_REJECTED');
  expect((await fixture.progress(topic)).every(({ committed }) => committed < 2)).toBe(true);
  await fixture.admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: 2, name: dead, configEntries: cleanupPolicy('delete') }],
  });
  const fixedAt = Date.now();
  const process = await fixture.consume(topic);
  await fixture.waitUntilCommitted(topic);
  const recoveryMs = Date.now() - fixedAt;
  expect(await process.metric('feedpulse_dead_letters_total')).toBe(1);
  expect(await process.stop()).toBe(0);
  const [{ high } = { high: '0' }] = await fixture.admin.fetchTopicOffsets(dead);
  const rows = await queryDataDir(fixture.dataDir(topic), 'SELECT id FROM posts FINAL');
  record({
    fault: 'dead-letter topic rejects writes',
    attempts: 1,
    result: { ...cleanAudit, lost: 1 - rows.length, duplicated: Number(high) - 1 },
    recoveryMs,
  });
  expect([rows.length, Number(high)]).toEqual([1, 1]);
});
