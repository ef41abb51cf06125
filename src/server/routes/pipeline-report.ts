import { z } from 'zod';
import { storedLabels } from '../../domain/post.ts';
import type { PipelineReport, PipelineStatus } from '../../domain/status.ts';
import type { ModelInfo } from '../../infer/model/model.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { version } from '../../lib/version.ts';
import type { Database } from '../../sink/client/connection.ts';
import { readStorage } from '../../sink/queries/maintenance.ts';
import type { App } from '../http/create-app.ts';
import type { RecentMetrics } from './recent-metrics.ts';
import { count, fraction } from './response-schemas.ts';

const quantiles = z.strictObject({ p50: z.number(), p95: z.number() }).nullable();
const modelMetrics = z.strictObject({ macroRecall: fraction, accuracy: fraction, calibrationError: fraction });

export const pipelineResponse = z.strictObject({
  version: z.string(),
  startedAt: z.iso.datetime(),
  ready: z.boolean(),
  components: z.record(z.string(), z.string()).describe('Per component: `ok`, or its health issue'),
  source: z.string(),
  postsPerSecond: z.number().describe('Mean over ten seconds'),
  posts: z
    .strictObject({ read: count, scored: count, written: count, inFlight: count, cacheHits: count, truncated: count })
    .describe('Since the start'),
  recent: z
    .strictObject({
      inferenceSeconds: quantiles.describe('Per micro-batch, including queueing'),
      writeSeconds: quantiles.describe('Per acknowledged write'),
      rowSeconds: quantiles.describe('From reading a post to its stored row'),
      batchPosts: quantiles.describe('Posts per micro-batch'),
    })
    .describe('Last minute; null without observations'),
  lag: z.array(z.strictObject({ topic: z.string(), partition: count, messages: count })).readonly(),
  deadLetters: z.record(z.string(), count).describe('By reason, since the start'),
  lowConfidence: fraction.nullable().describe('Share of scored posts with a confidence below 50 %, since the start'),
  model: z.strictObject({
    version: z.string(),
    languages: z.array(z.string()).readonly(),
    maxTokens: count,
    temperature: z.number(),
    bytes: count,
    figures: modelMetrics.nullable().describe('Quality of the running weights on the validation posts'),
  }),
  process: z.strictObject({ memoryBytes: count, eventLoopDelaySeconds: z.number() }),
  storage: z
    .array(z.strictObject({ table: z.string(), rows: count, bytes: count }))
    .readonly()
    .nullable()
    .describe('null if the database does not permit reading it'),
}) satisfies z.ZodType<PipelineReport>;

const schema = {
  summary: 'State of this process: readiness, throughput, latencies, lag, dead letters, model, memory and disk',
  response: { 200: pipelineResponse.describe('State as of now') },
};

export function registerPipelineRoute(app: App, read: () => Promise<PipelineReport>): void {
  app.get('/api/v1/pipeline', { config: { role: 'viewer' }, schema }, read);
}

export interface PipelineReportDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly recent: RecentMetrics;
  readonly model: ModelInfo;
  readonly db: Pick<Database, 'maintenance'>;
  readonly status: () => PipelineStatus;
}

/** Reads readiness, throughput, latencies, lag, dead letters, model, memory and disk usage of this process. */
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
      storage: await readStorage(db.maintenance).catch(() => null), // the database user may lack the permission
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

/** Unscored posts have no confidence and are left out. */
async function lowConfidenceOf({ postsScored, lowConfidence }: Metrics): Promise<number | null> {
  const { values } = await postsScored.get();
  const scored = values.filter(({ labels }) => labels.label !== storedLabels.at(-1)).reduce((sum, { value }) => sum + value, 0);
  return scored === 0 ? null : (await sumOf(lowConfidence)) / scored;
}

function describe({ id, languages, maxLength, temperature, files, figures }: ModelInfo): PipelineReport['model'] {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  return { version: id, languages: [...languages], maxTokens: maxLength, temperature, bytes, figures: figures?.int8 ?? null };
}
