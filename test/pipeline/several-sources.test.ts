import { expect, test } from 'vitest';
import { createAckableBatch, type Source } from '../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../src/domain/post.ts';
import type { ModelPrediction } from '../../src/infer/scorer.ts';
import { createBrandMatcher } from '../../src/ingest/brands/brand-matcher.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createEventBus } from '../../src/lib/event-bus.ts';
import { createLoadAverage } from '../../src/lib/load-average.ts';
import { createLog } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { type PipelineDeps, runPipeline } from '../../src/pipeline/pipeline.ts';

const prediction: ModelPrediction = {
  ...{ negative: 0, neutral: 1, positive: 0, label: 'neutral', score: 0 },
  confidence: 1,
  lang: 'en',
  truncated: false,
  modelVersion: 'm@1',
};

function record(source: string, number: number, rejectToDeadLetters: SourceRecord['rejectToDeadLetters'] = async () => {}): SourceRecord {
  const at = new Date(Date.UTC(2026, 5, 15)).toISOString();
  return {
    post: { platform: source, id: String(number), text: `post ${number}`, createdAt: at, updatedAt: at, deleted: false },
    position: { topic: source, partition: 0, offset: String(number) },
    rejectToDeadLetters,
  };
}

/** Emits batches of one post, `window` of them unacknowledged, until it is stopped or `count` are acknowledged. */
function createSource(name: string, { count, window = 1, error }: { count: number; window?: number; error?: Error }) {
  let acked = 0;
  const run: Source<SourceRecord>['run'] = async (emit, signal) => {
    const inFlight = new Set<Promise<void>>();
    for (let number = 0; number < count && !signal.aborted; number += 1) {
      const { batch, acked: durable } = createAckableBatch([record(name, number)]);
      const settled = durable.then(() => {
        acked += 1;
        inFlight.delete(settled);
      });
      inFlight.add(settled);
      emit(batch);
      if (inFlight.size >= window) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
    if (error) throw error;
  };
  return { source: { name, run, healthIssue: () => undefined } satisfies Source<SourceRecord>, acked: () => acked };
}

function arrange(sources: readonly Source<SourceRecord>[]) {
  const stored: string[] = [];
  const metrics = createMetrics();
  const deps: PipelineDeps = {
    sources,
    metrics,
    clock: systemClock,
    load: createLoadAverage(systemClock),
    log: createLog('silent'),
    brandMatcher: createBrandMatcher([]),
    storedPosts: createEventBus(),
    scorer: { score: async (posts) => posts.map(() => prediction) } as PipelineDeps['scorer'], // what the pipeline uses
    writer: {
      write: async (posts) => {
        stored.push(...posts.map(({ platform, id }) => `${platform} ${id}`));
        return { rejected: [], skipped: [] };
      },
    } as PipelineDeps['writer'], // what the pipeline uses
  };
  return { deps, stored, metrics };
}

test('posts of all sources are stored, counted by source, in order within each', async () => {
  const [one, two] = [createSource('one', { count: 30, window: 4 }), createSource('two', { count: 20, window: 4 })];
  const { deps, stored, metrics } = arrange([one.source, two.source]);
  await runPipeline(deps, new AbortController().signal);
  for (const [name, count] of [
    ['one', 30],
    ['two', 20],
  ] as const)
    expect(stored.filter((post) => post.startsWith(name))).toEqual(Array.from({ length: count }, (_, id) => `${name} ${id}`));
  expect((await metrics.postsRead.get()).values.map(({ labels, value }) => [labels.source, value])).toEqual([
    ['one', 30],
    ['two', 20],
  ]);
});

test('a source that ends does not end the others; one that rejects stops them', async () => {
  const ending = createSource('ending', { count: 1 });
  const failing = createSource('failing', { count: 10, error: new Error('The disk is full.') });
  let isStopped = false;
  const endless: Source<SourceRecord> = {
    name: 'endless',
    healthIssue: () => undefined,
    run: (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          isStopped = true;
          resolve();
        });
      }),
  };
  const { deps } = arrange([ending.source, endless, failing.source]);
  await expect(runPipeline(deps, new AbortController().signal)).rejects.toThrow('The disk is full.');
  expect([ending.acked(), failing.acked(), isStopped]).toEqual([1, 10, true]);
});

test('the posts of a source whose dead letters cannot be written are rejected, and no others', async () => {
  const outcomes: string[] = [];
  const once = (name: string, rejectToDeadLetters: SourceRecord['rejectToDeadLetters']): Source<SourceRecord> => ({
    name,
    healthIssue: () => undefined,
    run: async (emit) => {
      const { batch, acked } = createAckableBatch([record(name, 1), record(name, 2, rejectToDeadLetters)]);
      emit(batch);
      outcomes.push(
        await acked.then(
          () => `${name} acked`,
          (error) => `${name}: ${error.message}`,
        ),
      );
    },
  });
  const broken = once('broken', () => Promise.reject(new Error('No broker answers.')));
  const { deps, stored, metrics } = arrange([broken, once('whole', async () => {})]);
  // The model fails on the second post of each.
  const score = async (posts: readonly { readonly text: string }[]) =>
    posts.map(({ text }) => (text === 'post 2' ? undefined : prediction));
  await runPipeline({ ...deps, scorer: { ...deps.scorer, score } }, new AbortController().signal);
  expect(outcomes.sort()).toEqual(['broken: No broker answers.', 'whole acked']);
  expect(stored).toEqual(['whole 1']);
  expect((await metrics.inFlight.get()).values[0]?.value).toBe(0);
});
