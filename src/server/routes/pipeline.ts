import { z } from 'zod';
import type { PipelineReport } from '../../domain/status.ts';
import type { App } from '../http/create-app.ts';
import { count, fraction } from './response-schemas.ts';

const quantiles = z.strictObject({ p50: z.number(), p95: z.number() }).nullable();
const modelMetrics = z.strictObject({ macroRecall: fraction, accuracy: fraction, calibrationError: fraction });

const languageQuality = z.strictObject({ macroRecall: fraction, macroF1: fraction, calibrationError: fraction });
const modelReport = z.strictObject({
  version: z.string(),
  languages: z.array(z.string()).readonly().describe('Languages that it is used for'),
  maxTokens: count,
  temperature: z.number(),
  bytes: count,
  metrics: modelMetrics.nullable().describe('Metrics of the loaded weights on the validation set'),
  quality: z.record(z.string(), languageQuality).nullable().describe('Metrics by language'),
});

const sourceStatus = z.strictObject({
  name: z.string(),
  type: z.string(),
  state: z.enum(['running', 'failed', 'ended']).describe('failed: not retried'),
  issue: z.string().nullable().describe('Health issue; null if healthy'),
  postsPerSecond: z.number().describe('Posts read, mean over ten seconds'),
  lag: count.nullable().describe('Messages; null for a source without partitions'),
  behindSeconds: z.number().nullable().describe('Age of the newest message of a live source'),
  endpoint: z.string().nullable().describe('Server to which a live source is connected'),
  deadLetters: count.describe('Since the start'),
  skipped: count.describe('Messages since the start that are neither posts nor dead letters'),
  gaps: count.describe('Since the start: messages (Kafka) or times (live sources) that the server had deleted before they were read'),
});

export const pipelineResponse = z.strictObject({
  version: z.string(),
  startedAt: z.iso.datetime(),
  ready: z.boolean().describe('At least one source, the model and the database are healthy'),
  degraded: z.boolean().describe('Ready, but one of several sources is not healthy'),
  components: z.record(z.string(), z.string()).describe('Per component: `ok`, or its health issue'),
  sources: z.array(sourceStatus).readonly(),
  postsPerSecond: z.number().describe('Mean over ten seconds'),
  posts: z
    .strictObject({ read: count, scored: count, written: count, inFlight: count, cacheHits: count, truncated: count })
    .describe('Since the start'),
  recent: z
    .strictObject({
      inferenceSeconds: quantiles.describe('Per micro-batch, including queueing'),
      writeSeconds: quantiles.describe('Per acknowledged write'),
      ingestLatencySeconds: quantiles.describe('From reading a post to its stored row'),
      batchPosts: quantiles.describe('Posts per micro-batch'),
    })
    .describe('Last minute; null without observations'),
  pending: z
    .strictObject({ minute: count, '15m': count })
    .nullable()
    .describe('Minutes with stored posts that the minute and the 15-minute rollup do not contain yet; null if the database cannot be read'),
  lag: z.array(z.strictObject({ topic: z.string(), partition: count, messages: count })).readonly(),
  deadLetters: z.record(z.string(), count).describe('By reason, since the start'),
  lowConfidenceShare: fraction.nullable().describe('Share of scored posts with a confidence below 50%, since the start'),
  exitShare: fraction.nullable().describe('Share of the texts run through the model that left it at its early exit, since the start'),
  model: modelReport.describe('The first of `models`'),
  models: z.array(modelReport).readonly().describe('In the order of preference: a post goes to the first that reads its language'),
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
