import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type Database, openDatabase } from '../../src/sink/client/connection.ts';
import { applyCorrection } from '../../src/sink/maintenance/corrections.ts';
import { erase } from '../../src/sink/maintenance/erase.ts';
import { applyRetention } from '../../src/sink/maintenance/retention.ts';
import { migrate } from '../../src/sink/migrations/migrate.ts';
import { createCertificateAuthority } from '../support/certificates.ts';
import { grantsInSql, readerProfile } from '../support/clickhouse/read-grants.ts';
import { type ServerUser, startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { eventually, type RunningFeedpulse, runCommand, startFeedpulse } from '../support/feedpulse.ts';
import { writePosts } from '../support/post-file.ts';
import { quiet } from '../support/test-database.ts';

const posts = 300;
const password = 'canary-52aa of a user: é中"\'';
const authority = createCertificateAuthority('Database of the test');
const untrusted = createCertificateAuthority('Another CA');

/** Grants and limits as in deploy/clickhouse/users.sql, and a reader for each other kind of profile. */
const users = {
  writing: { password, role: 'feedpulse' },
  feedpulse_reader: { password, role: 'feedpulse_reader', readonly: 1, settings: limits() },
  changing: { password, role: 'feedpulse_reader', readonly: 2 },
  unbound: { password, role: 'feedpulse_reader', readonly: 1 },
  free: { password, role: 'feedpulse_reader' },
} as const satisfies Record<string, ServerUser>;

function limits(): Record<string, number> {
  const { readonly: _, ...settings } = readerProfile('users.sql');
  return settings;
}

let clickhouse: TestClickHouse;
let dir: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  const tls = authority.issue('127.0.0.1');
  clickhouse = await startClickHouse({ tls, users, roles: grantsInSql() });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-clickhouse-security-'));
  await Promise.all([
    writeFile(join(dir, 'ca.pem'), authority.ca),
    writeFile(join(dir, 'untrusted.pem'), untrusted.ca),
    writePosts(join(dir, 'posts.ndjson'), posts),
    // The administrator's first step; the writer has no privilege for it.
    clickhouse.command('CREATE DATABASE feedpulse'),
  ]);
});
afterEach(async () => {
  await running?.kill();
  running = undefined;
});
afterAll(async () => {
  await clickhouse?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Environment variables of a process that writes as one user and reads as another. */
function connectAs(writer: string, reader: string, overrides: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    FEEDPULSE_CLICKHOUSE_URL: clickhouse.url,
    FEEDPULSE_CLICKHOUSE_CA_FILE: join(dir, 'ca.pem'),
    FEEDPULSE_CLICKHOUSE_USERNAME: writer,
    FEEDPULSE_CLICKHOUSE_PASSWORD: password,
    FEEDPULSE_CLICKHOUSE_READER_USERNAME: reader,
    FEEDPULSE_CLICKHOUSE_READER_PASSWORD: password,
    FEEDPULSE_MODEL_WORKERS: '1',
    ...overrides,
  };
}

async function open(reader: keyof typeof users): Promise<Database> {
  const { clickhouse: config } = configSchema.parse({
    clickhouse: {
      url: clickhouse.url,
      caFile: join(dir, 'ca.pem'),
      username: 'writing',
      password,
      reader: { username: reader, password },
    },
  });
  const db = await openDatabase({ clickhouse: config, dataDir: dir, log: quiet });
  await migrate(db, quiet);
  return db;
}

describe('with the grants of users.sql and TLS', () => {
  test('stores posts and rollups; a reader with readonly = 1 reads them', async () => {
    const args = ['--source', 'ndjson', '--in', join(dir, 'posts.ndjson'), '--data-dir', join(dir, 'data')];
    running = await startFeedpulse(args, connectAs('writing', 'feedpulse_reader'));
    const feedpulse = running;
    await eventually('every post is in the rollups', 60, async () => {
      const { current } = await feedpulse.get<{ current: { volume: number } }>('/api/v1/summary?from=now-48h');
      return current.volume === posts;
    });
    const { posts: page } = await feedpulse.get<{ posts: unknown[] }>('/api/v1/posts?limit=20');
    expect(page).toHaveLength(20);
    expect(await feedpulse.stop()).toBe(0);
    expect(feedpulse.log()).not.toContain('canary');
  });

  test.each(Object.keys(users).slice(1) as (keyof typeof users)[])(
    'the reader %s can read, but neither insert nor drop',
    async (reader) => {
      const db = await open(reader);
      const rows = await db.reader.query({ query: 'SELECT toUInt32(count()) AS rows FROM posts FINAL', format: 'JSONEachRow' });
      expect(await rows.json()).toEqual([{ rows: expect.any(Number) }]);
      const rejected = { code: expect.stringMatching(/^(164|497)$/) };
      await expect(db.reader.command({ query: "INSERT INTO posts (id) VALUES ('x')" })).rejects.toMatchObject(rejected);
      await expect(db.reader.command({ query: 'DROP TABLE posts' })).rejects.toMatchObject(rejected);
      await expect(db.reader.command({ query: 'SELECT * FROM system.users' })).rejects.toMatchObject(rejected);
      await expect(db.reader.command({ query: 'SELECT 1 SETTINGS readonly = 0' })).rejects.toMatchObject({ code: '164' });
      await db.close();
    },
  );

  test('every reader has limits: those of its profile, or ours', async () => {
    for (const reader of ['feedpulse_reader', 'changing', 'free'] as const) {
      const db = await open(reader);
      const query = 'SELECT number FROM numbers(1000000)';
      const result = db.reader.query({ query, format: 'JSONEachRow' }).then((rows) => rows.text());
      await expect(result, reader).rejects.toMatchObject({ code: '396' });
      await db.close();
    }
  });

  test("the writer's grants suffice for corrections, erasures and retention changes", async () => {
    const db = await open('feedpulse_reader');
    const key = 'SELECT platform, id FROM posts FINAL WHERE NOT deleted LIMIT 1';
    const read = async (query: string) =>
      (await db.writer.query({ query, format: 'JSONEachRow' })).json<{ platform: string; id: string }>();
    const [post] = await read(key);
    if (!post) throw new Error('there are no posts');
    expect(await applyCorrection(db, { posts: post, label: 'negative', by: '', reason: '' })).toBe(1);
    expect(await erase({ client: db.maintenance, clock: systemClock }, { kind: 'post', ...post }, () => {})).toBe(1);
    expect(await read('SELECT platform, id FROM effective_posts')).not.toContainEqual(post);
    await applyRetention(db, { posts: '90d', rollupMinute: '30d' }, quiet);
    await applyRetention(db, { rollupMinute: '30d' }, quiet);
    await db.close();
  });

  test('the writer has no other privileges', async () => {
    const db = await open('feedpulse_reader');
    for (const query of [
      'DROP TABLE posts',
      'TRUNCATE TABLE posts',
      'CREATE DATABASE other',
      "SELECT * FROM url('http://127.0.0.1:1/', 'CSV')",
    ])
      await expect(db.writer.command({ query }), query).rejects.toMatchObject({ code: '497' });
    await db.close();
  });
});

test('warns about a reader without limits that cannot set them', async () => {
  const doctor = await runCommand(['doctor', '--data-dir', join(dir, 'doctor')], connectAs('writing', 'unbound'));
  expect(doctor.output).toMatch(/✓ database/);
  const migrated = await runCommand(['migrate'], connectAs('writing', 'unbound'));
  expect(migrated.output).toContain('set max_execution_time and max_memory_usage in its profile');
});

describe('is rejected at once, with a clear error and without the password:', () => {
  async function expectRejection(env: Record<string, string>, code: string, words: RegExp): Promise<void> {
    const started = Date.now();
    const result = await runCommand(['--verbose', 'migrate'], env);
    expect(result.output).toMatch(new RegExp(`^${code}: .*(?:${words.source})`, 'm'));
    expect(result.code).toBe(6);
    expect(result.output).not.toContain('canary');
    expect(Date.now() - started).toBeLessThan(10_000);
  }

  test('an untrusted CA', async () => {
    const env = connectAs('writing', 'feedpulse_reader', { FEEDPULSE_CLICKHOUSE_CA_FILE: join(dir, 'untrusted.pem') });
    await expectRejection(env, 'DATABASE_UNTRUSTED', /signed by an unknown authority/);
  });

  test('a certificate for another host', async () => {
    const env = connectAs('writing', 'feedpulse_reader', { FEEDPULSE_CLICKHOUSE_URL: clickhouse.url.replace('127.0.0.1', 'localhost') });
    await expectRejection(env, 'DATABASE_UNTRUSTED', /for another host name/);
  });

  test('TLS to a plaintext port; plaintext to another machine', async () => {
    const plain = await startClickHouse();
    const overTls = connectAs('writing', 'free', { FEEDPULSE_CLICKHOUSE_URL: plain.url.replace('http:', 'https:') });
    await expectRejection(overTls, 'DATABASE_UNTRUSTED', /does not speak TLS/).finally(() => plain.stop());
    const remote = connectAs('writing', 'free', { FEEDPULSE_CLICKHOUSE_URL: 'http://clickhouse.example:8123' });
    await expectRejection(remote, 'DATABASE_PLAINTEXT', /clickhouse\.example:8123/);
  });

  test('a wrong password of the writer, and of the reader', async () => {
    const wrongWriter = { FEEDPULSE_CLICKHOUSE_PASSWORD: 'canary-wrong' };
    await expectRejection(
      connectAs('writing', 'feedpulse_reader', wrongWriter),
      'DATABASE_REJECTED',
      /Could not reach the database server: .*516/,
    );
    const wrongReader = { FEEDPULSE_CLICKHOUSE_READER_PASSWORD: 'canary-wrong' };
    await expectRejection(connectAs('writing', 'feedpulse_reader', wrongReader), 'DATABASE_REJECTED', /as the reader: .*516/);
  });
});
