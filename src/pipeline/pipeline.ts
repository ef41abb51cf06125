import { concatAll, lastValueFrom, merge, Observable, tap } from 'rxjs';
import type { AckableBatch, Source } from '../domain/ackable-batch.ts';
import type { Rejection, ScoredPost, SourceRecord } from '../domain/post.ts';
import type { ModelPrediction, Scorer } from '../infer/scorer.ts';
import type { BrandMatcher } from '../ingest/brands/brand-matcher.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import { asError } from '../lib/errors.ts';
import type { EventBus } from '../lib/event-bus.ts';
import type { LoadAverage } from '../lib/load-average.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Writer } from '../sink/writer/writer.ts';
import type { DividableBatch } from './batch-buffer.ts';
import { type BatchOptions, batchMap } from './batch-map.ts';
import { createUnscoredMonitor, type UnscoredMonitor } from './unscored-monitor.ts';

export interface PipelineDeps {
  readonly sources: readonly Source<SourceRecord>[];
  readonly scorer: Scorer;
  readonly brandMatcher: BrandMatcher;
  readonly writer: Writer;
  readonly storedPosts: EventBus<ScoredPost>;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Busy while as many micro-batches are scored as may be at a time: more posts wait, or soon will. */
  readonly load: Pick<LoadAverage, 'set'>;
  readonly log: Log;
}

interface ScoringDeps extends PipelineDeps {
  readonly unscored: UnscoredMonitor;
}

/** A source record with the name of its source and its receive time (monotonic, ms). */
interface ReceivedRecord extends SourceRecord {
  readonly source: string;
  readonly receivedAt: number;
}

/** Micro-batches that are scored at the same time: one is tokenized while the model runs on the other. */
const maxScoring = 2;

interface ScoredRecord extends Pick<ReceivedRecord, 'source' | 'rejectToDeadLetters' | 'receivedAt'> {
  readonly post: ScoredPost;
}

/**
 * The whole flow: posts are read, scored in micro-batches and written in larger ones; then their batches are
 * acknowledged, and their source commits their positions. Resolves when every source has ended, or `signal` was aborted,
 * and everything read is durable. Rejects on the error of a source, or on one that outlasts the retries; the other sources
 * are then stopped.
 */
export async function runPipeline(deps: PipelineDeps, signal: AbortSignal): Promise<void> {
  const { clock, metrics } = deps;
  /** Posts read and not yet acknowledged. */
  let inFlight = 0;
  const addInFlight = (change: number): void => {
    inFlight += change;
    metrics.inFlight.set(inFlight);
  };
  const scoring: BatchOptions<ReceivedRecord> = {
    minSize: 128,
    maxSize: 256,
    weight: { of: estimateTokens, max: 6_000 },
    lingerMs: 100,
    idleMs: 20,
    groupOf: sourceOf,
    concurrency: maxScoring,
    clock,
  };
  let scoringNow = 0;
  const countScoring = (change: number): void => {
    scoringNow += change;
    deps.load.set(scoringNow >= maxScoring);
  };
  const writing: BatchOptions<ScoredRecord> = {
    minSize: 1_000,
    maxSize: 5_000,
    lingerMs: 500,
    idleMs: 50,
    // Flush once every in-flight post is buffered: no more can arrive before these are acknowledged.
    expectsMore: (buffered) => buffered < inFlight,
    concurrency: 1,
    clock,
  };
  const scoringDeps = { ...deps, unscored: createUnscoredMonitor(deps) };
  const flow = readPosts(deps, signal).pipe(
    tap(({ items }) => addInFlight(items.length)),
    batchMap(async (batch) => {
      countScoring(1);
      const scored = await scoreBatch(scoringDeps, batch, (dropped) => addInFlight(-dropped));
      countScoring(-1);
      return scored;
    }, scoring),
    concatAll(),
    batchMap((batch) => writeBatch(deps, batch), writing),
    tap((acknowledged) => addInFlight(-acknowledged)),
  );
  await lastValueFrom(flow, { defaultValue: 0 });
}

/** All sources as one observable. Each bounds its unacknowledged batches, so the sum is bounded too. */
function readPosts(deps: PipelineDeps, signal: AbortSignal): Observable<AckableBatch<ReceivedRecord>> {
  return merge(...deps.sources.map((source) => readSource(deps, source, signal)));
}

/** A source as an observable, which is stopped on unsubscribe. */
function readSource({ metrics, clock }: PipelineDeps, source: Source<SourceRecord>, signal: AbortSignal) {
  return new Observable<AckableBatch<ReceivedRecord>>((subscriber) => {
    const stopping = new AbortController();
    const emit = ({ items, ack, nack }: AckableBatch<SourceRecord>): void => {
      if (subscriber.closed) {
        nack(new Error('The pipeline has stopped.'));
        return;
      }
      const receivedAt = monotonicNow(clock);
      metrics.postsRead.inc({ source: source.name }, items.length);
      subscriber.next({ items: items.map((item) => ({ ...item, source: source.name, receivedAt })), ack, nack });
    };
    source.run(emit, AbortSignal.any([signal, stopping.signal])).then(
      () => subscriber.complete(),
      (thrown) => subscriber.error(thrown),
    );
    return () => stopping.abort(new Error('The pipeline has stopped.'));
  });
}

const sourceOf = ({ source }: Pick<ReceivedRecord, 'source'>): string => source;

/**
 * Scores a micro-batch, and returns the part of each source. Posts on which the model fails go to the dead letters. A part
 * whose dead letters cannot be written is rejected, and the whole batch if scoring fails. `onDropped` is called with the
 * number of posts that go no further.
 */
async function scoreBatch(
  deps: ScoringDeps,
  batch: DividableBatch<ReceivedRecord>,
  onDropped: (posts: number) => void,
): Promise<readonly AckableBatch<ScoredRecord>[]> {
  const { scorer, metrics, clock } = deps;
  const stopTimer = metrics.inferenceSeconds.startTimer();
  metrics.batchPosts.observe(batch.items.length);
  try {
    const predictions = await scorer.score(batch.items.map(({ post }) => post));
    const scoredAt = new Date(clock.now()).toISOString();
    const scored: ScoredRecord[] = [];
    const rejected: ReceivedRecord[] = [];
    for (const [index, item] of batch.items.entries()) {
      const prediction = predictions[index];
      if (prediction) scored.push({ ...item, post: toScoredPost(deps, item, prediction, scoredAt) });
      else rejected.push(item);
    }
    const failures = await rejectPosts(rejected, 'inference-failed');
    return [...batch.divide(sourceOf)].flatMap(([source, part]) => {
      const failure = failures.get(source);
      const items = failure ? [] : scored.filter((item) => item.source === source);
      onDropped(part.items.length - items.length);
      if (!failure) return [{ ...part, items }];
      part.nack(failure);
      return [];
    });
  } catch (thrown) {
    batch.nack(asError(thrown));
    onDropped(batch.items.length);
    return [];
  } finally {
    stopTimer();
  }
}

/** Writes posts to the dead letters of their sources. Returns the errors by source: one must not affect the others. */
async function rejectPosts(items: readonly Pick<ReceivedRecord, 'source' | 'rejectToDeadLetters'>[], reason: Rejection) {
  const failures = new Map<string, Error>();
  const reject = async ({ source, rejectToDeadLetters }: (typeof items)[number]): Promise<void> => {
    await rejectToDeadLetters(reason).catch((thrown: unknown) => failures.set(source, asError(thrown)));
  };
  await Promise.all(items.map(reject));
  return failures;
}

/** Below 0.5, the other labels together are more likely than the predicted one. */
const lowConfidence = 0.5;

function toScoredPost(
  { brandMatcher, metrics, unscored }: ScoringDeps,
  { post, position, source }: ReceivedRecord,
  prediction: ModelPrediction,
  scoredAt: string,
): ScoredPost {
  metrics.postsScored.inc({ label: prediction.label });
  if (post.text !== '') unscored.observe(source, prediction.label); // a deletion has no language
  if (prediction.truncated) metrics.truncated.inc();
  if (prediction.label !== 'unscored' && prediction.confidence < lowConfidence) metrics.lowConfidence.inc();
  const mentions = { brands: brandMatcher.match(post.text), brandsHash: brandMatcher.hash };
  return { ...post, ...prediction, ...mentions, scoredAt, position };
}

/** Writes a batch, publishes its posts and acknowledges it. Resolves to its number of posts, even if the batch was nacked. */
async function writeBatch({ writer, storedPosts, metrics, clock }: PipelineDeps, batch: DividableBatch<ScoredRecord>): Promise<number> {
  const rows = batch.items.map(({ post }) => post);
  const stopTimer = metrics.writeSeconds.startTimer();
  try {
    const notStored = await writer.write(rows);
    const rejected = new Set(notStored.rejected);
    const failures = await rejectPosts(
      batch.items.filter(({ post }) => rejected.has(post)),
      'insert-rejected',
    );
    const notWritten = new Set([...rejected, ...notStored.skipped]);
    const stored = batch.items.filter(({ post }) => !notWritten.has(post));
    const now = monotonicNow(clock);
    for (const { receivedAt } of stored) metrics.ingestLatency.observe((now - receivedAt) / 1_000);
    metrics.rowsWritten.inc(stored.length);
    storedPosts.publish(stored.map(({ post }) => post));
    for (const [source, part] of batch.divide(sourceOf)) {
      const failure = failures.get(source);
      if (failure) part.nack(failure);
      else part.ack();
    }
  } catch (thrown) {
    batch.nack(asError(thrown));
  } finally {
    stopTimer();
  }
  return rows.length;
}

/** About four characters per WordPiece token in English, plus [CLS] and [SEP]. */
function estimateTokens({ post }: SourceRecord): number {
  return 2 + Math.ceil(post.text.length / 4);
}
