import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ScoredPost } from '../../src/post.ts';
import { messyFeed } from '../support/faults/deliveries.ts';
import { record, seeded, times } from '../support/faults/record.ts';
import { eventually, feedpulse, queryFolder, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { audit, nothingWrong } from '../support/ledger.ts';

let kafka: TestKafka;
let admin: Admin;
let folder: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  kafka = await startKafka();
  admin = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-faults-'));
});
afterEach(() => running?.kill());
afterAll(async () => {
  await admin.disconnect();
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A messy feed in a topic of its own, keyed so that versions of a post keep their order. */
async function produce(topic: string, random: () => number, count: number): Promise<ScoredPost[]> {
  const posts = messyFeed(random, count);
  const file = join(folder, `${topic}.ndjson`);
  const lines = posts.map(({ platform, id, createdAt, updatedAt, deleted }, index) =>
    JSON.stringify({ platform, id, createdAt, updatedAt, deleted, text: `The kettle number ${index} of the new ones is lovely` }),
  );
  await writeFile(file, `${lines.join('\n')}\n`);
  await feedpulse('produce', file, '--topic', topic, '--partitions', '4', '--brokers', kafka.brokers.join(','));
  return posts;
}

const dataOf = (topic: string): string => join(folder, topic);

async function consume(topic: string): Promise<RunningFeedpulse> {
  running = await startFeedpulse(['--source', 'kafka', '--data', dataOf(topic)], {
    FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','),
    FEEDPULSE_KAFKA_TOPIC: topic,
    FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: `${topic}.dead`,
    FEEDPULSE_KAFKA_SESSION_TIMEOUT: '6s',
  });
  return running;
}

/** Messages of each partition that the group has committed, and that there are. */
async function progress(topic: string): Promise<{ partition: number; committed: number; end: number }[]> {
  const [group] = await admin.fetchOffsets({ groupId: 'feedpulse', topics: [topic] });
  const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.map(({ partition, high }) => ({ partition, committed: committed.get(partition) ?? 0, end: Number(high) }));
}

async function untilRead(topic: string): Promise<void> {
  await eventually('the whole topic is committed', 180, async () =>
    (await progress(topic)).every(({ committed, end }) => committed === end),
  );
}

const written = (process: RunningFeedpulse): Promise<number> => process.metric('feedpulse_rows_written_total');

async function untilSomeWritten(process: RunningFeedpulse): Promise<void> {
  await eventually('some posts are written', 90, async () => (await written(process)) > 0);
}

function auditOf(topic: string, posts: readonly ScoredPost[]): ReturnType<typeof audit> {
  return audit(posts, (query) => queryFolder(dataOf(topic), query));
}

test('SIGTERM in the middle ends the process within ten seconds, and nothing is read again', async () => {
  const { random } = seeded('stopped');
  const posts = await produce('stopped', random, 4_000);
  const first = await consume('stopped');
  await untilSomeWritten(first);
  const read = await written(first);
  const stopping = Date.now();
  expect(await first.stop()).toBe(0);
  const took = Date.now() - stopping;
  expect(read).toBeLessThan(posts.length);
  const halfway = await progress('stopped');
  const rows = await queryFolder<{ partition: number; next: number }>(
    dataOf('stopped'),
    'SELECT partition, toUInt32(max(offset) + 1) AS next FROM posts GROUP BY partition',
  );
  // Every row is covered by a commit.
  const committed = new Map(halfway.map((of) => [of.partition, of.committed]));
  for (const { partition, next } of rows) expect(next, `partition ${partition}`).toBeLessThanOrEqual(committed.get(partition) ?? 0);
  const second = await consume('stopped');
  await untilRead('stopped');
  const left = halfway.reduce((sum, of) => sum + of.end - of.committed, 0);
  expect(left).toBeGreaterThan(0);
  expect(await second.metric('feedpulse_posts_read_total')).toBe(left);
  expect(await second.stop()).toBe(0);
  const found = await auditOf('stopped', posts);
  record({ fault: 'SIGTERM in the middle of a batch', tried: 1, found });
  expect(found).toEqual(nothingWrong);
  expect(took).toBeLessThan(10_000);
});

test('a broker that stalls, and one that is killed and restarted, are found again without a restart', async () => {
  const { random } = seeded('broker');
  const posts = await produce('broker', random, 4_000);
  const process = await consume('broker');
  const outageMs = times(20_000, 5_000);
  await untilSomeWritten(process);
  kafka.pause();
  await wait(outageMs);
  kafka.resume();
  await wait(1_000);
  kafka.kill();
  await wait(outageMs / 2);
  await kafka.restart();
  const back = Date.now();
  await untilRead('broker');
  const recoveryMs = Date.now() - back;
  expect(await process.stop()).toBe(0);
  const found = await auditOf('broker', posts);
  record({ fault: `broker stalled for ${outageMs / 1_000} s, then killed`, tried: 1, found, recoveryMs });
  expect(found).toEqual(nothingWrong);
});

test('a process killed at random moments, its offsets uncommitted, loses no post and counts none twice', async () => {
  const { random } = seeded('kafka killed');
  const kills = times(20, 2);
  const posts = await produce('killed', random, kills * 1_500);
  for (let killed = 0; killed < kills; killed += 1) {
    const process = await consume('killed');
    await wait(500 + Math.floor(random() * 6_000));
    await process.kill();
  }
  const restarted = Date.now();
  const process = await consume('killed');
  await untilRead('killed');
  const recoveryMs = Date.now() - restarted;
  expect(await process.stop()).toBe(0);
  const found = await auditOf('killed', posts);
  record({ fault: 'process killed at random, with Kafka', tried: kills, found, recoveryMs });
  expect(found).toEqual(nothingWrong);
});
