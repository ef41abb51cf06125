import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { audit, cleanAudit } from '../support/audit.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { type KafkaFixture, openKafkaFixture, sleep, waitUntilWritten } from '../support/faults/kafka-fixture.ts';
import { createSeededRandom, record, repetitions, testInFullRun } from '../support/faults/record.ts';
import { mountSmallDisk, type SmallDisk } from '../support/faults/small-disk.ts';
import { eventually, executeInDataDir, feedpulse, type RunningFeedpulse, useBundledModel } from '../support/feedpulse.ts';

// Inference must take a while, so that faults occur in the middle of a batch.
useBundledModel();

let fixture: KafkaFixture;
let clickhouse: TestClickHouse;
let disk: SmallDisk | undefined;

beforeAll(async () => {
  [fixture, clickhouse] = await Promise.all([openKafkaFixture(), startClickHouse()]);
});
afterEach(async () => {
  await fixture.killAll();
  await disk?.remove();
  disk = undefined;
});
afterAll(async () => {
  await fixture.close();
  await clickhouse.stop();
});

interface Readiness {
  readonly ready: boolean;
  readonly components: Readonly<Record<string, string>>;
}

async function waitForOutage(process: RunningFeedpulse, message: RegExp): Promise<void> {
  await eventually('readyz reports the outage', 30, async () => {
    const { ready, components } = await process.get<Readiness>('/readyz');
    return !ready && message.test(components['database'] ?? '');
  });
}

async function waitUntilReady(process: RunningFeedpulse): Promise<void> {
  await eventually('readyz reports ready', 60, async () => (await process.get<Readiness>('/readyz')).ready);
}

const readResidentMegabytes = ({ pid }: RunningFeedpulse): number =>
  (Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024) / 1e6;

test('memory is bounded during a long database outage; afterwards the process continues without a restart', async () => {
  const { random } = createSeededRandom('long outage');
  const outageMs = repetitions(120_000, 5_000);
  const partitions = 4;
  const posts = await fixture.produce('outage', random, repetitions(20_000, 3_000), partitions);
  const process = await fixture.consume('outage', { ...clickhouse.env, FEEDPULSE_CLICKHOUSE_DATABASE: 'outage' });
  await waitUntilWritten(process);
  await clickhouse.kill();
  await waitForOutage(process, /^failing to .* since /);
  const [read, before] = [await process.metric('feedpulse_posts_read_total'), readResidentMegabytes(process)];
  await sleep(outageMs);
  // At most two chunks of 256 per partition.
  expect(await process.metric('feedpulse_posts_in_flight')).toBeLessThanOrEqual(partitions * 2 * 256);
  expect((await process.metric('feedpulse_posts_read_total')) - read).toBeLessThanOrEqual(partitions * 2 * 256);
  expect(readResidentMegabytes(process) - before).toBeLessThan(100);
  await clickhouse.restart();
  const back = Date.now();
  await fixture.waitUntilCommitted('outage');
  await waitUntilReady(process);
  const recoveryMs = Date.now() - back;
  expect(await process.stop()).toBe(0);
  const result = await audit(posts, (query) => clickhouse.rows(query), 'outage');
  record({ fault: `database down for ${outageMs / 1_000} s with unread messages`, attempts: 1, result, recoveryMs });
  expect(result).toEqual(cleanAudit);
});

test('writes are retried while the disk is full, and nothing is lost', async () => {
  const { random } = createSeededRandom('disk full');
  const posts = await fixture.produce('full', random, 2_000);
  // If mounting is not permitted, the server returns the error of a full disk.
  disk = await mountSmallDisk(fixture.dataDir('full'), 256);
  const process = await fixture.consume('full', disk ? {} : { ...clickhouse.env, FEEDPULSE_CLICKHOUSE_DATABASE: 'full' });
  await waitUntilWritten(process);
  if (disk) await disk.fill();
  else
    for (let count = 0; count < 8; count += 1)
      await clickhouse.injectFault({ statement: 'INSERT INTO posts', when: 'before', how: 'error', code: 243 });
  await waitForOutage(process, /243/);
  await eventually('an insert fails', 30, async () => (await process.metric('feedpulse_write_retries_total')) > 0);
  await disk?.free();
  const freed = Date.now();
  await fixture.waitUntilCommitted('full');
  const recoveryMs = Date.now() - freed;
  expect(await process.stop()).toBe(0);
  const result = disk ? await fixture.audit('full', posts) : await audit(posts, (query) => clickhouse.rows(query), 'full');
  record({ fault: disk ? 'disk full' : 'disk full, as reported by the server', attempts: 1, result, recoveryMs });
  expect(result).toEqual(cleanAudit);
});

const longHistory = `INSERT INTO rollup_15m (bucket, brand, platform, lang, positive, version)
  SELECT toStartOfFifteenMinutes(now() - INTERVAL 380 DAY) + INTERVAL intDiv(number, 60) * 15 MINUTE, concat('brand ', toString(number % 60)), 'p', 'en', 1, now64(6)
  FROM numbers(${35_000 * 60})`;

/** Mean duration of a durable write in seconds. */
async function meanWriteSeconds(process: RunningFeedpulse): Promise<number> {
  return (await process.metric('feedpulse_write_seconds_sum')) / (await process.metric('feedpulse_write_seconds_count'));
}

testInFullRun('slow queries do not delay ingestion', async () => {
  const { random } = createSeededRandom('slow queries');
  const posts = await fixture.produce('queried', random, 1_500);
  await feedpulse('migrate', '--data-dir', fixture.dataDir('queried'));
  await executeInDataDir(fixture.dataDir('queried'), longHistory);
  const process = await fixture.consume('queried');
  let querying = true;
  const responses = new Map<number, number>();
  const queryRepeatedly = async (number: number): Promise<void> => {
    while (querying) {
      // All brands: no primary key makes that fast.
      const { status } = await fetch(`${process.url}/api/v1/brands?from=now-${380 - number}d`);
      responses.set(status, (responses.get(status) ?? 0) + 1);
    }
  };
  const queries = Promise.all(Array.from({ length: 24 }, (_, number) => queryRepeatedly(number)));
  await fixture.waitUntilCommitted('queried');
  const seconds = await meanWriteSeconds(process);
  querying = false;
  await queries;
  expect(await process.stop()).toBe(0);
  await executeInDataDir(fixture.dataDir('queried'), "ALTER TABLE rollup_15m DELETE WHERE platform = 'p' SETTINGS mutations_sync = 1");
  const result = await fixture.audit('queried', posts);
  record({
    fault: `${[...responses.values()].reduce((sum, count) => sum + count, 0)} slow queries during ingestion`,
    attempts: 1,
    result,
  });
  expect([...responses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(responses.get(200)).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(2);
  expect(result).toEqual(cleanAudit);
});
