import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configSchema } from '../../../../src/config/schema.ts';
import { createJetstreamReader } from '../../../../src/ingest/sources/bluesky/jetstream-reader.ts';
import type { RawMessage } from '../../../../src/ingest/sources/process-chunk.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createLog } from '../../../../src/lib/log.ts';
import { createMetrics } from '../../../../src/lib/metrics.ts';
import { createNetwork, type Network } from '../../../support/jetstream/network.ts';
import { applyMessages, lostPosts } from '../../../support/jetstream/received-posts.ts';
import { dictionaryFile, type JetstreamOptions, startJetstream, type TestJetstream } from '../../../support/jetstream/server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function createTestNetwork(): Network {
  const network = createNetwork(7, { minAgeMs: 0 });
  closers.push(() => network.pause());
  return network;
}

async function serve(network: Network, options: Partial<JetstreamOptions> = {}): Promise<TestJetstream> {
  const server = await startJetstream({ network, ...options });
  closers.push(() => server.close());
  return server;
}

/** A cursor that outlives readers, as a database does. */
function createCursors(stored?: object) {
  const saved: string[] = stored ? [JSON.stringify(stored)] : [];
  return { saved, load: async () => saved.at(-1), save: async (cursor: string) => void saved.push(cursor) };
}

interface StartOptions {
  readonly cursors?: ReturnType<typeof createCursors>;
  readonly config?: object;
  process?(messages: readonly RawMessage[]): Promise<void>;
}

function start(endpoints: readonly string[], { cursors = createCursors(), config = {}, process }: StartOptions = {}) {
  const received: RawMessage[] = [];
  const metrics = createMetrics();
  let filtered = 0;
  const reader = createJetstreamReader({
    name: 'sky',
    config: configSchema.parse({ bluesky: { endpoints, ...config } }).bluesky,
    process: async (messages) => {
      await process?.(messages);
      received.push(...messages);
    },
    onFilter: () => (filtered += 1),
    cursors,
    cutoverSampleMs: 1_500,
    clock: systemClock,
    log: createLog('silent'),
    metrics,
  });
  const stop = new AbortController();
  const run = reader.run(stop.signal);
  run.catch(() => {});
  closers.push(() => stop.abort());
  const metric = async (name: 'streamGaps' | 'streamGapSeconds' | 'streamReconnects') => (await metrics[name].get()).values[0]?.value ?? 0;
  return {
    reader,
    received,
    cursors,
    metric,
    filtered: () => filtered,
    run,
    stop: async () => {
      stop.abort();
      await run;
    },
  };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 400) throw new Error(`not in time: ${what}`);
    await sleep(50);
  }
}

const isComplete =
  (network: Network, { received }: { readonly received: readonly RawMessage[] }) =>
  () =>
    lostPosts(network.ledger, applyMessages(received)).length === 0;

describe.each([
  { name: 'v1 with deflate', protocols: ['v1'], path: '/subscribe?wantedCollections=app.bsky.feed.post' },
  { name: 'v1 with zstd', protocols: ['v1'], config: { dictionary: dictionaryFile }, path: 'compress=true' },
  { name: 'v2 with zstd', protocols: ['v2'], path: 'zstdDictionary=' },
  { name: 'v2 without compression', protocols: ['v2'], config: { compression: false }, path: 'kinds=commit&kinds=account' },
] as const)('Jetstream $name', ({ protocols, path, ...options }) => {
  it('delivers every post, edit and deletion once the stream is live, and resumes after a stop', async () => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols });
    const first = start([server.url], options);
    await until(() => server.connections() === 1, 'connected');
    network.run(800);
    await until(isComplete(network, first), 'all posts');
    await first.stop();
    expect(server.requests.at(-1)).toContain(path);
    network.run(200);
    const second = start([server.url], { ...options, cursors: first.cursors });
    const both = { received: first.received };
    await until(() => {
      both.received = [...first.received, ...second.received];
      return isComplete(network, both)();
    }, 'posts of the time in between');
    expect(await second.metric('streamGaps')).toBe(0);
    expect(second.reader.healthIssue()).toBeUndefined();
    expect(second.reader.progress()).toMatchObject({ gaps: 0, endpoint: server.url });
    expect(first.received[0]).toMatchObject({ position: { topic: 'sky', partition: 0 } });
    await second.stop();
  });
});

describe('the Jetstream reader', () => {
  it('asks for v2 first, once, and reads v1 where that is all there is', async () => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: ['v1'] });
    const reader = start([server.url]);
    await until(() => server.connections() === 1, 'connected');
    server.disconnect();
    await until(() => server.requests.length === 3 && server.connections() === 1, 'reconnected');
    expect(server.requests.map((path) => path.split('?')[0])).toEqual([
      '/xrpc/network.bsky.jetstream.subscribeEvents',
      '/subscribe',
      '/subscribe',
    ]);
    await reader.stop();
  });

  it('resumes by sequence number at the same server, and by time with a rewind at another one', async () => {
    const network = createTestNetwork();
    const near = await serve(network, { protocols: ['v2'], seqOffset: 1_000 });
    const far = await serve(network, { protocols: ['v2'], seqOffset: 90_000_000, latencyMs: 300 });
    const reader = start([near.url, far.url]);
    await until(() => near.connections() === 1, 'connected');
    network.run(600);
    await until(isComplete(network, reader), 'first posts');
    near.disconnect('midFrame');
    network.run(300);
    await until(isComplete(network, reader), 'posts during the interruption');
    expect(near.requests.at(-1)).toMatch(/cursor=1\d{3}&/);
    near.rejectWith({ status: 503 });
    near.disconnect();
    network.run(300);
    await until(isComplete(network, reader), 'posts from the other server');
    expect(far.requests[0]).toMatch(/cursor=1\d{15}/);
    expect(await reader.metric('streamGaps')).toBe(0);
    await reader.stop();
  });

  it.each(['v1', 'v2'] as const)('counts a gap when a %s server no longer has the events', async (protocol) => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: [protocol] });
    network.run(400);
    await sleep(50);
    network.forget(20);
    network.run(400);
    const tooOld = { endpoint: server.url, seq: 3, timeUs: (Date.now() - 7_200_000) * 1_000 };
    const reader = start([server.url], { cursors: createCursors(tooOld) });
    const oldest = network.events()[0]?.index ?? 0;
    await until(() => lostPosts(network.ledger, applyMessages(reader.received), oldest).length === 0, 'all posts that are left');
    await until(() => reader.reader.progress().gaps > 0, 'the gap');
    expect(await reader.metric('streamGaps')).toBe(1);
    expect(await reader.metric('streamGapSeconds')).toBeGreaterThan(7_100);
    expect(reader.reader.progress().gaps).toBe(1);
    await reader.stop();
  });

  it.each(['v1', 'v2'] as const)('counts no gap after a quiet time, however long, at a %s server', async (protocol) => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: [protocol] });
    const hoursAgo = (hours: number): number => Date.now() - hours * 3_600_000;
    const threeHoursAgo = hoursAgo(3);
    vi.spyOn(Date, 'now').mockReturnValue(threeHoursAgo);
    network.run(50);
    vi.restoreAllMocks();
    network.run(200);
    const cursors = createCursors({ endpoint: server.url, timeUs: hoursAgo(2) * 1_000 });
    const reader = start([server.url], { cursors });
    await until(() => lostPosts(network.ledger, applyMessages(reader.received), 50).length === 0, 'all posts after the cursor');
    // The oldest event of a v1 server is asked for by a request of its own.
    if (protocol === 'v1') await until(() => server.requests.at(-1) === '/subscribe?cursor=1000000000000000', 'asked');
    await sleep(200);
    expect(await reader.metric('streamGaps')).toBe(0);
    await reader.stop();
  });

  it.each([
    ['beyond the last event', 50_000_000],
    ['of another event', 5],
  ])('resumes by time when the sequence number is %s, because the server was set up anew', async (_, seq) => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: ['v2'] });
    network.run(500);
    const first = network.events()[200]?.timeUs ?? 0;
    const reader = start([server.url], { cursors: createCursors({ endpoint: server.url, seq, timeUs: first }), config: { rewind: '0s' } });
    await until(() => lostPosts(network.ledger, applyMessages(reader.received), 201).length === 0, 'all posts after the cursor');
    expect(server.requests.at(-1)).toContain(`cursor=${first}`);
    await reader.stop();
  });

  it('finds the events that a v1 server loses when it changes from replay to live events', async () => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: ['v1'], losesAtCutover: true });
    network.run(300);
    network.start(100);
    const cursors = createCursors({ endpoint: server.url, timeUs: network.events()[0]?.timeUs });
    const reader = start([server.url], { cursors });
    await sleep(1_000);
    expect(isComplete(network, reader)()).toBe(false);
    await until(() => server.requests.length === 3, 'reading again');
    network.pause();
    await sleep(500);
    network.run(20);
    await until(isComplete(network, reader), 'all posts');
    await reader.stop();
  }, 30_000);

  it('keeps the cursor before messages that are not durable', async () => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: ['v2'] });
    let release = (): void => {};
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const reader = start([server.url], { process: () => stuck });
    await until(() => server.connections() === 1, 'connected');
    network.run(100);
    await sleep(1_500);
    expect(reader.cursors.saved.every((cursor) => !('seq' in JSON.parse(cursor)))).toBe(true);
    release();
    await reader.stop();
    expect(JSON.parse(reader.cursors.saved.at(-1) ?? '{}')).toHaveProperty('seq');
  });

  it('stops with the error of messages that cannot become durable', async () => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: ['v2'] });
    const reader = start([server.url], { process: () => Promise.reject(new Error('disk full')) });
    await until(() => server.connections() === 1, 'connected');
    network.run(100);
    await expect(reader.run).rejects.toThrow('disk full');
    expect(reader.cursors.saved.every((cursor) => !('seq' in JSON.parse(cursor)))).toBe(true);
  });

  it('leaves the server waiting while messages are not processed, and misses nothing', async () => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: ['v2'] });
    let waiting = 0;
    let release = (): void => {};
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const reader = start([server.url], {
      process: async (messages) => {
        waiting += messages.length;
        await stuck;
      },
    });
    await until(() => server.connections() === 1, 'connected');
    for (let round = 0; round < 8; round += 1) {
      network.run(1_000);
      await sleep(20);
    }
    expect(waiting).toBeLessThanOrEqual(4 * 256);
    release();
    await until(isComplete(network, reader), 'all posts');
    await reader.stop();
  }, 20_000);

  it('excludes new posts in other languages, but no edits and no deletions', async () => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: ['v2'] });
    const reader = start([server.url], { config: { languages: ['en'] } });
    await until(() => server.connections() === 1, 'connected');
    network.run(3_000);
    await until(() => reader.reader.progress().behindSeconds !== null && reader.received.length > 500, 'posts');
    await sleep(400);
    const commits = reader.received.map(({ bytes }) => JSON.parse(String(bytes)).payload);
    const langs = new Set(commits.flatMap(({ operation, record }) => (operation === 'create' ? (record.langs ?? []) : [])));
    expect([...langs]).toEqual(['en']);
    expect(commits.some(({ operation, record }) => operation === 'update' && record.langs?.[0] !== 'en')).toBe(true);
    expect(reader.filtered()).toBeGreaterThan(300);
    await reader.stop();
  });

  it('obeys Retry-After, says that it is not connected, and stops at once', async () => {
    const network = createTestNetwork();
    const server = await serve(network);
    server.rejectWith({ status: 429, headers: { 'retry-after': '600' } });
    const reader = start([server.url]);
    await until(() => server.requests.length === 1, 'asked');
    await sleep(1_500);
    expect(server.requests).toHaveLength(1);
    expect(reader.reader.healthIssue()).toBe('The source sky is not connected: the server answered HTTP 429.');
    await reader.stop();
  });

  it('survives messages of any content', async () => {
    const network = createTestNetwork();
    const server = await serve(network, { protocols: ['v2'] });
    const reader = start([server.url], { config: { compression: false } });
    await until(() => server.connections() === 1, 'connected');
    const odd = [
      '',
      'null',
      '[]',
      '{"$type":1}',
      '{"$type":"message"}',
      '{"$type":"message","payload":{"$type":"new#kind","seq":1e300,"time":3}}',
      '{"time_us":1e18}',
      'nonsense',
    ];
    for (const message of odd) server.inject(message);
    server.inject(Buffer.from([0xff, 0xfe, 0x00]));
    network.run(200);
    await until(isCompleteAfterOdd(network, reader), 'all posts');
    expect(reader.received.slice(0, odd.length + 1).map(({ bytes }) => String(bytes))).toEqual([...odd, '\ufffd\ufffd\u0000']);
    expect(server.connections()).toBe(1);
    await reader.stop();
    server.inject('{"$type":"error","error":"ConsumerTooSlow"}');
  });
});

const isCompleteAfterOdd =
  (network: Network, { received }: { readonly received: readonly RawMessage[] }) =>
  () =>
    lostPosts(network.ledger, applyMessages(received.slice(9))).length === 0;
