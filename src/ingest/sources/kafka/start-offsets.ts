import type { Admin, Cluster, Consumer } from 'kafkajs';
import type { KafkaConfig } from '../../../config/schema.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { checkGroupAccess } from './cluster-requests.ts';
import { consumerGroupId, legacyGroupId } from './consumer-group.ts';

/** An offset that a group has committed. */
interface CommittedOffset {
  readonly offset: bigint;
  /** The topic that it belongs to; undefined if it was committed by another program or an older version. */
  readonly topicId?: string;
}

export interface StartOffsetsDeps {
  readonly admin: Admin;
  readonly cluster: Cluster;
  readonly consumer: Consumer;
  readonly config: KafkaConfig;
  readonly log: Log;
  /** The ID of the topic; undefined if the broker does not report it. */
  readonly topicId: string | undefined;
}

/** Committed with each offset, so that an offset of a deleted topic of the same name is recognized. */
export const toCommitMetadata = (topicId: string): string => `topic-id:${topicId}`;

/**
 * Moves the consumer to where it has to start where that isn't the committed offset: to the beginning of a partition whose
 * offset belongs to a deleted topic of the same name, and to the offset of the default group of version 0.1 if this default
 * group has none. Resolves to the next offset of each partition that has one.
 */
export async function seekToStart(partitions: readonly number[], deps: StartOffsetsDeps): Promise<Map<number, bigint>> {
  const { admin, config, topicId, log } = deps;
  const { topic } = config;
  const groupId = consumerGroupId(config);
  const committed = await fetchCommitted(admin, groupId, topic);
  const stale = partitions.filter((partition) => isOfAnotherTopic(committed.get(partition), topicId));
  const uncommitted = partitions.filter((partition) => !committed.has(partition));
  const legacy = uncommitted.length > 0 ? await fetchLegacy(deps) : new Map<number, CommittedOffset>();
  const continued = uncommitted.filter((partition) => legacy.has(partition));
  if (stale.length > 0)
    log.warn({ topic, groupId, partitions: stale }, 'the committed offsets belong to a deleted topic; reading from the beginning');
  if (continued.length > 0)
    log.info({ topic, groupId, partitions: continued, from: legacyGroupId }, 'continuing at the offsets of the former default group');
  const next = new Map<number, bigint>();
  for (const partition of partitions) {
    const offset = stale.includes(partition) ? 0n : (committed.get(partition) ?? legacy.get(partition))?.offset;
    if (offset !== undefined) next.set(partition, offset);
  }
  await seek(new Map([...next].filter(([partition]) => stale.includes(partition) || continued.includes(partition))), deps);
  return next;
}

function isOfAnotherTopic(commit: CommittedOffset | undefined, topicId: string | undefined): boolean {
  return topicId !== undefined && commit?.topicId !== undefined && commit.topicId !== topicId;
}

async function seek(offsets: ReadonlyMap<number, bigint>, { consumer, config, topicId, log }: StartOffsetsDeps): Promise<void> {
  if (offsets.size === 0) return;
  const { topic } = config;
  const metadata = topicId === undefined ? null : toCommitMetadata(topicId);
  const commits = [...offsets].map(([partition, offset]) => ({ topic, partition, offset: String(offset), metadata }));
  for (const { partition, offset } of commits) consumer.seek({ topic, partition, offset });
  // If it fails, the offsets are committed with the first chunk.
  await consumer.commitOffsets(commits).catch((thrown: unknown) => {
    log.debug({ topic, error: asError(thrown).message }, 'start offsets not committed');
  });
}

/** The offsets of the former default group; none if the group is configured, or may not be read. */
async function fetchLegacy({ admin, cluster, config }: StartOffsetsDeps): Promise<Map<number, CommittedOffset>> {
  if (config.groupId !== undefined) return new Map();
  try {
    await checkGroupAccess(cluster, legacyGroupId);
  } catch (thrown) {
    if (thrown instanceof FeedpulseError) return new Map();
    throw thrown;
  }
  return fetchCommitted(admin, legacyGroupId, config.topic);
}

/** The committed offsets of a group, by partition. */
export async function fetchCommittedOffsets(admin: Admin, groupId: string, topic: string): Promise<Map<number, bigint>> {
  return new Map([...(await fetchCommitted(admin, groupId, topic))].map(([partition, { offset }]) => [partition, offset]));
}

async function fetchCommitted(admin: Admin, groupId: string, topic: string): Promise<Map<number, CommittedOffset>> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const committed = new Map<number, CommittedOffset>();
  for (const { partition, offset, metadata } of found?.partitions ?? []) {
    if (BigInt(offset) < 0n) continue;
    const topicId = /^topic-id:(.+)$/.exec(metadata ?? '')?.[1];
    committed.set(partition, { offset: BigInt(offset), ...(topicId !== undefined && { topicId }) });
  }
  return committed;
}
