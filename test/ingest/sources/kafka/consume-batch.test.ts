import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { AckableBatch } from '../../../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../../../src/domain/post.ts';
import { compileMapping } from '../../../../src/ingest/mapping/parse-post.ts';
import { consumeBatch, type KafkaBatchParts } from '../../../../src/ingest/sources/kafka/consume-batch.ts';
import { type Clock, systemClock } from '../../../../src/lib/clock.ts';
import { collectLetters, defaultMapping } from '../../field-samples.ts';

const slice = 256;

/** A batch of `count` posts under way, and what came of it. The clock runs fifty times as fast. */
function start(count: number, options: { lastOffset?: number; heartbeat?: () => Promise<void> } = {}) {
  const clock: Clock = { now: () => Date.now(), sleep: (ms, signal) => systemClock.sleep(ms / 50, signal) };
  const messages = Array.from({ length: count }, (_, index) => ({
    key: null,
    value: Buffer.from(JSON.stringify({ platform: 'murmur', id: String(index), text: 'x' })),
    timestamp: String(clock.now()),
    attributes: 0,
    offset: String(index * 2),
  }));
  const lastOffset = String(options.lastOffset ?? (count - 1) * 2);
  const state = { taking: true, ours: true };
  const offered: AckableBatch<SourceRecord>[] = [];
  const committed: number[] = [];
  const resolved: string[] = [];
  const failures: Error[] = [];
  // Only what the handler uses of kafkajs's payload.
  const payload = {
    batch: { topic: 'posts', partition: 3, highWatermark: '10000', messages, lastOffset: () => lastOffset },
    heartbeat: options.heartbeat ?? (async () => {}),
    isRunning: () => true,
    isStale: () => false,
    resolveOffset: (offset: string) => void resolved.push(offset),
    commitOffsetsIfNecessary: async () => {},
  } as unknown as EachBatchPayload;
  const parts: KafkaBatchParts = {
    mapping: compileMapping(defaultMapping),
    deadLetters: collectLetters(),
    clock,
    offer: (envelope) => void offered.push(envelope),
    mayTake: () => state.taking,
    mayCommit: () => state.ours,
    fail: (error) => {
      failures.push(error);
      state.taking = false;
      state.ours = false;
    },
    committed: (_, next) => void committed.push(Number(next)),
    rebalancePatience: 25_000,
  };
  const run = consumeBatch(payload, parts);
  run.catch(() => {});
  return { run, offered, committed, resolved, failures, state };
}

async function turns(): Promise<void> {
  await systemClock.sleep(30);
}

describe('a batch of Kafka', () => {
  it('is taken slice by slice, two in flight, and committed in order', async () => {
    const batch = start(3 * slice);
    await turns();
    expect(batch.offered).toHaveLength(2);
    batch.offered[1]?.settle();
    await turns();
    expect([batch.offered.length, batch.committed.length]).toEqual([2, 0]);
    batch.offered[0]?.settle();
    await turns();
    expect(batch.committed).toEqual([2 * (slice - 1) + 1, 2 * (2 * slice - 1) + 1]);
    batch.offered[2]?.settle();
    await batch.run;
    expect(batch.resolved.map(Number)).toEqual([1, 2, 3].map((slices) => 2 * (slices * slice - 1)));
  });

  it('ends beyond records that are no messages', async () => {
    const batch = start(2, { lastOffset: 7 });
    await turns();
    batch.offered[0]?.settle();
    await batch.run;
    expect([batch.committed, batch.resolved]).toEqual([[8], ['2']]);
  });

  it('commits nothing after a slice that never becomes durable', async () => {
    const batch = start(3 * slice);
    await turns();
    batch.offered[1]?.settle();
    batch.offered[0]?.settle(new Error('the database is gone'));
    await batch.run;
    expect([batch.offered.length, batch.committed, batch.resolved]).toEqual([2, [], []]);
    expect(batch.failures.map(({ message }) => message)).toEqual(['the database is gone']);
  });

  it('commits nothing once the partition may be somebody else’s', async () => {
    const batch = start(slice);
    await turns();
    batch.state.ours = false;
    batch.offered[0]?.settle();
    await batch.run;
    expect(batch.committed).toEqual([]);
  });

  it('finishes what is in flight when the feed stops, and takes nothing new', async () => {
    const batch = start(3 * slice);
    await turns();
    batch.state.taking = false;
    for (const { settle } of batch.offered) settle();
    await batch.run;
    expect([batch.offered.length, batch.committed.length]).toEqual([2, 2]);
  });

  it('commits what becomes durable while the group waits for it to rejoin', async () => {
    const rebalancing = Object.assign(new Error('rebalance'), { type: 'REBALANCE_IN_PROGRESS' });
    let beats = 0;
    const heartbeat = async () => {
      beats += 1;
      if (beats > 3) throw rebalancing;
    };
    const batch = start(3 * slice, { heartbeat });
    while (beats <= 3) await turns();
    batch.offered[0]?.settle();
    await turns();
    await expect(batch.run).rejects.toBe(rebalancing);
    expect([batch.offered.length, batch.committed]).toEqual([2, [2 * (slice - 1) + 1]]);
  });

  it('lets any other error of the heartbeat through at once', async () => {
    const evicted = Object.assign(new Error('evicted'), { type: 'UNKNOWN_MEMBER_ID' });
    const batch = start(slice, { heartbeat: () => Promise.reject(evicted) });
    await expect(batch.run).rejects.toBe(evicted);
    batch.offered[0]?.settle();
    await turns();
    expect(batch.committed).toEqual([]);
  });
});
