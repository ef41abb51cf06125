import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { AckableBatch } from '../../../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../../../src/domain/post.ts';
import { compileMapping } from '../../../../src/ingest/mapping/parse-message.ts';
import { consumeBatch, type KafkaBatchDeps } from '../../../../src/ingest/sources/kafka/consume-batch.ts';
import { type Clock, systemClock } from '../../../../src/lib/clock.ts';
import { collectLetters, defaultMapping } from '../../field-samples.ts';

const chunkSize = 256;

/** Starts consuming a batch of `count` posts and records what happens. The clock runs fifty times as fast. */
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
  const state = { canFetch: true, canCommit: true };
  const emitted: AckableBatch<SourceRecord>[] = [];
  const committed: number[] = [];
  const resolved: string[] = [];
  const failures: Error[] = [];
  // The part of the kafkajs payload that consumeBatch uses.
  const payload = {
    batch: { topic: 'posts', partition: 3, highWatermark: '10000', messages, lastOffset: () => lastOffset },
    heartbeat: options.heartbeat ?? (async () => {}),
    isRunning: () => true,
    isStale: () => false,
    resolveOffset: (offset: string) => void resolved.push(offset),
    commitOffsetsIfNecessary: async () => {},
  } as unknown as EachBatchPayload;
  const parts: KafkaBatchDeps = {
    mapping: compileMapping(defaultMapping),
    deadLetters: collectLetters(),
    clock,
    emit: (chunk) => void emitted.push(chunk),
    canFetch: () => state.canFetch,
    canCommit: () => state.canCommit,
    onFailure: (error) => {
      failures.push(error);
      state.canFetch = false;
      state.canCommit = false;
    },
    onCommit: (_, next) => void committed.push(Number(next)),
    rebalanceTimeoutMs: 25_000,
  };
  const run = consumeBatch(payload, parts);
  run.catch(() => {});
  return { run, emitted, committed, resolved, failures, state };
}

async function turns(): Promise<void> {
  await systemClock.sleep(30);
}

describe('consumeBatch', () => {
  it('processes chunks, two in flight, and commits them in order', async () => {
    const batch = start(3 * chunkSize);
    await turns();
    expect(batch.emitted).toHaveLength(2);
    batch.emitted[1]?.ack();
    await turns();
    expect([batch.emitted.length, batch.committed.length]).toEqual([2, 0]);
    batch.emitted[0]?.ack();
    await turns();
    expect(batch.committed).toEqual([2 * (chunkSize - 1) + 1, 2 * (2 * chunkSize - 1) + 1]);
    batch.emitted[2]?.ack();
    await batch.run;
    expect(batch.resolved.map(Number)).toEqual([1, 2, 3].map((chunks) => 2 * (chunks * chunkSize - 1)));
  });

  it('commits past control records at the end of the batch', async () => {
    const batch = start(2, { lastOffset: 7 });
    await turns();
    batch.emitted[0]?.ack();
    await batch.run;
    expect([batch.committed, batch.resolved]).toEqual([[8], ['2']]);
  });

  it('commits nothing after a chunk that cannot become durable', async () => {
    const batch = start(3 * chunkSize);
    await turns();
    batch.emitted[1]?.ack();
    batch.emitted[0]?.nack(new Error('the database is gone'));
    await batch.run;
    expect([batch.emitted.length, batch.committed, batch.resolved]).toEqual([2, [], []]);
    expect(batch.failures.map(({ message }) => message)).toEqual(['the database is gone']);
  });

  it('commits nothing once another member may own the partition', async () => {
    const batch = start(chunkSize);
    await turns();
    batch.state.canCommit = false;
    batch.emitted[0]?.ack();
    await batch.run;
    expect(batch.committed).toEqual([]);
  });

  it('finishes the chunks in flight when the source stops, and starts no other', async () => {
    const batch = start(3 * chunkSize);
    await turns();
    batch.state.canFetch = false;
    for (const { ack } of batch.emitted) ack();
    await batch.run;
    expect([batch.emitted.length, batch.committed.length]).toEqual([2, 2]);
  });

  it('commits what becomes durable while the group waits for the member to rejoin', async () => {
    const rebalancing = Object.assign(new Error('rebalance'), { type: 'REBALANCE_IN_PROGRESS' });
    let beats = 0;
    const heartbeat = async () => {
      beats += 1;
      if (beats > 3) throw rebalancing;
    };
    const batch = start(3 * chunkSize, { heartbeat });
    while (beats <= 3) await turns();
    batch.emitted[0]?.ack();
    await turns();
    await expect(batch.run).rejects.toBe(rebalancing);
    expect([batch.emitted.length, batch.committed]).toEqual([2, [2 * (chunkSize - 1) + 1]]);
  });

  it('rejects at once with any other heartbeat error', async () => {
    const evicted = Object.assign(new Error('evicted'), { type: 'UNKNOWN_MEMBER_ID' });
    const batch = start(chunkSize, { heartbeat: () => Promise.reject(evicted) });
    await expect(batch.run).rejects.toBe(evicted);
    batch.emitted[0]?.ack();
    await turns();
    expect(batch.committed).toEqual([]);
  });
});
