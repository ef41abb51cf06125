import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  eventually,
  executeInDataDir,
  feedpulse,
  queryDataDir,
  type RunningFeedpulse,
  runCommand,
  startFeedpulse,
} from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { createTinyModel } from '../support/tiny-model.ts';

let kafka: TestKafka;
let dir: string;
let model: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  kafka = await startKafka();
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-rejected-'));
  model = await createTinyModel(join(dir, 'model'), { failingWords: ['kettle'] });
});
afterAll(async () => {
  await running?.kill();
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

interface DeadLetter {
  readonly position: string;
  readonly reason: string;
}

const createEnv = (topic: string) => ({
  FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','),
  FEEDPULSE_KAFKA_TOPIC: topic,
  FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: `${topic}.dead`,
});

/** Produces to a topic with one partition, so that the line number of a post is its offset. */
async function produce(topic: string, texts: readonly string[]): Promise<void> {
  const file = join(dir, `${topic}.ndjson`);
  await writeFile(file, texts.map((text, index) => `${JSON.stringify({ platform: 'p', id: `${index}`, text })}\n`).join(''));
  await feedpulse('produce', file, '--topic', topic, '--partitions', '1', '--brokers', kafka.brokers.join(','));
}

/** Position and reason of each dead letter, sorted. */
async function listDeadLetters(topic: string): Promise<string[]> {
  const { output } = await runCommand(
    ['dead-letters', 'list', '--source', 'kafka', '--format', 'json', '--limit', '999'],
    createEnv(topic),
  );
  const { deadLetters } = JSON.parse(output) as { deadLetters: DeadLetter[] };
  return deadLetters.map(({ position, reason }) => `${position} ${reason}`).sort();
}

const rows = (data: string) => queryDataDir<{ id: string }>(data, 'SELECT id FROM posts FINAL ORDER BY toUInt32(id)');

test('dead-letters posts that the model fails on and scores all others', async () => {
  const poisoned = new Set([3, 200, 201, 599]);
  const texts = Array.from({ length: 600 }, (_, index) => `The ${poisoned.has(index) ? 'kettle' : 'teapot'} number ${index} is lovely`);
  await produce('poison', texts);
  const data = join(dir, 'poison');
  running = await startFeedpulse(['--source', 'kafka', '--data-dir', data, '--model', model], createEnv('poison'));
  const { metric } = running;
  await eventually('every post is stored or dead-lettered', 90, async () => {
    return (await metric('feedpulse_rows_written_total')) + (await metric('feedpulse_dead_letters_total')) === texts.length;
  });
  await eventually('no posts are in flight', 10, async () => (await metric('feedpulse_posts_in_flight')) === 0);
  expect(await metric('feedpulse_kafka_lag')).toBe(0);
  expect(await running.stop()).toBe(0);
  expect(await listDeadLetters('poison')).toEqual([...poisoned].map((offset) => `poison/0/${offset} inference-failed`).sort());
  expect((await rows(data)).map(({ id }) => Number(id))).toEqual(texts.flatMap((_, index) => (poisoned.has(index) ? [] : [index])));
  // A model that works scores them after a replay.
  const replay = await runCommand(['dead-letters', 'replay', '--source', 'kafka'], createEnv('poison'));
  expect(replay.code).toBe(0);
  running = await startFeedpulse(['--source', 'kafka', '--data-dir', data], createEnv('poison'));
  const second = running;
  await eventually(
    'the replayed posts are written',
    60,
    async () => (await second.metric('feedpulse_rows_written_total')) === poisoned.size,
  );
  expect(await second.stop()).toBe(0);
  expect(await rows(data)).toHaveLength(texts.length);
});

test('a model that fails on every post stops the pipeline without dead letters', async () => {
  const broken = await createTinyModel(join(dir, 'broken'), { failingWords: ['one', 'another', 'a'] });
  await produce('broken', ['one post', 'another post']);
  const data = join(dir, 'broken-data');
  const result = await runCommand(['run', '--port', '0', '--source', 'kafka', '--data-dir', data, '--model', broken], createEnv('broken'));
  expect(result.code).toBe(4);
  expect(result.output).toContain('MODEL_FAILED');
  expect(await listDeadLetters('broken')).toEqual([]);
});

/** A constraint makes ClickHouse reject the whole insert that contains such a row. */
const addConstraint = (data: string, condition: string) =>
  executeInDataDir(data, `ALTER TABLE posts ADD CONSTRAINT accepted CHECK ${condition}`);

test('dead-letters posts whose rows the database rejects and stores all others', async () => {
  const rejected = [0, 77, 78, 299];
  await produce(
    'row',
    Array.from({ length: 300 }, (_, index) => `Teapot ${index} is lovely`),
  );
  const data = join(dir, 'row');
  await feedpulse('migrate', '--data-dir', data);
  await addConstraint(data, `id NOT IN (${rejected.map((id) => `'${id}'`).join(', ')})`);
  running = await startFeedpulse(['--source', 'kafka', '--data-dir', data], createEnv('row'));
  const { metric } = running;
  await eventually('every post is stored or dead-lettered', 60, async () => {
    return (await metric('feedpulse_rows_written_total')) + (await metric('feedpulse_dead_letters_total')) === 300;
  });
  expect(await running.stop()).toBe(0);
  expect(await listDeadLetters('row')).toEqual(rejected.map((offset) => `row/0/${offset} insert-rejected`).sort());
  expect(await rows(data)).toHaveLength(296);
});

test('a database that rejects every row stops the pipeline without dead letters', async () => {
  await produce(
    'closed',
    Array.from({ length: 100 }, (_, index) => `Teapot ${index} is lovely`),
  );
  const data = join(dir, 'closed');
  await feedpulse('migrate', '--data-dir', data);
  await addConstraint(data, "platform = 'none'");
  const result = await runCommand(['run', '--port', '0', '--source', 'kafka', '--data-dir', data], createEnv('closed'));
  expect(result.code).toBe(6);
  expect(result.output).toContain('DATABASE_REJECTED');
  expect(await listDeadLetters('closed')).toEqual([]);
});
