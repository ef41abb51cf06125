import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { type KafkaStage, openKafkaStage, untilSomeWritten, wait } from '../support/faults/kafka-stage.ts';
import { record, seeded, testWhenWhole, times } from '../support/faults/record.ts';
import { queryFolder, type RunningFeedpulse, useBundledModel } from '../support/feedpulse.ts';
import { audit, cleanAudit, type Delivery } from '../support/ledger.ts';

// Posts must take a while, so that faults strike in the middle.
useBundledModel();

let stage: KafkaStage;
let clickhouse: TestClickHouse;

beforeAll(async () => {
  [stage, clickhouse] = await Promise.all([openKafkaStage(), startClickHouse()]);
});
afterEach(() => stage.clear());
afterAll(async () => {
  await stage.close();
  await clickhouse.stop();
});

/** A member of a topic's group, writing to the server's database of the topic's name. */
const join = (topic: string): Promise<RunningFeedpulse> =>
  stage.consume(topic, { ...clickhouse.env, FEEDPULSE_CLICKHOUSE_DATABASE: topic, FEEDPULSE_MODEL_WORKERS: '1' });

test('every post counts once while members join, leave and die under load', async () => {
  const { random } = seeded('members');
  const rounds = times(5, 1);
  const posts = await stage.produce('members', random, rounds * 2_400, 8);
  const members = [await join('members')];
  // Often in the middle of a batch, and of the rebalance before.
  const soon = () => wait(500 + random() * 2_500);
  const one = () => members.splice(Math.floor(random() * members.length), 1)[0];
  for (let round = 0; round < rounds; round += 1) {
    members.push(await join('members'));
    await soon();
    await one()?.kill();
    await soon();
    members.push(await join('members'));
    await soon();
    expect(await one()?.stop()).toBe(0);
  }
  const changed = Date.now();
  await stage.untilRead('members');
  const recoveryMs = Date.now() - changed;
  for (const member of members) expect(await member.stop()).toBe(0);
  const found = await audit(posts, (query) => clickhouse.rows(query), 'members');
  record({ fault: 'members join, leave and are killed under load', tried: rounds * 4, found, recoveryMs });
  expect(found).toEqual(cleanAudit);
});

test('little is redelivered when a member joins in the middle of a batch', async () => {
  const { random } = seeded('rebalance');
  const posts = await stage.produce('rebalance', random, 4_000, 4);
  const first = await join('rebalance');
  await untilSomeWritten(first);
  // So that most is still to be read when the second joins, on however fast a machine.
  for (let count = 0; count < 3; count += 1)
    await clickhouse.play({ statement: 'INSERT INTO posts', when: 'before', how: 'slow', ms: 2_000 });
  const second = await join('rebalance');
  await stage.untilRead('rebalance');
  const read = (await first.metric('feedpulse_posts_read_total')) + (await second.metric('feedpulse_posts_read_total'));
  expect(await second.metric('feedpulse_posts_read_total')).toBeGreaterThan(0);
  // At worst what was in flight: two slices of 256 a partition.
  expect(read - posts.length).toBeLessThanOrEqual(4 * 2 * 256);
  for (const member of [first, second]) expect(await member.stop()).toBe(0);
  const found = await audit(posts, (query) => clickhouse.rows(query), 'rebalance');
  record({ fault: `a member joins in the middle of a batch (${read - posts.length} read again)`, tried: 1, found });
  expect(found).toEqual(cleanAudit);
});

test('a write slower than the session timeout keeps the member in its group; nothing is redelivered', async () => {
  const { random } = seeded('slow handler');
  const posts = await stage.produce('slow', random, 400, 1);
  const slowMs = 8_000;
  await clickhouse.play({ statement: 'INSERT INTO posts', when: 'before', how: 'slow', ms: slowMs });
  const member = await join('slow');
  await stage.untilRead('slow');
  expect(member.log().match(/Joined the Kafka consumer group/g)).toHaveLength(1);
  expect(await member.metric('feedpulse_posts_read_total')).toBe(posts.length);
  expect(await member.stop()).toBe(0);
  const found = await audit(posts, (query) => clickhouse.rows(query), 'slow');
  record({ fault: `a write of ${slowMs / 1_000} s in a session of 6 s`, tried: 1, found });
  expect(found).toEqual(cleanAudit);
});

testWhenWhole('a partition that is added while it runs is read too', async () => {
  const { random } = seeded('partition added');
  const posts: Delivery[] = await stage.produce('grown', random, 200, 1);
  const member = await stage.consume('grown');
  await stage.untilRead('grown');
  await stage.admin.createPartitions({ topicPartitions: [{ topic: 'grown', count: 3 }] });
  const added = Date.now();
  const producer = stage.client.producer();
  await producer.connect();
  const now = new Date(added).toISOString();
  for (const partition of [1, 2]) {
    const post = { platform: 'new', id: `${partition}`, createdAt: now, updatedAt: now, deleted: false };
    await producer.send({ topic: 'grown', messages: [{ partition, value: JSON.stringify({ ...post, text: 'Here as well' }) }] });
    posts.push(post);
  }
  await producer.disconnect();
  await stage.untilRead('grown');
  const recoveryMs = Date.now() - added;
  expect(await member.stop()).toBe(0);
  const found = await stage.auditOf('grown', posts);
  record({ fault: 'partitions added', tried: 1, found, recoveryMs });
  expect(found).toEqual(cleanAudit);
  expect(recoveryMs).toBeLessThan(60_000);
});

test('counts messages that the broker deleted before they were read, and continues', async () => {
  const [topic, count] = ['expired', 1_500];
  await stage.admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  // So long that a fetch brings only some of them.
  const padding = 'x'.repeat(4_000);
  const messages = Array.from({ length: count }, (_, id) => ({
    value: JSON.stringify({ platform: 'p', id: `${id}`, text: `The kettle number ${id} is lovely`, padding }),
  }));
  const producer = stage.client.producer();
  await producer.connect();
  for (let from = 0; from < count; from += 100) await producer.send({ topic, messages: messages.slice(from, from + 100) });
  await producer.disconnect();
  const first = await stage.consume(topic);
  await untilSomeWritten(first);
  await stage.admin.fetchTopicOffsets(topic); // the client deletes only where it knows the leader
  await stage.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1400' }] });
  await stage.untilRead(topic);
  const read = await first.metric('feedpulse_posts_read_total');
  expect(read).toBeLessThan(count);
  expect(await first.metric('feedpulse_kafka_offset_gap_total')).toBe(count - read);
  expect(first.log()).toContain('The broker deleted messages before they were read');
  expect(await first.stop()).toBe(0);
  // While it does not run: the group is told to go on where nothing is any more.
  await stage.admin.setOffsets({ groupId: stage.groupOf(topic), topic, partitions: [{ partition: 0, offset: '100' }] });
  const second = await stage.consume(topic);
  await stage.untilRead(topic);
  expect(await second.metric('feedpulse_kafka_offset_gap_total')).toBe(1_300);
  expect(await second.metric('feedpulse_posts_read_total')).toBe(100);
  expect(await second.stop()).toBe(0);
  const rows = await queryFolder(stage.dataOf(topic), 'SELECT id FROM posts FINAL');
  record({
    fault: 'offsets out of range: what the broker deleted is counted',
    tried: 2,
    found: { ...cleanAudit, lost: read - rows.length },
  });
  expect(rows).toHaveLength(read);
});

test('a dead-letter topic that rejects writes stops the pipeline before the commit; once fixed, it gets the message', async () => {
  // A compacted topic takes no message without a key.
  const [topic, dead] = ['refusing', 'refusing.dead'];
  const keep = (policy: string) => [{ name: 'cleanup.policy', value: policy }];
  await stage.admin.createTopics({
    topics: [
      { topic, numPartitions: 1 },
      { topic: dead, numPartitions: 1, configEntries: keep('compact') },
    ],
  });
  const producer = stage.client.producer();
  await producer.connect();
  const good = { value: JSON.stringify({ platform: 'p', id: '1', text: 'A fine kettle' }) };
  await producer.send({ topic, messages: [good, { value: 'no post' }] });
  await producer.disconnect();
  const stopped = await stage.consume(topic);
  expect(await stopped.ended()).toBe(5);
  expect(stopped.log()).toContain('KAFKA_REJECTED');
  expect((await stage.progress(topic)).every(({ committed }) => committed < 2)).toBe(true);
  await stage.admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: 2, name: dead, configEntries: keep('delete') }],
  });
  const mended = Date.now();
  const process = await stage.consume(topic);
  await stage.untilRead(topic);
  const recoveryMs = Date.now() - mended;
  expect(await process.metric('feedpulse_dead_letters_total')).toBe(1);
  expect(await process.stop()).toBe(0);
  const [{ high } = { high: '0' }] = await stage.admin.fetchTopicOffsets(dead);
  const rows = await queryFolder(stage.dataOf(topic), 'SELECT id FROM posts FINAL');
  record({
    fault: 'dead-letter topic refuses',
    tried: 1,
    found: { ...cleanAudit, lost: 1 - rows.length, duplicated: Number(high) - 1 },
    recoveryMs,
  });
  expect([rows.length, Number(high)]).toEqual([1, 1]);
});
