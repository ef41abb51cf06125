import { lastValueFrom, Observable, tap } from 'rxjs';
import type { Envelope, Source } from '../domain/ackable-batch.ts';
import type { FeedItem, ScoredPost, Verdict } from '../domain/post.ts';
import type { Scorer } from '../infer/scorer.ts';
import type { BrandMatcher } from '../ingest/brands/brand-matcher.ts';
import type { Clock } from '../lib/clock.ts';
import { asError } from '../lib/errors.ts';
import type { LiveHub } from '../lib/event-bus.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Writer } from '../sink/writer/writer.ts';
import { type Batching, batchInto } from './batch-map.ts';

export interface PipelineParts {
  readonly source: Source<FeedItem>;
  readonly scorer: Scorer;
  readonly brands: BrandMatcher;
  readonly writer: Writer;
  readonly live: LiveHub;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** A post on its way, and when it was read (ms since 1970). */
interface Read extends FeedItem {
  readonly readAt: number;
}

interface Scored extends Pick<Read, 'refuse' | 'readAt'> {
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
  const scoring: Batching<Read> = {
    size: 128,
    largest: 256,
    weigh: { of: estimatedTokens, due: 6_000 },
    ageMs: 100,
    quietMs: 20,
    concurrency: 2,
    clock,
  };
  const writing: Batching<Scored> = {
    size: 1_000,
    largest: 5_000,
    ageMs: 500,
    quietMs: 50,
    // When all that was read waits here already, waiting longer gathers nothing.
    moreComing: (waiting) => waiting < inFlight,
    concurrency: 1,
    clock,
  };
  const count = (change: number): void => {
    inFlight += change;
    metrics.inFlight.set(inFlight);
  };
  const flow = read(parts, signal).pipe(
    tap(({ items }) => count(items.length)),
    batchInto((batch) => score(parts, batch, (refused) => count(-refused)), scoring),
    batchInto((batch) => write(parts, batch), writing),
    tap((settled) => count(-settled)),
  );
  await lastValueFrom(flow, { defaultValue: 0 });
}

/** The feed as an observable; each post stamped with when it was read. */
function read({ source, metrics, clock }: PipelineParts, signal: AbortSignal): Observable<Envelope<Read>> {
  return new Observable((subscriber) => {
    const offer = (envelope: Envelope<FeedItem>): void => {
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
async function score(parts: PipelineParts, batch: Envelope<Read>, refused: (posts: number) => void): Promise<Envelope<Scored>> {
  const { scorer, metrics, clock } = parts;
  const stopTimer = metrics.inferenceSeconds.startTimer();
  metrics.batchPosts.observe(batch.items.length);
  try {
    const verdicts = await scorer.score(batch.items.map(({ post }) => post));
    const scoredAt = new Date(clock.now()).toISOString();
    const scored: Scored[] = [];
    const poison: Read[] = [];
    for (const [index, item] of batch.items.entries()) {
      const verdict = verdicts[index];
      if (verdict) scored.push({ ...item, row: toScoredPost(parts, item, verdict, scoredAt) });
      else poison.push(item);
    }
    await Promise.all(poison.map((item) => item.refuse('model-refused')));
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
  verdict: Verdict,
  scoredAt: string,
): ScoredPost {
  metrics.postsScored.inc({ label: verdict.label });
  if (verdict.truncated) metrics.truncated.inc();
  if (verdict.label !== 'unscored' && verdict.confidence < lowConfidence) metrics.lowConfidence.inc();
  const mentions = { brands: brands.match(post.text), brandsHash: brands.hash };
  return { ...post, ...verdict, ...mentions, modelVersion: scorer.model.id, scoredAt, position };
}

/** Writes a batch, shows it to whoever looks on, and settles it. Resolves to the number of posts settled. */
async function write({ writer, live, metrics, clock }: PipelineParts, batch: Envelope<Scored>): Promise<number> {
  const rows = batch.items.map(({ row }) => row);
  const stopTimer = metrics.writeSeconds.startTimer();
  try {
    const notStored = await writer.write(rows);
    const refused = new Set(notStored.refused);
    await Promise.all(batch.items.map(({ row, refuse }) => refused.has(row) && refuse('row-refused')));
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
function estimatedTokens({ post }: FeedItem): number {
  return 2 + Math.ceil(post.text.length / 4);
}
