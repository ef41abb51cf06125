import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PipelineStatus } from '../../src/domain/status.ts';
import { cleanAudit } from '../support/audit.ts';
import { sleep } from '../support/faults/kafka-fixture.ts';
import { createSeededRandom, record } from '../support/faults/record.ts';
import { eventually, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { auditPosts } from '../support/jetstream/audit-posts.ts';
import { createNetwork, type Network } from '../support/jetstream/network.ts';
import { startJetstream, type TestJetstream } from '../support/jetstream/server.ts';

const eventsPerSecond = 300;
const { seed } = createSeededRandom('stream faults');

let dir: string;
let network: Network;
let near: TestJetstream;
let far: TestJetstream;
let running: RunningFeedpulse;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-streams-'));
  network = createNetwork(seed);
  near = await startJetstream({ network, protocols: ['v2'], seqOffset: 5_000 });
  far = await startJetstream({ network, protocols: ['v1'], seqOffset: 80_000_000, latencyMs: 150, losesAtCutover: true });
  await writeFile(
    join(dir, 'feedpulse.yaml'),
    JSON.stringify({
      source: 'bluesky',
      dataDir: join(dir, 'data'),
      bluesky: { endpoints: [near.url, far.url] },
      brands: [{ name: 'Brixomel' }],
    }),
  );
});
afterAll(async () => {
  network.pause();
  await running?.kill();
  await Promise.all([near.close(), far.close()]);
  await rm(dir, { recursive: true, force: true });
});

const start = async (): Promise<void> => {
  running = await startFeedpulse(['--config', join(dir, 'feedpulse.yaml')]);
};
const killAndStart = async (): Promise<void> => {
  await running.kill();
  await start();
};

/** Resolves once the newest event that the source wants is read and stored. */
async function waitUntilStored(): Promise<void> {
  const newest = network.events().findLast(({ commit }) => commit?.collection === 'app.bsky.feed.post')?.timeUs ?? 0;
  await eventually('everything is stored', 60, async () => {
    const { sources, posts } = await running.get<PipelineStatus & { posts: { inFlight: number } }>('/api/v1/pipeline');
    const behindMs = (sources[0]?.behindSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
    return Date.now() - behindMs + 1_000 >= newest / 1_000 && posts.inFlight === 0;
  });
}

test('a live source stores every post once through kills, interruptions, fail-over and a cursor that is too old', async () => {
  await start();
  await eventually('the source is connected', 20, async () => near.connections() > 0);
  network.start(eventsPerSecond);
  await sleep(4_000);
  await killAndStart();
  await sleep(2_000);
  near.disconnect('midFrame');
  await sleep(2_000);
  // The other server numbers its events differently, is further away, and loses events when it changes to live ones.
  near.rejectWith({ status: 503 });
  near.disconnect();
  await eventually('the other server is used', 20, async () => far.connections() > 0);
  await sleep(3_000);
  await killAndStart();
  await sleep(3_000);
  far.rejectWith({ status: 429, headers: { 'retry-after': '3600' } });
  near.rejectWith(undefined);
  far.disconnect('midFrame');
  await eventually('the first server is used', 30, async () => near.connections() > 0);
  await sleep(2_000);
  expect(await running.metric('feedpulse_stream_gaps_total')).toBe(0);
  await running.kill();
  await sleep(4_000);
  network.forget(2_000);
  await start();
  await sleep(3_000);
  network.pause();
  await waitUntilStored();
  expect(await running.metric('feedpulse_stream_gaps_total')).toBe(1);
  expect(await running.metric('feedpulse_dead_letters_total')).toBe(0);
  expect(await running.stop()).toBe(0);
  const query = <T>(sql: string): Promise<T[]> => queryDataDir<T>(join(dir, 'data'), sql);
  const missed = [...near.missed, ...far.missed];
  const result = await auditPosts(network.ledger, query, missed);
  record({ fault: 'live source: kills, interruptions, fail-over, cursor too old', attempts: 6, result });
  expect(result).toEqual(cleanAudit);
  expect(network.ledger.size).toBeGreaterThan(2_000);
  expect(missed.reduce((sum, { from, to }) => sum + to - from, 0)).toBeLessThan(network.ledger.size);
});
