import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedpulse, runCommand } from '../../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../../support/kafka.ts';

const topic = 'map-samples';

let folder: string;
let kafka: TestKafka;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-map-'));
  kafka = await startKafka();
});
afterAll(() => Promise.all([kafka.stop(), rm(folder, { recursive: true, force: true })]));

const review = (index: number) => ({
  review_id: `r${index}`,
  comment: `My Brixomel sings in the morning, number ${index}`,
  submitted_at: '2026-11-20T10:00:00Z',
  nickname: 'ines_k',
});

test('map proposes a mapping for a JSON array, in YAML that the config takes', async () => {
  const file = join(folder, 'reviews.json');
  await writeFile(
    file,
    JSON.stringify(
      Array.from({ length: 30 }, (_, index) => review(index)),
      null,
      2,
    ),
  );
  const { stdout, stderr } = await feedpulse('map', file);
  expect(stderr).toContain("jq -c '.[]'");
  expect(stdout).toContain('30 messages: 30 posts, 0 deletions.');
  expect(stdout).toContain('and 10 more messages');
  const yaml = stdout.slice(stdout.indexOf('mapping:\n'));
  const config = join(folder, 'config.yaml');
  await writeFile(config, yaml);
  const { mapping, origin, posts } = JSON.parse((await feedpulse('map', file, '--config', config, '--format', 'json')).stdout);
  expect({ mapping, origin, posts }).toEqual({
    origin: 'config',
    posts: 30,
    mapping: { platformName: 'my-platform', id: 'review_id', text: 'comment', createdAt: 'submitted_at', authorHandle: 'nickname' },
  });
});

test('map takes a preset, and says what is skipped and dead-lettered', async () => {
  const file = join(folder, 'comments.ndjson');
  const comment = { id: 'k1', body: 'It sings \u001b[31m', author: 'ines', created_utc: 1_795_168_800 };
  await writeFile(
    file,
    [comment, { ...comment, id: 'k2', body: '[removed]' }, { children: [] }, { id: 'k3' }]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  const { stdout } = await feedpulse('map', file, '--preset', 'reddit');
  expect(stdout).toMatch(/^line 1 +post +reddit +t1_k1 .*It sings \\u\{1b\}\[31m$/m);
  expect(stdout).toMatch(/^line 2 +deletion +reddit +t1_k2/m);
  expect(stdout).toMatch(/^line 3 +skipped: filtered$/m);
  expect(stdout).toMatch(/^line 4 +dead letter: missing-text$/m);
  const { code, output } = await runCommand(['map', file, '--preset', 'chirper']);
  expect([code, output]).toEqual([2, expect.stringContaining('bluesky-jetstream')]);
});

test('map and doctor read the last messages of a topic, without a consumer group', async () => {
  const client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  // The messages have fixed timestamps, by which the broker would remove them some day.
  const configEntries = [{ name: 'retention.ms', value: '-1' }];
  await admin.createTopics({ topics: [{ topic, numPartitions: 3, configEntries }], waitForLeaders: true });
  const producer = client.producer();
  await producer.connect();
  const messages = Array.from({ length: 900 }, (_, index) => ({
    partition: index % 3,
    value: index % 10 === 9 ? '{"heartbeat":true}' : JSON.stringify(review(index)),
    timestamp: String(1_795_168_800_000 + index),
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
  const config = join(folder, 'kafka.yaml');
  await writeFile(config, JSON.stringify({ kafka: { brokers: kafka.brokers } }));
  const report = JSON.parse((await feedpulse('map', '--topic', topic, '--config', config, '--format', 'json')).stdout);
  expect(report).toMatchObject({
    messages: 200,
    origin: 'proposal',
    mapping: { id: 'review_id', text: 'comment' },
    deadLetters: { 'missing-id': 20 },
  });
  expect(report.outcomes.at(-2)).toMatchObject({ label: 'partition 1, offset 299', posts: [{ id: 'r898' }] });
  const mapping = { platformName: 'shop', id: 'review_id', text: 'comment', url: 'address' };
  await writeFile(
    config,
    JSON.stringify({ source: 'kafka', kafka: { brokers: kafka.brokers, topic }, mapping, deadLetters: { maxRatio: 0.05 } }),
  );
  const { output } = await runCommand(['doctor', '--config', config, '--data-dir', join(folder, 'data')]);
  expect(output).toMatch(/^✗ messages +180 of the last 200 messages are posts; dead letters: missing-id 20; never there: url\./m);
  const { groups } = await admin.listGroups();
  expect(groups.filter(({ groupId }) => groupId.includes(topic))).toEqual([]);
  await admin.disconnect();
});
