import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../../../src/config/schema.ts';
import { createKafka } from '../../../../src/ingest/sources/kafka/client.ts';
import { readTopic } from '../../../../src/ingest/sources/kafka/topics.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createLog } from '../../../../src/lib/log.ts';
import { eventually } from '../../../support/feedpulse.ts';
import { createNetwork } from '../../../support/jetstream/network.ts';
import { applyMessages, lostPosts } from '../../../support/jetstream/received-posts.ts';
import { startJetstream, type TestJetstream } from '../../../support/jetstream/server.ts';
import { startKafka, type TestKafka } from '../../../support/kafka.ts';

const bin = fileURLToPath(new URL('../../../../bin/feedpulse.cjs', import.meta.url));
const topic = 'collected';
const network = createNetwork(11);
let kafka: TestKafka;
let server: TestJetstream;
let dir: string;
let collector: ChildProcess;

beforeAll(async () => {
  kafka = await startKafka();
  server = await startJetstream({ network });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-collect-'));
});
afterAll(async () => {
  network.pause();
  collector?.kill('SIGKILL');
  await server.close();
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

async function collect(): Promise<void> {
  const args = ['collect', 'bluesky', '--to', 'kafka', '--topic', topic, '--brokers', kafka.brokers.join(','), '--data-dir', dir];
  collector = spawn(process.execPath, [bin, ...args], {
    env: { ...process.env, FEEDPULSE_BLUESKY_ENDPOINTS: server.url },
    stdio: 'inherit',
  });
  await eventually('the collector is connected', 60, async () => server.connections() === 1);
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(collector, 'exit');
  collector.kill(signal);
  await exited;
  return collector.exitCode;
}

test('collect sends every message of a Jetstream to a topic, keyed by account, through a kill', async () => {
  await collect();
  network.start(200);
  await sleep(2_500);
  await end('SIGKILL');
  await eventually('the connection is gone', 10, async () => server.connections() === 0);
  await sleep(500);
  await collect();
  await sleep(1_500);
  network.pause();
  await sleep(2_000);
  expect(await end('SIGTERM')).toBe(0);

  const config = configSchema.parse({ kafka: { brokers: kafka.brokers } }).kafka;
  const messages: { readonly bytes: Buffer; readonly key: string; readonly timestamp: number }[] = [];
  await readTopic({
    kafka: createKafka(config, createLog('silent')),
    topic,
    groupPrefix: 'collect-test',
    clock: systemClock,
    visit: ({ value, key, timestamp }) =>
      void messages.push({ bytes: value ?? Buffer.alloc(0), key: String(key), timestamp: Number(timestamp) }),
  });
  expect(lostPosts(network.ledger, applyMessages(messages))).toEqual([]);
  for (const { bytes, key, timestamp } of messages.slice(0, 50)) {
    const { payload } = JSON.parse(String(bytes));
    expect(key).toBe(payload.did);
    expect(timestamp).toBe(Date.parse(payload.witnessedAt));
  }
});
