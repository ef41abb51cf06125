import { basename } from 'node:path';
import { type SourceConfig, toMilliseconds } from '../config/schema.ts';
import type { Source } from '../domain/ackable-batch.ts';
import type { SourceRecord } from '../domain/post.ts';
import type { DeadLetterSink } from '../ingest/dead-letters/dead-letter.ts';
import type { SkipReason } from '../ingest/mapping/parse-message.ts';
import { createBlueskySource } from '../ingest/sources/bluesky/bluesky-source.ts';
import { createDemoSource } from '../ingest/sources/demo/demo-source.ts';
import { createKafkaSource } from '../ingest/sources/kafka/kafka-source.ts';
import { createMastodonSource } from '../ingest/sources/mastodon/mastodon-source.ts';
import { createNdjsonSource } from '../ingest/sources/ndjson/ndjson-source.ts';
import type { Clock } from '../lib/clock.ts';
import { dayMs, minuteMs } from '../lib/duration.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { openInput } from '../lib/open-input.ts';
import { isStandardInput } from '../lib/standard-input.ts';
import type { Database } from '../sink/client/connection.ts';
import { countPostsByMinute, listRecentIds } from '../sink/queries/posts.ts';
import { createCursorStore } from '../sink/writer/cursor-store.ts';
import { labelMetrics, labelPositions } from './topic-label.ts';

export interface SourceDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly db: Database;
  /** The name of its topic in metrics and positions. */
  readonly topicLabel: string | undefined;
  readonly deadLetters: DeadLetterSink;
  /** The IDs of this process in consumer groups. */
  readonly memberIds: Set<string>;
}

/** Opens a source; `run` of the result can be called once. @throws KAFKA_PLAINTEXT, FILE_INACCESSIBLE */
export async function openSource(source: SourceConfig, deps: SourceDeps): Promise<Source<SourceRecord>> {
  const { name, mapping } = source;
  const { metrics } = deps;
  const shared = { ...deps, name, onSkip: (reason: SkipReason) => metrics.messagesSkipped.inc({ source: name, reason }) };
  switch (source.type) {
    case 'bluesky':
      return createBlueskySource({ ...shared, config: source.bluesky, mapping, cursors: createCursorStore(deps, name) });
    case 'demo':
      return createDemoSource({ ...shared, config: source.demo, stored: await readStoredMinutes(source.demo.backfill, deps) });
    case 'kafka': {
      const { topicLabel = source.kafka.topic } = deps;
      const isExclusive = deps.db.kind === 'embedded';
      const labeled = { ...shared, metrics: labelMetrics(metrics, topicLabel) };
      return labelPositions(createKafkaSource({ ...labeled, config: source.kafka, mapping, isExclusive }), topicLabel);
    }
    case 'mastodon':
      return createMastodonSource({
        ...shared,
        config: source.mastodon,
        mapping,
        openCursor: (timeline) => createCursorStore(deps, `${name}/${timeline}`),
        storedIds: (prefix, limit) =>
          listRecentIds(deps.db.reader, { platform: 'mastodon', prefix, limit, since: deps.clock.now() - dayMs }),
      });
    case 'ndjson': {
      const { path } = source.ndjson;
      const { stream: input } = await openInput(path);
      return createNdjsonSource({ ...shared, input, file: isStandardInput(path) ? 'stdin' : basename(path), mapping });
    }
  }
}

/** Posts by minute of the demo's backfill, so that a restart adds only the missing ones. */
function readStoredMinutes(backfill: string, { db, clock }: SourceDeps): Promise<ReadonlyMap<number, number>> {
  return countPostsByMinute(db.reader, clock.now() - toMilliseconds(backfill) - minuteMs);
}
