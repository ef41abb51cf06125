import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configSchema, configuredSources } from '../../src/config/schema.ts';
import type { Source } from '../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../src/domain/post.ts';
import type { Predictions } from '../../src/infer/scorer.ts';
import { createBrandMatcher } from '../../src/ingest/brands/brand-matcher.ts';
import { createBlueskySource } from '../../src/ingest/sources/bluesky/bluesky-source.ts';
import { createDemoSource } from '../../src/ingest/sources/demo/demo-source.ts';
import { createMastodonSource } from '../../src/ingest/sources/mastodon/mastodon-source.ts';
import { createNdjsonSource } from '../../src/ingest/sources/ndjson/ndjson-source.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { FeedpulseError } from '../../src/lib/errors.ts';
import { createEventBus } from '../../src/lib/event-bus.ts';
import { createLoadAverage } from '../../src/lib/load-average.ts';
import { createLog } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { type PipelineDeps, runPipeline } from '../../src/pipeline/pipeline.ts';
import { collectLetters } from '../ingest/field-samples.ts';
import { createNetwork } from '../support/jetstream/network.ts';
import { startJetstream } from '../support/jetstream/server.ts';
import { startMastodonServer } from '../support/mastodon/server.ts';
import { quiet } from '../support/test-database.ts';

/** Kafka needs a broker: `test/live/rejected-posts.test.ts` covers it. */

const closers: (() => unknown)[] = [];
const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown): void => void unhandled.push(reason);
/** Without the runner's own listener, which would report the rejection as well. */
let listeners: NodeJS.UnhandledRejectionListener[] = [];

beforeEach(() => {
  listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', noteUnhandled);
});
afterEach(async () => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
  unhandled.splice(0);
  for (const close of closers.splice(0).reverse()) await close();
});

const shared = () => ({ deadLetters: collectLetters(), clock: systemClock, log: quiet, metrics: createMetrics() });
const cursor = { load: async () => undefined, save: async () => {} };

const sources: Readonly<Record<string, () => Promise<Source<SourceRecord>>>> = {
  demo: async () =>
    createDemoSource({
      ...shared(),
      name: 'demo',
      stored: new Map(),
      config: configSchema.parse({ demo: { backfill: '12h', rate: 4 } }).demo,
    }),
  ndjson: async () => {
    const lines = Array.from(
      { length: 2_000 },
      (_, id) => `${JSON.stringify({ platform: 'p', id: String(id), text: 'A lovely teapot' })}\n`,
    );
    return createNdjsonSource({ ...shared(), name: 'file', file: 'posts', mapping: {}, input: Readable.from(lines) });
  },
  bluesky: async () => {
    const network = createNetwork(5, { minAgeMs: 0 });
    const server = await startJetstream({ network });
    closers.push(() => server.close());
    network.start(400);
    closers.push(() => network.pause());
    const config = configSchema.parse({ source: 'bluesky', bluesky: { endpoints: [server.url] } });
    return createBlueskySource({
      ...shared(),
      name: 'sky',
      cursors: cursor,
      config: config.bluesky,
      mapping: { preset: 'bluesky-jetstream' },
    });
  },
  mastodon: async () => {
    const server = await startMastodonServer();
    closers.push(() => server.stop());
    const timer = setInterval(() => server.post({ text: 'A lovely teapot' }), 20);
    closers.push(() => clearInterval(timer));
    const config = configSchema.parse({ source: 'mastodon', mastodon: { servers: [{ url: server.url }] } });
    const [{ mapping = {} } = {}] = configuredSources(config);
    return createMastodonSource({
      ...{ ...shared(), name: 'elephants', config: config.mastodon, mapping },
      ...{ openCursor: () => cursor, storedIds: async () => [], replicaLagMs: 10 },
    });
  },
};

const neutral = { negative: 0, neutral: 1, positive: 0, label: 'neutral', score: 0, confidence: 1, lang: 'en', truncated: false } as const;

function createDeps(source: Source<SourceRecord>, failingPart: 'scorer' | 'writer', error: Error): PipelineDeps {
  const fail = async (): Promise<never> => {
    await systemClock.sleep(30);
    throw error;
  };
  const score = async (posts: readonly unknown[]): Promise<Predictions> => posts.map(() => ({ ...neutral, modelVersion: 'm@1' }));
  return {
    sources: [source],
    metrics: createMetrics(),
    clock: systemClock,
    load: createLoadAverage(systemClock),
    log: createLog('silent'),
    brandMatcher: createBrandMatcher([]),
    storedPosts: createEventBus(),
    scorer: { score: failingPart === 'scorer' ? fail : score } as PipelineDeps['scorer'], // what the pipeline uses
    writer: { write: fail } as PipelineDeps['writer'], // what the pipeline uses
  };
}

const fatal = [
  ['writer', new FeedpulseError('DATABASE_UNAVAILABLE', 'Cannot insert posts.')],
  ['scorer', new FeedpulseError('MODEL_FAILED', 'Every post failed.')],
] as const;

for (const [name, open] of Object.entries(sources))
  for (const [part, error] of fatal)
    test(`${error.code} ends the pipeline that reads ${name} with that error and no other`, async () => {
      const source = await open();
      await expect(runPipeline(createDeps(source, part, error), new AbortController().signal)).rejects.toBe(error);
      // Rejections without a handler are reported after the microtasks of a turn.
      await systemClock.sleep(100);
      expect(unhandled).toEqual([]);
    });
