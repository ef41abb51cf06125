import { z } from 'zod';
import { storedLabels } from '../../domain/post.ts';
import type { PipelineReport, PipelineStatus } from '../../domain/status.ts';
import type { ModelInfo } from '../../infer/model/model.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { version } from '../../lib/version.ts';
import type { Database } from '../../sink/client/connection.ts';
import { readStorage } from '../../sink/maintenance/storage.ts';
import type { RecentMetrics } from './recent-metrics.ts';

const count = z.int().min(0);
const fraction = z.number().min(0).max(1);
const quantiles = z.strictObject({ p50: z.number(), p95: z.number() }).nullable();
const modelFigures = z.strictObject({ macroRecall: fraction, accuracy: fraction, calibrationError: fraction });

/** A test holds the answer to it, and the OpenAPI document shows it. */
export const pipelineResponse = z.strictObject({
  version: z.string(),
  startedAt: z.iso.datetime(),
  ready: z.boolean(),
  components: z.record(z.string(), z.string()).describe('Each component: `ok`, or what is wrong'),
  source: z.string(),
  postsPerSecond: z.number().describe('On average over ten seconds'),
  posts: z
    .strictObject({ read: count, scored: count, written: count, inFlight: count, cacheHits: count, truncated: count })
    .describe('Since the start'),
  recent: z
    .strictObject({
      inferenceSeconds: quantiles.describe('Of a micro-batch, queueing included'),
      writeSeconds: quantiles.describe('Of a durable write'),
      rowSeconds: quantiles.describe('From reading a post to its row'),
      batchPosts: quantiles.describe('Posts of a micro-batch'),
    })
    .describe('Of the last minute; null where nothing happened'),
  lag: z.array(z.strictObject({ topic: z.string(), partition: count, messages: count })),
  deadLetters: z.record(z.string(), count).describe('By reason, since the start'),
  lowConfidence: fraction.nullable().describe('Of the scored posts since the start, those the model gives less than 50 %'),
  model: z.strictObject({
    version: z.string(),
    languages: z.array(z.string()),
    maxTokens: count,
    temperature: z.number(),
    bytes: count,
    figures: modelFigures.nullable().describe('Of the weights that run, on the validation posts'),
  }),
  process: z.strictObject({ memoryBytes: count, eventLoopDelaySeconds: z.number() }),
  storage: z
    .array(z.strictObject({ table: z.string(), rows: count, bytes: count }))
    .nullable()
    .describe('null where the database does not tell'),
}) satisfies z.ZodType<PipelineReport>;

export interface PipelineReportDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly recent: RecentMetrics;
  readonly model: ModelInfo;
  readonly db: Pick<Database, 'upkeep'>;
  readonly status: () => PipelineStatus;
}

/** What this process is doing, for people: readiness, pace, delays, lag, dead letters, model, memory and disk. */
export function createPipelineReport({ clock, metrics, recent, model, db, status }: PipelineReportDeps): () => Promise<PipelineReport> {
  const startedAt = new Date(clock.now()).toISOString();
  return async () => {
    const { ready, components, source, postsPerSecond } = status();
    return {
      version,
      startedAt,
      ready,
      components,
      source,
      postsPerSecond,
      posts: await countsOf(metrics),
      recent: {
        inferenceSeconds: recent.quantiles('inferenceSeconds'),
        writeSeconds: recent.quantiles('writeSeconds'),
        rowSeconds: recent.quantiles('rowLatency'),
        batchPosts: recent.quantiles('batchPosts'),
      },
      lag: await lagOf(metrics),
      deadLetters: await byReason(metrics),
      lowConfidence: await lowConfidenceOf(metrics),
      model: describe(model),
      process: { memoryBytes: process.memoryUsage.rss(), eventLoopDelaySeconds: await sumOf(metrics.eventLoopDelay) },
      storage: await readStorage(db.upkeep).catch(() => null), // a user of the database may not look at it
    };
  };
}

type Readable = { get(): Promise<{ values: readonly { value: number }[] }> };

const sumOf = async (metric: Readable): Promise<number> => (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);

async function countsOf(metrics: Metrics): Promise<PipelineReport['posts']> {
  return {
    read: await sumOf(metrics.postsRead),
    scored: await sumOf(metrics.postsScored),
    written: await sumOf(metrics.rowsWritten),
    inFlight: await sumOf(metrics.inFlight),
    cacheHits: await sumOf(metrics.cacheHits),
    truncated: await sumOf(metrics.truncated),
  };
}

async function lagOf({ lag }: Metrics): Promise<PipelineReport['lag']> {
  const { values } = await lag.get();
  return values
    .map(({ labels, value }) => ({ topic: String(labels.topic), partition: Number(labels.partition), messages: Math.max(0, value) }))
    .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
}

async function byReason({ deadLetters }: Metrics): Promise<Record<string, number>> {
  const { values } = await deadLetters.get();
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels.reason), value]));
}

/** Unscored posts have no confidence, and are no part of it. */
async function lowConfidenceOf({ postsScored, lowConfidence }: Metrics): Promise<number | null> {
  const { values } = await postsScored.get();
  const scored = values.filter(({ labels }) => labels.label !== storedLabels.at(-1)).reduce((sum, { value }) => sum + value, 0);
  return scored === 0 ? null : (await sumOf(lowConfidence)) / scored;
}

function describe({ id, languages, maxLength, temperature, files, figures }: ModelInfo): PipelineReport['model'] {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  return { version: id, languages: [...languages], maxTokens: maxLength, temperature, bytes, figures: figures?.int8 ?? null };
}
