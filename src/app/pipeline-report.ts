import { storedLabels } from '../domain/post.ts';
import type { ModelReport, PipelineReport, PipelineStatus } from '../domain/status.ts';
import type { ActiveModel } from '../infer/loaded-model.ts';
import type { ModelInfo } from '../infer/model/model.ts';
import type { Scorer } from '../infer/scorer.ts';
import type { Clock } from '../lib/clock.ts';
import type { Metrics } from '../lib/metrics.ts';
import { version } from '../lib/version.ts';
import type { Database } from '../sink/client/connection.ts';
import { countDirty, minuteRollup, rollup15m } from '../sink/queries/rollups.ts';
import { readStorage } from '../sink/queries/storage.ts';
import type { RecentMetrics } from './recent-metrics.ts';

export interface PipelineReportDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly recent: RecentMetrics;
  readonly models: Scorer['models'];
  readonly db: Pick<Database, 'maintenance' | 'reader'>;
  readonly status: () => PipelineStatus;
}

/** Reads readiness, throughput, latencies, lag, dead letters, model, memory and disk usage of this process. */
export function createPipelineReport({ clock, metrics, recent, models, db, status }: PipelineReportDeps): () => Promise<PipelineReport> {
  const startedAt = new Date(clock.now()).toISOString();
  return async () => {
    const { ready, degraded, components, sources, postsPerSecond } = status();
    return {
      version,
      startedAt,
      ready,
      degraded,
      components,
      sources,
      postsPerSecond,
      posts: await readCounts(metrics),
      recent: {
        inferenceSeconds: recent.quantiles('inferenceSeconds'),
        writeSeconds: recent.quantiles('writeSeconds'),
        ingestLatencySeconds: recent.quantiles('ingestLatency'),
        batchPosts: recent.quantiles('batchPosts'),
      },
      pending: await readPending(db).catch(() => null), // the rest of the report is most needed while the database is down
      lag: await readLag(metrics),
      deadLetters: await readDeadLetters(metrics),
      lowConfidenceShare: await readLowConfidenceShare(metrics),
      exitShare: await readExitShare(metrics),
      model: describeModel(models[0]),
      models: models.map(describeModel),
      process: { memoryBytes: process.memoryUsage.rss(), eventLoopDelaySeconds: await readTotal(metrics.eventLoopDelay) },
      storage: await readStorage(db.maintenance).catch(() => null), // the database user may lack the permission
    };
  };
}

async function readPending({ reader }: PipelineReportDeps['db']): Promise<PipelineReport['pending']> {
  return { minute: await countDirty(reader, minuteRollup), '15m': await countDirty(reader, rollup15m) };
}

type MetricReader = { get(): Promise<{ values: readonly { value: number }[] }> };

const readTotal = async (metric: MetricReader): Promise<number> => (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);

async function readCounts(metrics: Metrics): Promise<PipelineReport['posts']> {
  return {
    read: await readTotal(metrics.postsRead),
    scored: await readTotal(metrics.postsScored),
    written: await readTotal(metrics.rowsWritten),
    inFlight: await readTotal(metrics.inFlight),
    cacheHits: await readTotal(metrics.cacheHits),
    truncated: await readTotal(metrics.truncated),
  };
}

async function readLag({ lag }: Metrics): Promise<PipelineReport['lag']> {
  const { values } = await lag.get();
  return values
    .map(({ labels, value }) => ({ topic: String(labels.topic), partition: Number(labels.partition), messages: Math.max(0, value) }))
    .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
}

async function readDeadLetters({ deadLetters }: Metrics): Promise<Record<string, number>> {
  const byReason: Record<string, number> = {};
  for (const { labels, value } of (await deadLetters.get()).values) {
    const reason = String(labels.reason);
    byReason[reason] = (byReason[reason] ?? 0) + value;
  }
  return byReason;
}

/** Unscored posts have no confidence and are left out. */
async function readLowConfidenceShare({ postsScored, lowConfidence }: Metrics): Promise<number | null> {
  const { values } = await postsScored.get();
  const scored = values.filter(({ labels }) => labels.label !== storedLabels.at(-1)).reduce((sum, { value }) => sum + value, 0);
  return scored === 0 ? null : (await readTotal(lowConfidence)) / scored;
}

async function readExitShare({ modelPosts, earlyExits }: Metrics): Promise<number | null> {
  const posts = await readTotal(modelPosts);
  return posts === 0 ? null : (await readTotal(earlyExits)) / posts;
}

function describeModel({ info, languages }: ActiveModel): ModelReport {
  const { id, maxLength, temperature, files, figures, quality } = info;
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const settings = { version: id, languages: [...languages], maxTokens: maxLength, temperature, bytes };
  return { ...settings, metrics: figures?.int8 ?? null, quality: quality ? byLanguage(quality) : null };
}

function byLanguage(quality: NonNullable<ModelInfo['quality']>): NonNullable<ModelReport['quality']> {
  const entries = Object.entries(quality).map(
    ([language, { macroRecall, macroF1, calibrationError }]) => [language, { macroRecall, macroF1, calibrationError }] as const,
  );
  return Object.fromEntries(entries);
}
