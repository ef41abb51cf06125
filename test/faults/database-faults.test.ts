import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import type { ScoredPost } from '../../src/domain/post.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { type Database, openDatabase } from '../../src/sink/client/connection.ts';
import { migrate } from '../../src/sink/migrations/migrate.ts';
import { createRollups, type Rollups } from '../../src/sink/rollups/rollups.ts';
import { createWriter, type Writer } from '../../src/sink/writer/writer.ts';
import { audit, cleanAudit } from '../support/audit.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { unorderedDeliveries } from '../support/faults/deliveries.ts';
import { createSeededRandom, record, repetitions } from '../support/faults/record.ts';
import { quiet } from '../support/test-database.ts';

let clickhouse: TestClickHouse;
let dir: string;

beforeAll(async () => {
  clickhouse = await startClickHouse();
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-database-'));
});
afterAll(async () => {
  await clickhouse.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Member {
  readonly db: Database;
  readonly writer: Writer;
  readonly rollups: Rollups;
  close(): Promise<void>;
}

/** The database side of one of several processes. */
async function addMember(database: string): Promise<Member> {
  const { FEEDPULSE_CLICKHOUSE_USERNAME: username, FEEDPULSE_CLICKHOUSE_PASSWORD: password } = clickhouse.env;
  const { clickhouse: config } = configSchema.parse({ clickhouse: { url: clickhouse.url, database, username, password } });
  const db = await openDatabase({ clickhouse: config, dataDir: dir, log: quiet });
  await migrate(db, quiet);
  const deps = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const rollups = createRollups(deps);
  return {
    db,
    writer: createWriter(deps),
    rollups,
    close: async () => {
      await rollups.stop();
      await db.close();
    },
  };
}

const query = <T>(sql: string): Promise<T[]> => clickhouse.rows<T>(sql);

async function writeAll({ writer }: Member, posts: readonly ScoredPost[], size: () => number): Promise<void> {
  for (let from = 0; from < posts.length; ) {
    const to = from + size();
    await writer.write(posts.slice(from, to));
    from = to;
  }
}

const statements = ['INSERT INTO post_first_seen', 'INSERT INTO posts', 'INSERT INTO rollup_dirty_minutes', 'INSERT INTO rollup_minute'];

test('inserts with unknown outcome and transient errors neither lose nor duplicate posts', async () => {
  const { random } = createSeededRandom('unknown outcome');
  const member = await addMember('unknown');
  const posts = unorderedDeliveries(random, repetitions(6_000, 1_200));
  member.rollups.start();
  let attempts = 0;
  await writeAll(member, posts, () => {
    const statement = statements[Math.floor(random() * statements.length)] ?? 'INSERT INTO posts';
    const after = random() < 0.6;
    void clickhouse.injectFault({
      statement,
      when: after ? 'after' : 'before',
      ...(after ? { how: 'reset' } : { how: 'error', code: 241 }),
    });
    attempts += 1;
    return 20 + Math.floor(random() * 100);
  });
  await member.rollups.stop();
  await recompute(member, attempts + 1);
  const result = await audit(posts, query, 'unknown');
  await member.close();
  record({ fault: 'insert reset after commit, or transient error', attempts, result });
  expect(result).toEqual(cleanAudit);
});

/** Recomputes the rollups; each remaining fault fails at most one attempt. */
async function recompute({ rollups }: Member, attempts: number): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const done = await rollups.catchUp().then(
      () => true,
      () => false,
    );
    if (done) return;
  }
  throw new Error('the rollups were not recomputed');
}

test('the process reconnects to a restarted database without a restart of its own', async () => {
  const { random } = createSeededRandom('database down');
  const member = await addMember('down');
  const posts = unorderedDeliveries(random, 1_000);
  member.rollups.start();
  const downMs = repetitions(120_000, 5_000);
  const writing = writeAll(member, posts, () => 50);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await clickhouse.kill();
  await new Promise((resolve) => setTimeout(resolve, downMs));
  await clickhouse.restart();
  const back = Date.now();
  await writing;
  await recompute(member, 10);
  const recoveryMs = Date.now() - back;
  const result = await audit(posts, query, 'down');
  await member.close();
  record({ fault: `database killed, back after ${downMs / 1_000} s`, attempts: 1, result, recoveryMs });
  expect(result).toEqual(cleanAudit);
  expect(recoveryMs).toBeLessThan(60_000);
});

test('two processes that write and recompute the same buckets agree on them', async () => {
  const { random } = createSeededRandom('two processes');
  const members = [await addMember('both'), await addMember('both')];
  const posts = unorderedDeliveries(random, repetitions(6_000, 1_200));
  for (const { rollups } of members) rollups.start();
  await Promise.all(
    members.map((member, half) =>
      writeAll(
        member,
        posts.filter(({ id }) => Number(id) % 2 === half),
        () => 20 + Math.floor(random() * 100),
      ),
    ),
  );
  await Promise.all(members.map((member) => recompute(member, 10)));
  const result = await audit(posts, query, 'both');
  for (const member of members) await member.close();
  record({ fault: 'two processes recompute the same buckets', attempts: 1, result });
  expect(result).toEqual(cleanAudit);
});

test('reading the topic again with other batch boundaries changes nothing', async () => {
  const { random } = createSeededRandom('rewound');
  const member = await addMember('rewound');
  const posts = unorderedDeliveries(random, 1_000);
  const rounds = repetitions(10, 3);
  for (let round = 0; round < rounds; round += 1) {
    await writeAll(member, posts, () => 1 + Math.floor(random() * 300));
    await recompute(member, 10);
  }
  const result = await audit(posts, query, 'rewound');
  await member.close();
  record({ fault: 'offsets reset to 0, other batch boundaries', attempts: rounds, result });
  expect(result).toEqual(cleanAudit);
});
