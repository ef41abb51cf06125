import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type KafkaStage, openKafkaStage, untilSomeWritten, wait, written } from '../support/faults/kafka-stage.ts';
import { record, seeded, testWhenWhole, times } from '../support/faults/record.ts';
import { queryFolder, useBundledModel } from '../support/feedpulse.ts';
import { cleanAudit } from '../support/ledger.ts';

// Posts must take a while, so that faults strike in the middle.
useBundledModel();

let stage: KafkaStage;

beforeAll(async () => {
  stage = await openKafkaStage({ ownBroker: true });
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

/** Partitions of which rows are stored that the group has not committed. */
async function storedBeyondCommits(topic: string): Promise<number> {
  const rows = await queryFolder<{ partition: number; next: number }>(
    stage.dataOf(topic),
    'SELECT partition, toUInt32(max(offset) + 1) AS next FROM posts GROUP BY partition',
  );
  const committed = new Map((await stage.progress(topic)).map((of) => [of.partition, of.committed]));
  return rows.filter(({ partition, next }) => next > (committed.get(partition) ?? 0)).length;
}

test('SIGTERM in the middle of a batch ends the process within ten seconds; nothing is redelivered', async () => {
  const { random } = seeded('stopped');
  const posts = await stage.produce('stopped', random, 3_000);
  const first = await stage.consume('stopped');
  await untilSomeWritten(first);
  const read = await written(first);
  const stopping = Date.now();
  expect(await first.stop()).toBe(0);
  const took = Date.now() - stopping;
  expect(read).toBeLessThan(posts.length);
  const halfway = await stage.progress('stopped');
  expect(await storedBeyondCommits('stopped')).toBe(0);
  const second = await stage.consume('stopped');
  await stage.untilRead('stopped');
  const left = halfway.reduce((sum, of) => sum + of.end - of.committed, 0);
  expect(left).toBeGreaterThan(0);
  expect(await second.metric('feedpulse_posts_read_total')).toBe(left);
  expect(await second.stop()).toBe(0);
  const found = await stage.auditOf('stopped', posts);
  record({ fault: 'SIGTERM in the middle of a batch', tried: 1, found });
  expect(found).toEqual(cleanAudit);
  expect(took).toBeLessThan(10_000);
});

test('the source survives a stalled broker, and a killed and restarted one, without a restart', async () => {
  const { random } = seeded('broker');
  const posts = await stage.produce('broker', random, times(4_000, 2_000));
  const process = await stage.consume('broker');
  const outageMs = times(20_000, 5_000);
  await untilSomeWritten(process);
  stage.kafka.pause();
  await wait(outageMs);
  stage.kafka.resume();
  await wait(1_000);
  stage.kafka.kill();
  await wait(outageMs / 2);
  await stage.kafka.restart();
  const back = Date.now();
  await stage.untilRead('broker');
  const recoveryMs = Date.now() - back;
  const stopping = Date.now();
  expect(await process.stop()).toBe(0);
  expect(Date.now() - stopping).toBeLessThan(30_000);
  const found = await stage.auditOf('broker', posts);
  record({ fault: `broker stalled for ${outageMs / 1_000} s, then killed`, tried: 1, found, recoveryMs });
  expect(found).toEqual(cleanAudit);
});

testWhenWhole('a process killed at random moments, its offsets uncommitted, loses no post and counts none twice', async () => {
  const { random } = seeded('kafka killed');
  const kills = 20;
  const posts = await stage.produce('killed', random, kills * 800);
  for (let killed = 0; killed < kills; killed += 1) {
    const process = await stage.consume('killed');
    await wait(500 + Math.floor(random() * 6_000));
    await process.kill();
  }
  const restarted = Date.now();
  const process = await stage.consume('killed');
  await stage.untilRead('killed');
  const recoveryMs = Date.now() - restarted;
  expect(await process.stop()).toBe(0);
  const found = await stage.auditOf('killed', posts);
  record({ fault: 'process killed at random, with Kafka', tried: kills, found, recoveryMs });
  expect(found).toEqual(cleanAudit);
});

test('a process killed between insert and commit counts no post twice', async () => {
  const { random } = seeded('killed before commit');
  const kills = times(5, 1);
  // So many that most are still being scored when the first are stored.
  const posts = await stage.produce('uncommitted', random, 1_000 + kills * 1_000);
  let ahead = 0;
  for (let killed = 0; killed < kills; killed += 1) {
    const process = await stage.consume('uncommitted');
    await untilSomeWritten(process);
    // The broker answers no more: what is being scored is stored and marked, and its commits wait.
    stage.kafka.pause();
    await wait(2_500);
    await process.kill();
    stage.kafka.resume();
    ahead += await storedBeyondCommits('uncommitted');
  }
  const restarted = Date.now();
  const process = await stage.consume('uncommitted');
  await stage.untilRead('uncommitted');
  const recoveryMs = Date.now() - restarted;
  expect(await process.stop()).toBe(0);
  const found = await stage.auditOf('uncommitted', posts);
  record({ fault: 'killed between marks and commit', tried: kills, found, recoveryMs });
  expect(ahead).toBeGreaterThan(0);
  expect(found).toEqual(cleanAudit);
});
