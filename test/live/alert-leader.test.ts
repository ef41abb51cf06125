import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { eventually, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';

let kafka: TestKafka;
let clickhouse: TestClickHouse;
let dir: string;
let members: RunningFeedpulse[] = [];

beforeAll(async () => {
  [kafka, clickhouse] = await Promise.all([startKafka({ ownBroker: true }), startClickHouse()]);
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-alert-leader-'));
});
afterAll(async () => {
  await Promise.all(members.map((member) => member.kill()));
  await Promise.all([kafka.stop(), clickhouse.stop()]);
  await rm(dir, { recursive: true, force: true });
});

const leaders = (): RunningFeedpulse[] => members.filter((member) => member.log().includes('elected alert leader'));

test('one of two processes evaluates alerts; the other takes over after SIGKILL', async () => {
  const env = { ...clickhouse.env, FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','), FEEDPULSE_KAFKA_SESSION_TIMEOUT: '6s' };
  for (const name of ['one', 'other']) {
    members.push(await startFeedpulse(['--source', 'kafka', '--data-dir', join(dir, name)], { ...env, FEEDPULSE_MODEL_WORKERS: '1' }));
    await eventually('a leader is elected', 60, async () => leaders().length > 0);
  }
  const [leader] = leaders();
  await leader?.kill();
  members = members.filter((member) => member !== leader);
  await eventually('another leader is elected', 30, async () => leaders().length === 1);
  expect(leaders()).toEqual(members);
});
