import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAckableBatch, type Source } from '../../src/domain/ackable-batch.ts';
import type { Post, ScoredPost, SourceRecord } from '../../src/domain/post.ts';
import { toPrediction, unscoredPrediction } from '../../src/infer/predict.ts';
import type { Scorer } from '../../src/infer/scorer.ts';
import { createBrandMatcher } from '../../src/ingest/brands/brand-matcher.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createEventBus } from '../../src/lib/event-bus.ts';
import { createLoadAverage } from '../../src/lib/load-average.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { runPipeline } from '../../src/pipeline/pipeline.ts';
import type { Database } from '../../src/sink/client/connection.ts';
import { createWriter } from '../../src/sink/writer/writer.ts';
import { openTestDatabase, queryRows, quiet } from '../support/test-database.ts';

let db: Database;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
});
afterAll(() => remove());

const createdAt = '2026-11-01T12:00:00.000Z';
const post = (id: string, overrides: Partial<Post> = {}): Post => ({
  ...{ platform: 'chirper', id, text: `Post ${id} about Brixomel`, createdAt, updatedAt: createdAt, deleted: false },
  author: { id: 'ines' },
  ...overrides,
});

/** Emits each list of posts as a batch, one after the other is acknowledged. */
function sourceOf(batches: readonly (readonly Post[])[]): Source<SourceRecord> {
  return {
    name: 'test',
    healthIssue: () => undefined,
    run: async (emit) => {
      for (const posts of batches) {
        const items = posts.map((post, offset) => ({
          post,
          position: { topic: 'posts', partition: 0, offset: `${offset}` },
          rejectToDeadLetters: async () => {
            throw new Error('no post should be rejected');
          },
        }));
        const { batch, acked } = createAckableBatch(items);
        emit(batch);
        await acked;
      }
    },
  };
}

/** Labels every text positive; leaves empty ones unscored, as the real scorer does. */
const scorer = {
  score: async (posts) =>
    posts.map(({ text }) => ({
      ...(text === '' ? unscoredPrediction('und') : toPrediction({ probabilities: [0.1, 0.2, 0.7], truncated: false }, 'en')),
      modelVersion: 'm1',
    })),
} as Pick<Scorer, 'score'> as Scorer; // the pipeline needs no more of it

test('the deletion of an author deletes stored posts, and is neither counted nor published as a post', async () => {
  const metrics = createMetrics();
  const storedPosts = createEventBus<ScoredPost>();
  const published: string[] = [];
  storedPosts.subscribe(({ id }) => published.push(id));
  const deletion = post('author:ines', { text: '', updatedAt: '2026-11-01T13:00:00.000Z', deleted: true, deletesAuthor: true });
  const source = sourceOf([
    [post('1'), post('2', { author: { id: 'tomas' } })],
    [deletion, post('3')],
  ]);
  const writer = createWriter({ db, clock: systemClock, log: quiet, metrics });
  const brandMatcher = createBrandMatcher([{ name: 'Brixomel', aliases: [], exclude: [], timeZone: 'UTC' }]);
  await runPipeline(
    {
      sources: [source],
      scorer,
      brandMatcher,
      writer,
      storedPosts,
      metrics,
      clock: systemClock,
      load: createLoadAverage(systemClock),
      log: quiet,
    },
    new AbortController().signal,
  );
  expect(published).toEqual(['1', '2', '3']);
  expect((await metrics.rowsWritten.get()).values[0]?.value).toBe(3);
  expect(await queryRows(db, 'SELECT id FROM posts FINAL WHERE NOT deleted')).toEqual([{ id: '2' }]);
});
