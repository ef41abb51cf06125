import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually, feedpulse, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { writePosts } from '../support/post-file.ts';

const posts = 10_000;

let kafka: TestKafka;
let dir: string;
let posted: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  kafka = await startKafka();
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-live-'));
  posted = join(dir, 'posts.ndjson');
  await writePosts(posted, posts);
});
afterEach(() => running?.kill());
afterAll(async () => {
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Totals {
  readonly current: { readonly volume: number };
}

async function produce(topic: string): Promise<void> {
  await feedpulse('produce', posted, '--topic', topic, '--partitions', '4', '--brokers', kafka.brokers.join(','));
}

function consume(topic: string, dataDir: string): Promise<RunningFeedpulse> {
  const env = { FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','), FEEDPULSE_KAFKA_TOPIC: topic, FEEDPULSE_KAFKA_SESSION_TIMEOUT: '6s' };
  return startFeedpulse(['--source', 'kafka', '--data-dir', dataDir], { ...env, FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: `${topic}.dead` });
}

/** Waits until every post is in the rollups and the whole topic is committed. */
async function waitUntilCounted(process: RunningFeedpulse): Promise<void> {
  await eventually('every post is in the rollups', 200, async () => {
    const { current } = await process.get<Totals>('/api/v1/summary?from=now-48h');
    return current.volume >= posts;
  });
  await eventually('there is no lag', 20, async () => (await process.metric('feedpulse_kafka_lag')) === 0);
}

async function expectEveryPostOnce(dataDir: string): Promise<void> {
  const [rows] = await queryDataDir<{ rows: number; ids: number }>(
    dataDir,
    'SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids FROM posts FINAL',
  );
  expect(rows).toEqual({ rows: posts, ids: posts });
  for (const table of ['rollup_minute', 'rollup_15m']) {
    const query = `SELECT toUInt32(sum(negative + neutral + positive + unscored)) AS volume FROM ${table} FINAL WHERE brand = '*'`;
    expect(await queryDataDir(dataDir, query)).toEqual([{ volume: posts }]);
  }
}

test('stores 10,000 posts of a topic as 10,000 rows with matching rollups', async () => {
  await produce('whole');
  const dataDir = join(dir, 'whole');
  running = await consume('whole', dataDir);
  await waitUntilCounted(running);
  expect(await running.stop()).toBe(0);
  await expectEveryPostOnce(dataDir);
});

test('SIGKILL neither loses nor duplicates posts', async () => {
  await produce('killed');
  const dataDir = join(dir, 'killed');
  running = await consume('killed', dataDir);
  const first = running;
  await eventually('some of the posts are written', 120, async () => (await first.metric('feedpulse_rows_written_total')) > posts / 5);
  expect(await first.metric('feedpulse_rows_written_total')).toBeLessThan(posts);
  await first.kill();

  running = await consume('killed', dataDir);
  await waitUntilCounted(running);
  expect(await running.stop()).toBe(0);
  await expectEveryPostOnce(dataDir);
});
