import { lastValueFrom, Observable, tap } from 'rxjs';
import type { AckableBatch, Source } from '../domain/ackable-batch.ts';
import type { Prediction, ScoredPost, SourceRecord } from '../domain/post.ts';
import type { Scorer } from '../infer/scorer.ts';
import type { BrandMatcher } from '../ingest/brands/brand-matcher.ts';
import type { Clock } from '../lib/clock.ts';
import { asError } from '../lib/errors.ts';
import type { PostBus } from '../lib/event-bus.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Writer } from '../sink/writer/writer.ts';
import { type BatchOptions, batchMap } from './batch-map.ts';

export interface PipelineParts {
  readonly source: Source<SourceRecord>;
  readonly scorer: Scorer;
  readonly brands: BrandMatcher;
  readonly writer: Writer;
  readonly live: PostBus;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** A post on its way, and when it was read (ms since 1970). */
interface Read extends SourceRecord {
  readonly readAt: number;
}

interface Scored extends Pick<Read, 'rejectToDeadLetters' | 'readAt'> {
  readonly row: ScoredPost;
}

/**
 * The whole flow: posts are read, scored in micro-batches, written in larger ones, and their envelopes
 * settled, upon which the source commits. Resolves when the source has ended or `signal` was aborted and
 * everything read is durable; rejects on a fault that did not pass.
 */
export async function runPipeline(parts: PipelineParts, signal: AbortSignal): Promise<void> {
  const { clock, metrics } = parts;
  /** Posts read and not yet durable. */
  let inFlight = 0;
  const scoring: BatchOptions<Read> = {
    size: 128,
    maxSize: 256,
    weight: { of: estimatedTokens, max: 6_000 },
    lingerMs: 100,
    idleMs: 20,
    concurrency: 2,
    clock,
  };
  const writing: BatchOptions<Scored> = {
    size: 1_000,
    maxSize: 5_000,
    lingerMs: 500,
    idleMs: 50,
    // When all that was read waits here already, waiting longer gathers nothing.
    expectsMore: (waiting) => waiting < inFlight,
    concurrency: 1,
    clock,
  };
  const count = (change: number): void => {
    inFlight += change;
    metrics.inFlight.set(inFlight);
  };
  const flow = read(parts, signal).pipe(
    tap(({ items }) => count(items.length)),
    batchMap((batch) => score(parts, batch, (refused) => count(-refused)), scoring),
    batchMap((batch) => write(parts, batch), writing),
    tap((settled) => count(-settled)),
  );
  await lastValueFrom(flow, { defaultValue: 0 });
}

/** The feed as an observable; each post stamped with when it was read. */
function read({ source, metrics, clock }: PipelineParts, signal: AbortSignal): Observable<AckableBatch<Read>> {
  return new Observable((subscriber) => {
    const offer = (envelope: AckableBatch<SourceRecord>): void => {
      const readAt = clock.now();
      metrics.postsRead.inc({ source: source.name }, envelope.items.length);
      subscriber.next({ items: envelope.items.map((item) => ({ ...item, readAt })), settle: envelope.settle });
    };
    source.run(offer, signal).then(
      () => subscriber.complete(),
      (thrown) => subscriber.error(thrown),
    );
  });
}

/**
 * Scores a micro-batch. Posts that the model fails on leave it for the dead letters; where it fails on everything,
 * the batch is settled with the error and travels on empty.
 */
async function score(parts: PipelineParts, batch: AckableBatch<Read>, refused: (posts: number) => void): Promise<AckableBatch<Scored>> {
  const { scorer, metrics, clock } = parts;
  const stopTimer = metrics.inferenceSeconds.startTimer();
  metrics.batchPosts.observe(batch.items.length);
  try {
    const predictions = await scorer.score(batch.items.map(({ post }) => post));
    const scoredAt = new Date(clock.now()).toISOString();
    const scored: Scored[] = [];
    const poison: Read[] = [];
    for (const [index, item] of batch.items.entries()) {
      const prediction = predictions[index];
      if (prediction) scored.push({ ...item, row: toScoredPost(parts, item, prediction, scoredAt) });
      else poison.push(item);
    }
    await Promise.all(poison.map((item) => item.rejectToDeadLetters('inference-failed')));
    refused(poison.length);
    return { items: scored, settle: batch.settle };
  } catch (thrown) {
    batch.settle(asError(thrown));
    return { items: [], settle: () => {} };
  } finally {
    stopTimer();
  }
}

/** Below it the model finds its own label less likely than the others together. */
const lowConfidence = 0.5;

function toScoredPost(
  { scorer, brands, metrics }: PipelineParts,
  { post, position }: Read,
  prediction: Prediction,
  scoredAt: string,
): ScoredPost {
  metrics.postsScored.inc({ label: prediction.label });
  if (prediction.truncated) metrics.truncated.inc();
  if (prediction.label !== 'unscored' && prediction.confidence < lowConfidence) metrics.lowConfidence.inc();
  const mentions = { brands: brands.match(post.text), brandsHash: brands.hash };
  return { ...post, ...prediction, ...mentions, modelVersion: scorer.model.id, scoredAt, position };
}

/** Writes a batch, shows it to whoever looks on, and settles it. Resolves to the number of posts settled. */
async function write({ writer, live, metrics, clock }: PipelineParts, batch: AckableBatch<Scored>): Promise<number> {
  const rows = batch.items.map(({ row }) => row);
  const stopTimer = metrics.writeSeconds.startTimer();
  try {
    const notStored = await writer.write(rows);
    const refused = new Set(notStored.refused);
    await Promise.all(batch.items.map(({ row, rejectToDeadLetters }) => refused.has(row) && rejectToDeadLetters('insert-rejected')));
    const missing = new Set([...refused, ...notStored.leftOut]);
    const stored = batch.items.filter(({ row }) => !missing.has(row));
    const now = clock.now();
    for (const { readAt } of stored) metrics.rowLatency.observe((now - readAt) / 1_000);
    metrics.rowsWritten.inc(stored.length);
    live.publish(stored.map(({ row }) => row));
    batch.settle();
  } catch (thrown) {
    batch.settle(asError(thrown));
  } finally {
    stopTimer();
  }
  return rows.length;
}

/** English needs about four characters a WordPiece; two more mark the ends. */
function estimatedTokens({ post }: SourceRecord): number {
  return 2 + Math.ceil(post.text.length / 4);
}
