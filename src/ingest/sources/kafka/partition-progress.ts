import type { Admin } from 'kafkajs';
import { asError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { createGapDetector } from './gap-detector.ts';

interface PartitionLabels {
  readonly topic: string;
  readonly partition: number;
}

/** The metrics of a topic. */
export interface TopicMetrics {
  readonly lag: { set(labels: PartitionLabels, messages: number): void; remove(labels: PartitionLabels): void };
  readonly offsetGap: { inc(labels: PartitionLabels, messages: number): void };
  readonly topicRecreated: { inc(labels: Pick<PartitionLabels, 'topic'>): void };
}

/** Reports the lag of the partitions that a consumer reads, and messages that the broker deleted before they were read. */
export interface PartitionProgress {
  /** Partitions were assigned. Removes the series of all others, which other members now report. */
  onAssigned(partitions: readonly number[]): void;
  /** Reading of these partitions starts at these offsets. */
  onStart(offsets: ReadonlyMap<number, bigint>): void;
  /** A batch of the partition begins at `first`. */
  onFetch(partition: number, first: string | null): Promise<void>;
  onCommit(partition: number, nextOffset: bigint, highWatermark: bigint): void;
}

export interface PartitionProgressDeps {
  readonly admin: Admin;
  readonly topic: string;
  readonly metrics: Pick<TopicMetrics, 'lag' | 'offsetGap'>;
  readonly log: Log;
}

export function createPartitionProgress({ admin, topic, metrics, log }: PartitionProgressDeps): PartitionProgress {
  const gaps = createGapDetector((partition) => fetchLogStartOffset(admin, topic, partition));
  /** The partitions that have a lag series. */
  const reported = new Set<number>();
  return {
    onAssigned: (partitions) => {
      gaps.retainPartitions(partitions);
      for (const partition of reported) {
        if (partitions.includes(partition)) continue;
        reported.delete(partition);
        metrics.lag.remove({ topic, partition });
      }
    },
    onStart: (offsets) => {
      for (const [partition, next] of offsets) gaps.expect(partition, next);
    },
    onFetch: async (partition, first) => {
      if (first === null) return;
      try {
        const lost = await gaps.onFetch(partition, BigInt(first));
        if (lost === 0n) return;
        metrics.offsetGap.inc({ topic, partition }, Number(lost));
        log.error({ topic, partition, lost: Number(lost) }, 'the broker deleted messages before they were read');
      } catch (thrown) {
        log.warn({ topic, partition, error: asError(thrown).message }, 'offset gap check failed');
      }
    },
    onCommit: (partition, next, highWatermark) => {
      gaps.onCommit(partition, next);
      reported.add(partition);
      metrics.lag.set({ topic, partition }, Number(highWatermark - next));
    },
  };
}

async function fetchLogStartOffset(admin: Admin, topic: string, partition: number): Promise<bigint> {
  const found = (await admin.fetchTopicOffsets(topic)).find((offsets) => offsets.partition === partition);
  return BigInt(found?.low ?? 0);
}
