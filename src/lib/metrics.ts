import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Posts of a micro-batch. */
const posts = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Every metric of the pipeline, in one list: /metrics prints these names and docs/operations.md explains them. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets = seconds) => new Histogram({ name, help, buckets, registers });
  return {
    registry,
    postsRead: counter('feedpulse_posts_read_total', 'Posts taken from a feed, dead letters not among them.', ['source']),
    deadLetters: counter('feedpulse_dead_letters_total', 'Messages that could not become a post.', ['reason']),
    postsScored: counter('feedpulse_posts_scored_total', 'Posts that went through the model or its cache.', ['label']),
    lowConfidence: counter(
      'feedpulse_posts_low_confidence_total',
      'Scored posts whose label has a calibrated probability of less than 50 %.',
    ),
    cacheHits: counter('feedpulse_score_cache_hits_total', 'Texts answered from the score cache.'),
    truncated: counter('feedpulse_posts_truncated_total', 'Posts longer than the model reads.'),
    rowsWritten: counter('feedpulse_rows_written_total', 'Rows acknowledged by ClickHouse.'),
    postsErased: counter('feedpulse_posts_erased_total', 'Posts left out because they, or their author, were erased.'),
    postsExpired: counter('feedpulse_posts_expired_total', 'Posts left out because they are older than posts are kept.'),
    writeRetries: counter('feedpulse_write_retries_total', 'Inserts tried again after a fault.'),
    bucketsRecomputed: counter('feedpulse_rollup_buckets_total', 'Rollup buckets recomputed.', ['grain']),
    inferenceSeconds: histogram('feedpulse_inference_seconds', 'Time of one micro-batch in the model, queueing included.'),
    batchPosts: histogram('feedpulse_batch_posts', 'Posts of one micro-batch.', posts),
    writeSeconds: histogram('feedpulse_write_seconds', 'Time of one durable write, retries included.'),
    rowLatency: histogram('feedpulse_row_latency_seconds', 'From reading a post to its acknowledged row.'),
    inFlight: gauge('feedpulse_posts_in_flight', 'Posts read and not yet durable.'),
    lag: gauge('feedpulse_kafka_lag', 'Messages between the committed offset and the end of the partition.', ['topic', 'partition']),
    offsetGap: counter('feedpulse_kafka_offset_gap_total', 'Messages the broker deleted before they were read.', ['topic', 'partition']),
    eventLoopDelay: gauge('feedpulse_event_loop_delay_seconds', 'Event-loop delay at the 99th percentile, last ten seconds.'),
    alertEvaluations: counter('feedpulse_alert_evaluations_total', 'Judgements of a rule over a brand.'),
    alertsActive: gauge('feedpulse_alerts_active', 'Alerts that are on.'),
    alertMessages: counter('feedpulse_alert_messages_total', 'Attempts to send an alert or its end.', ['channel', 'outcome']),
    alertSeconds: histogram('feedpulse_alert_evaluation_seconds', 'Time of one look at all rules and brands.'),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
