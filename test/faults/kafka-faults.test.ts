import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cleanAudit } from '../support/audit.ts';
import { countWritten, type KafkaFixture, openKafkaFixture, sleep, waitUntilWritten } from '../support/faults/kafka-fixture.ts';
import { createSeededRandom, record, repetitions, testInFullRun } from '../support/faults/record.ts';
import { queryDataDir, useBundledModel } from '../support/feedpulse.ts';

// Inference must take a while, so that faults occur in the middle of a batch.
useBundledModel();

let fixture: KafkaFixture;

beforeAll(async () => {
  fixture = await openKafkaFixture({ ownBroker: true });
});
afterEach(() => fixture.killAll());
afterAll(() => fixture.close());

/** Number of partitions with stored rows beyond the committed offset. */
async function storedBeyondCommits(topic: string): Promise<number> {
  const rows = await queryDataDir<{ partition: number; next: number }>(
    fixture.dataDir(topic),
    'SELECT partition, toUInt32(max(offset) + 1) AS next FROM posts GROUP BY partition',
  );
  const committed = new Map((await fixture.progress(topic)).map((progress) => [progress.partition, progress.committed]));
  return rows.filter(({ partition, next }) => next > (committed.get(partition) ?? 0)).length;
}

test('SIGTERM in the middle of a batch ends the process within ten seconds; nothing is redelivered', async () => {
  const { random } = createSeededRandom('stopped');
  const posts = await fixture.produce('stopped', random, 3_000);
  const first = await fixture.consume('stopped');
  await waitUntilWritten(first);
  const read = await countWritten(first);
  const stopping = Date.now();
  expect(await first.stop()).toBe(0);
  const stopMs = Date.now() - stopping;
  expect(read).toBeLessThan(posts.length);
  const halfway = await fixture.progress('stopped');
  expect(await storedBeyondCommits('stopped')).toBe(0);
  const second = await fixture.consume('stopped');
  await fixture.waitUntilCommitted('stopped');
  const remaining = halfway.reduce((sum, { end, committed }) => sum + end - committed, 0);
  expect(remaining).toBeGreaterThan(0);
  expect(await second.metric('feedpulse_posts_read_total')).toBe(remaining);
  expect(await second.stop()).toBe(0);
  const result = await fixture.audit('stopped', posts);
  record({ fault: 'SIGTERM in the middle of a batch', attempts: 1, result });
  expect(result).toEqual(cleanAudit);
  expect(stopMs).toBeLessThan(10_000);
});

test('the source survives a stalled broker, and a killed and restarted one, without a restart', async () => {
  const { random } = createSeededRandom('broker');
  const posts = await fixture.produce('broker', random, repetitions(4_000, 2_000));
  const process = await fixture.consume('broker');
  const outageMs = repetitions(20_000, 5_000);
  await waitUntilWritten(process);
  fixture.kafka.pause();
  await sleep(outageMs);
  fixture.kafka.resume();
  await sleep(1_000);
  fixture.kafka.kill();
  await sleep(outageMs / 2);
  await fixture.kafka.restart();
  const back = Date.now();
  await fixture.waitUntilCommitted('broker');
  const recoveryMs = Date.now() - back;
  const stopping = Date.now();
  expect(await process.stop()).toBe(0);
  expect(Date.now() - stopping).toBeLessThan(30_000);
  const result = await fixture.audit('broker', posts);
  record({ fault: `broker stalled for ${outageMs / 1_000} s, then killed`, attempts: 1, result, recoveryMs });
  expect(result).toEqual(cleanAudit);
});

testInFullRun('a process killed at random times with uncommitted offsets neither loses nor duplicates posts', async () => {
  const { random } = createSeededRandom('kafka killed');
  const kills = 20;
  const posts = await fixture.produce('killed', random, kills * 800);
  for (let killed = 0; killed < kills; killed += 1) {
    const process = await fixture.consume('killed');
    await sleep(500 + Math.floor(random() * 6_000));
    await process.kill();
  }
  const restarted = Date.now();
  const process = await fixture.consume('killed');
  await fixture.waitUntilCommitted('killed');
  const recoveryMs = Date.now() - restarted;
  expect(await process.stop()).toBe(0);
  const result = await fixture.audit('killed', posts);
  record({ fault: 'process killed at random, with Kafka', attempts: kills, result, recoveryMs });
  expect(result).toEqual(cleanAudit);
});

test('a process killed between insert and commit neither loses nor duplicates posts', async () => {
  const { random } = createSeededRandom('killed before commit');
  const kills = repetitions(5, 1);
  // Enough posts that most are still being scored when the first are stored.
  const posts = await fixture.produce('uncommitted', random, 1_000 + kills * 1_000);
  let ahead = 0;
  for (let killed = 0; killed < kills; killed += 1) {
    const process = await fixture.consume('uncommitted');
    await waitUntilWritten(process);
    // The broker stops responding: posts in flight are stored and their minutes marked dirty, but commits wait.
    fixture.kafka.pause();
    await sleep(2_500);
    await process.kill();
    fixture.kafka.resume();
    ahead += await storedBeyondCommits('uncommitted');
  }
  const restarted = Date.now();
  const process = await fixture.consume('uncommitted');
  await fixture.waitUntilCommitted('uncommitted');
  const recoveryMs = Date.now() - restarted;
  expect(await process.stop()).toBe(0);
  const result = await fixture.audit('uncommitted', posts);
  record({ fault: 'killed between insert and commit', attempts: kills, result, recoveryMs });
  expect(ahead).toBeGreaterThan(0);
  expect(result).toEqual(cleanAudit);
});
