import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../../../src/config/schema.ts';
import { createLeaderElection } from '../../../../src/ingest/sources/kafka/leader-election.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import type { Lease } from '../../../../src/lib/lease.ts';
import { eventually } from '../../../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../../../support/kafka.ts';
import { quiet } from '../../../support/test-database.ts';

const sessionMs = 6_000;
let kafka: TestKafka;
let leases: Lease[] = [];

beforeAll(async () => {
  kafka = await startKafka({ ownBroker: true });
});
afterEach(async () => {
  await Promise.all(leases.map((lease) => lease.close()));
  leases = [];
});
afterAll(() => kafka.stop());

function open(topic: string): Lease {
  const { kafka: config } = configSchema.parse({ kafka: { brokers: kafka.brokers, sessionTimeout: `${sessionMs}ms`, groupId: topic } });
  const lease = createLeaderElection({ config, topic, clock: systemClock, log: quiet });
  leases.push(lease);
  return lease;
}

const holders = (): Lease[] => leases.filter((lease) => lease.isHeld());
const held = (what: string): Promise<void> => eventually(what, 30, async () => holders().length === 1);

test('elects one of three processes, and another when it leaves; never two at once', async () => {
  for (const _ of [1, 2, 3]) open('leaving');
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, holders().length);
  }, 5);
  try {
    for (const left of [3, 2, 1]) {
      await held(`one of ${left} has it`);
      const [holder] = holders();
      await holder?.close();
      expect(holder?.isHeld()).toBe(false);
      leases = leases.filter((lease) => lease !== holder);
    }
  } finally {
    clearInterval(watch);
  }
  expect(most).toBe(1);
});

test('a leader without heartbeats steps down before the broker elects another', async () => {
  const lease = open('stalled');
  await held('it has it');
  kafka.pause();
  const since = performance.now();
  try {
    await eventually('it gives up', 10, async () => !lease.isHeld());
    expect(performance.now() - since).toBeLessThan(sessionMs);
  } finally {
    kafka.resume();
  }
  await held('it has it again');
});
