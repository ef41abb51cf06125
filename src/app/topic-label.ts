import type { SourceConfig } from '../config/schema.ts';
import type { Source } from '../domain/ackable-batch.ts';
import type { SourceRecord } from '../domain/post.ts';
import type { TopicMetrics } from '../ingest/sources/kafka/partition-progress.ts';

/**
 * The name of a source's topic in metrics and positions: qualified by the source if another source reads a topic of the
 * same name from another cluster, since they are otherwise told apart by topic and partition. Undefined for a source without
 * partitions.
 */
export function topicLabel(source: SourceConfig, all: readonly SourceConfig[]): string | undefined {
  if (source.type !== 'kafka') return undefined;
  const { topic } = source.kafka;
  const isUnique = all.every((other) => other.name === source.name || other.type !== 'kafka' || other.kafka.topic !== topic);
  return isUnique ? topic : `${source.name}/${topic}`;
}

/** Metrics that are labeled with another name of the topic. */
export function labelMetrics(metrics: TopicMetrics, topic: string): TopicMetrics {
  return {
    lag: {
      set: ({ partition }, messages) => metrics.lag.set({ topic, partition }, messages),
      remove: ({ partition }) => metrics.lag.remove({ topic, partition }),
    },
    offsetGap: { inc: ({ partition }, messages) => metrics.offsetGap.inc({ topic, partition }, messages) },
    topicRecreated: { inc: () => metrics.topicRecreated.inc({ topic }) },
  };
}

/** A source whose positions have this name of the topic. */
export function labelPositions(source: Source<SourceRecord>, topic: string): Source<SourceRecord> {
  const label = (item: SourceRecord): SourceRecord =>
    item.position.topic === topic ? item : { ...item, position: { ...item.position, topic } };
  return {
    ...source,
    run: (emit, signal) =>
      source.run(({ items, ...batch }) => {
        emit({ ...batch, items: items.map(label) });
      }, signal),
  };
}
