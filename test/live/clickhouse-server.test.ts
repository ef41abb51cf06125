import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { type Database, openDatabase } from '../../src/sink/client/connection.ts';
import { migrate } from '../../src/sink/migrations/migrate.ts';
import { readOnlyUser, startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { eventually, feedpulse, type RunningFeedpulse, startFeedpulse, useBundledModel } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { writePosts } from '../support/post-file.ts';
import { quiet } from '../support/test-database.ts';

const posts = 3_000;
// Inference must take a while, so that the server fails in the middle.
useBundledModel();

let kafka: TestKafka;
let clickhouse: TestClickHouse;
let dir: string;
let members: RunningFeedpulse[] = [];

beforeAll(async () => {
  [kafka, clickhouse] = await Promise.all([startKafka(), startClickHouse()]);
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-server-'));
});
afterEach(async () => {
  await Promise.all(members.map((member) => member.kill()));
  members = [];
});
afterAll(async () => {
  await Promise.all([kafka.stop(), clickhouse.stop()]);
  await rm(dir, { recursive: true, force: true });
});

/** Starts another member of the consumer group, with this database of the server. */
async function addMember(topic: string, database: string): Promise<RunningFeedpulse> {
  const member = await startFeedpulse(['--source', 'kafka', '--data-dir', join(dir, `member-${members.length}`)], {
    ...clickhouse.env,
    FEEDPULSE_CLICKHOUSE_DATABASE: database,
    FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','),
    FEEDPULSE_KAFKA_TOPIC: topic,
    FEEDPULSE_MODEL_WORKERS: '1',
  });
  members.push(member);
  return member;
}

async function produce(topic: string): Promise<void> {
  const file = join(dir, `${topic}.ndjson`);
  await writePosts(file, posts);
  await feedpulse('produce', file, '--topic', topic, '--partitions', '4', '--brokers', kafka.brokers.join(','));
}

async function countWritten(): Promise<number> {
  const rows = await Promise.all(members.map((member) => member.metric('feedpulse_rows_written_total')));
  return rows.reduce((sum, count) => sum + count, 0);
}

interface Readiness {
  readonly ready: boolean;
  readonly components: Readonly<Record<string, string>>;
}

async function waitUntilReady(): Promise<void> {
  await eventually('both members are ready', 30, async () => {
    const responses = await Promise.all(members.map((member) => member.get<Readiness>('/readyz')));
    return responses.every(({ ready }) => ready);
  });
}

async function expectEveryPostOnce(database: string): Promise<void> {
  const [rows] = await clickhouse.rows<{ rows: number; ids: number }>(
    `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids FROM ${database}.posts FINAL`,
  );
  expect(rows).toEqual({ rows: posts, ids: posts });
  for (const table of ['rollup_minute', 'rollup_15m']) {
    const query = `SELECT toUInt32(sum(negative + neutral + positive + unscored)) AS volume FROM ${database}.${table} FINAL WHERE brand = '*'`;
    expect(await clickhouse.rows(query)).toEqual([{ volume: posts }]);
  }
}

test('every post counts once with two group members and a server that resets, rejects and crashes', async () => {
  await produce('shared');
  const first = await addMember('shared', 'shared');
  await addMember('shared', 'shared');
  for (const statement of [
    'INSERT INTO post_first_seen',
    'INSERT INTO posts',
    'INSERT INTO rollup_dirty_minutes',
    'INSERT INTO rollup_minute',
  ]) {
    await clickhouse.injectFault({ statement, when: 'after', how: 'reset' });
    await clickhouse.injectFault({ statement, when: 'before', how: 'error', code: 241 });
  }
  await eventually('some of the posts are written', 60, async () => (await countWritten()) > posts / 6);
  expect(await countWritten()).toBeLessThan(posts);

  await clickhouse.kill();
  await eventually('readyz reports the outage', 20, async () => {
    const { ready, components } = await first.get<Readiness>('/readyz');
    return !ready && /^failing to .* since \d\d:\d\d:\d\d UTC \(.*ECONN/.test(components['database'] ?? '');
  });
  await clickhouse.restart();

  await eventually('every post is in the rollups', 90, async () => {
    const { current } = await first.get<{ current: { volume: number } }>('/api/v1/summary?from=now-48h');
    return current.volume === posts;
  });
  await waitUntilReady();
  const stopping = Date.now();
  for (const member of members) expect(await member.stop()).toBe(0);
  // Nothing is in flight, so no timer may delay the exit.
  expect(Date.now() - stopping).toBeLessThan(10_000);
  await expectEveryPostOnce('shared');
});

test('the read-only connection cannot write or lift its restriction', async () => {
  const db = await openOn('reading');
  await migrate(db, quiet);
  const rejected = { code: '164' };
  await expect(db.reader.command({ query: "INSERT INTO schema_migrations (name) VALUES ('x')" })).rejects.toMatchObject(rejected);
  await expect(db.reader.command({ query: 'DROP TABLE posts' })).rejects.toMatchObject(rejected);
  await expect(db.reader.command({ query: 'SELECT 1 SETTINGS readonly = 0' })).rejects.toMatchObject(rejected);
  await db.close();
});

test('a wrong password is rejected at once with a clear error', async () => {
  const wrong = openOn('rejected', { username: readOnlyUser.name, password: 'guessed' });
  await expect(wrong).rejects.toMatchObject({ code: 'DATABASE_REJECTED', message: expect.stringContaining('516') });
});

function openOn(database: string, account?: { username: string; password: string }): Promise<Database> {
  const { FEEDPULSE_CLICKHOUSE_USERNAME: username, FEEDPULSE_CLICKHOUSE_PASSWORD: password } = clickhouse.env;
  const { clickhouse: config } = configSchema.parse({ clickhouse: { url: clickhouse.url, database, username, password, ...account } });
  return openDatabase({ clickhouse: config, dataDir: dir, log: quiet });
}
