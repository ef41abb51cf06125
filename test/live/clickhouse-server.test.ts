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
// Slow enough that the server fails in the middle.
useBundledModel();

let kafka: TestKafka;
let clickhouse: TestClickHouse;
let folder: string;
let members: RunningFeedpulse[] = [];

beforeAll(async () => {
  [kafka, clickhouse] = await Promise.all([startKafka(), startClickHouse()]);
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-server-'));
});
afterEach(async () => {
  await Promise.all(members.map((member) => member.kill()));
  members = [];
});
afterAll(async () => {
  await Promise.all([kafka.stop(), clickhouse.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** One more member of the group, on the database `name` of the server. */
async function addMember(topic: string, database: string): Promise<RunningFeedpulse> {
  const member = await startFeedpulse(['--source', 'kafka', '--data-dir', join(folder, `member-${members.length}`)], {
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
  const file = join(folder, `${topic}.ndjson`);
  await writePosts(file, posts);
  await feedpulse('produce', file, '--topic', topic, '--partitions', '4', '--brokers', kafka.brokers.join(','));
}

async function written(): Promise<number> {
  const rows = await Promise.all(members.map((member) => member.metric('feedpulse_rows_written_total')));
  return rows.reduce((sum, count) => sum + count, 0);
}

interface Readiness {
  readonly ready: boolean;
  readonly components: Readonly<Record<string, string>>;
}

async function untilReady(): Promise<void> {
  await eventually('both members are ready', 30, async () => {
    const answers = await Promise.all(members.map((member) => member.get<Readiness>('/readyz')));
    return answers.every(({ ready }) => ready);
  });
}

async function expectExactly(database: string): Promise<void> {
  const [rows] = await clickhouse.rows<{ rows: number; ids: number }>(
    `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids FROM ${database}.posts FINAL`,
  );
  expect(rows).toEqual({ rows: posts, ids: posts });
  for (const table of ['rollup_minute', 'rollup_15m']) {
    const query = `SELECT toUInt32(sum(negative + neutral + positive + unscored)) AS volume FROM ${database}.${table} FINAL WHERE brand = '*'`;
    expect(await clickhouse.rows(query)).toEqual([{ volume: posts }]);
  }
}

test('two members of a group write to one server that resets, refuses and dies: every post counts once', async () => {
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
  await eventually('a part of the posts written', 60, async () => (await written()) > posts / 6);
  expect(await written()).toBeLessThan(posts);

  await clickhouse.kill();
  await eventually('the outage shows', 20, async () => {
    const { ready, components } = await first.get<Readiness>('/readyz');
    return !ready && /^cannot .* since \d\d:\d\d:\d\d UTC \(.*ECONN/.test(components['database'] ?? '');
  });
  await clickhouse.restart();

  await eventually('every post in the figures', 90, async () => {
    const { current } = await first.get<{ current: { volume: number } }>('/api/v1/summary?from=now-48h');
    return current.volume === posts;
  });
  await untilReady();
  const stopping = Date.now();
  for (const member of members) expect(await member.stop()).toBe(0);
  // Nothing is in flight: no timer may hold a process that has nothing left to do.
  expect(Date.now() - stopping).toBeLessThan(10_000);
  await expectExactly('shared');
});

test('the reading connection cannot write, nor give itself the right to', async () => {
  const db = await openOn('reading');
  await migrate(db, quiet);
  const refused = { code: '164' };
  await expect(db.reader.command({ query: "INSERT INTO schema_migrations (name) VALUES ('x')" })).rejects.toMatchObject(refused);
  await expect(db.reader.command({ query: 'DROP TABLE posts' })).rejects.toMatchObject(refused);
  await expect(db.reader.command({ query: 'SELECT 1 SETTINGS readonly = 0' })).rejects.toMatchObject(refused);
  await db.close();
});

test('a wrong password is rejected at once with a clear error', async () => {
  const wrong = openOn('refused', { username: readOnlyUser.name, password: 'guessed' });
  await expect(wrong).rejects.toMatchObject({ code: 'DATABASE_REJECTED', message: expect.stringContaining('516') });
});

function openOn(database: string, account?: { username: string; password: string }): Promise<Database> {
  const { FEEDPULSE_CLICKHOUSE_USERNAME: username, FEEDPULSE_CLICKHOUSE_PASSWORD: password } = clickhouse.env;
  const { clickhouse: config } = configSchema.parse({ clickhouse: { url: clickhouse.url, database, username, password, ...account } });
  return openDatabase({ clickhouse: config, dataDir: folder, log: quiet });
}
