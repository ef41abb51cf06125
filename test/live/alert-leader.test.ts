import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { eventually, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';

let kafka: TestKafka;
let clickhouse: TestClickHouse;
let folder: string;
let members: RunningFeedpulse[] = [];

beforeAll(async () => {
  [kafka, clickhouse] = await Promise.all([startKafka({ ownBroker: true }), startClickHouse()]);
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-judging-'));
});
afterAll(async () => {
  await Promise.all(members.map((member) => member.kill()));
  await Promise.all([kafka.stop(), clickhouse.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const judges = (): RunningFeedpulse[] => members.filter((member) => member.log().includes('Elected alert leader'));

test('one of two processes on a database evaluates alerts, and the other takes over when it is killed', async () => {
  const env = { ...clickhouse.env, FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','), FEEDPULSE_KAFKA_SESSION_TIMEOUT: '6s' };
  for (const name of ['one', 'other']) {
    members.push(await startFeedpulse(['--source', 'kafka', '--data-dir', join(folder, name)], { ...env, FEEDPULSE_MODEL_WORKERS: '1' }));
    await eventually('one judges', 60, async () => judges().length > 0);
  }
  const [judge] = judges();
  await judge?.kill();
  members = members.filter((member) => member !== judge);
  await eventually('the other judges', 30, async () => judges().length === 1);
  expect(judges()).toEqual(members);
});
