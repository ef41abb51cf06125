import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { version } from './version.ts';

/** Histogram buckets: posts per micro-batch. */
const batchSizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const durationBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Every metric of feedpulse in one list. `/metrics` exposes them, and `docs/operations.md` lists them (checked by a test).
 * `run` adds the default process and Node.js metrics of prom-client.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = <L extends string>(
    name: string,
    help: string,
    { buckets = durationBuckets, labelNames = [] }: { buckets?: number[]; labelNames?: readonly L[] } = {},
  ) => new Histogram({ name, help, buckets, labelNames, registers });
  gauge('feedpulse_build_info', 'Always 1; the labels name what is running.', ['version', 'node']).set(
    { version, node: process.versions.node },
    1,
  );
  return {
    registry,
    ready: gauge('feedpulse_ready', '1 while the endpoint answers 200, otherwise 0.', ['endpoint']),
    sourceHealthy: gauge('feedpulse_source_healthy', '1 if the source is healthy or has ended, otherwise 0.', ['source']),
    postsRead: counter('feedpulse_posts_read_total', 'Posts read from a source, excluding dead letters.', ['source']),
    messagesSkipped: counter('feedpulse_messages_skipped_total', 'Messages that are neither posts nor errors.', ['source', 'reason']),
    deadLetters: counter('feedpulse_dead_letters_total', 'Messages written to the dead letters.', ['source', 'reason']),
    postsScored: counter('feedpulse_posts_scored_total', 'Posts scored by the model or served from the score cache.', ['label']),
    postsUnscored: counter('feedpulse_posts_unscored_total', 'Posts of a source in a language that the model does not support.', [
      'source',
    ]),
    lowConfidence: counter(
      'feedpulse_posts_low_confidence_total',
      'Scored posts with a confidence (calibrated probability of the label) below 0.5.',
    ),
    modelPosts: counter('feedpulse_model_posts_total', 'Texts that the model scored: neither empty nor served from the score cache.'),
    earlyExits: counter('feedpulse_model_early_exits_total', 'Texts that left the model at its early exit.'),
    cacheHits: counter('feedpulse_score_cache_hits_total', 'Score cache hits.'),
    truncated: counter('feedpulse_posts_truncated_total', 'Posts of which only the beginning and the end fit into the model.'),
    rowsWritten: counter('feedpulse_rows_written_total', 'Rows acknowledged by ClickHouse.'),
    postsErased: counter('feedpulse_posts_erased_total', 'Posts not stored because they or their author were erased.'),
    postsExpired: counter('feedpulse_posts_expired_total', 'Posts not stored because they are older than the retention.'),
    writeRetries: counter('feedpulse_write_retries_total', 'Insert retries.'),
    bucketsRecomputed: counter('feedpulse_rollup_buckets_total', 'Rollup buckets recomputed.', ['grain']),
    rollupStaleness: gauge(
      'feedpulse_rollup_staleness_seconds',
      'Age of the oldest change that is stored and not in the rollup; 0 if there is none.',
      ['grain'],
    ),
    inferenceSeconds: histogram('feedpulse_inference_seconds', 'Inference time of a micro-batch, including queueing.'),
    batchPosts: histogram('feedpulse_batch_posts', 'Posts per micro-batch.', { buckets: batchSizeBuckets }),
    writeSeconds: histogram('feedpulse_write_seconds', 'Duration of a write until it is acknowledged, including retries.'),
    ingestLatency: histogram('feedpulse_row_latency_seconds', 'Time from reading a post until its row is acknowledged.'),
    inFlight: gauge('feedpulse_posts_in_flight', 'Posts read but not yet durable.'),
    lag: gauge('feedpulse_kafka_lag', 'Consumer lag: messages after the committed offset of the partition.', ['topic', 'partition']),
    offsetGap: counter('feedpulse_kafka_offset_gap_total', 'Messages deleted by the broker before they were read.', ['topic', 'partition']),
    topicRecreated: counter('feedpulse_kafka_topic_recreated_total', 'Times the topic was found deleted and created again.', ['topic']),
    streamReconnects: counter('feedpulse_stream_reconnects_total', 'Interrupted connections of a live source.', ['source']),
    streamGaps: counter('feedpulse_stream_gaps_total', 'Times a live source missed events that its server no longer had.', ['source']),
    streamGapSeconds: counter('feedpulse_stream_gap_seconds_total', 'Seconds of events that a live source missed.', ['source']),
    eventLoopDelay: gauge('feedpulse_event_loop_delay_seconds', 'Event-loop delay, 99th percentile of the last 10 seconds.'),
    alertEvaluations: counter('feedpulse_alert_evaluations_total', 'Evaluations of a rule for a brand.'),
    alertsActive: gauge('feedpulse_alerts_active', 'Alerts that are firing.'),
    alertMessages: counter('feedpulse_alert_messages_total', 'Notification attempts, by channel and outcome.', ['channel', 'outcome']),
    alertSeconds: histogram('feedpulse_alert_evaluation_seconds', 'Duration of one evaluation of all rules and brands.'),
    httpSeconds: histogram('feedpulse_http_request_seconds', 'Duration of HTTP requests, without live streams.', {
      labelNames: ['route', 'status'],
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
