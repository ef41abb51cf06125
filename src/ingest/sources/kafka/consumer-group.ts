import type { Cluster } from 'kafkajs';
import { type KafkaConfig, toMilliseconds } from '../../../config/schema.ts';
import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { describeGroup, groupRejected } from './cluster-requests.ts';
import { hasKafkaErrorCode } from './kafka-error.ts';
import { assignerName } from './partition-assigner.ts';

/** The default group up to version 0.1, whatever the topic. */
export const legacyGroupId = 'feedpulse';

/** The consumer group: `kafka.groupId`, or one for the topic. */
export function consumerGroupId({ groupId, topic }: Pick<KafkaConfig, 'groupId' | 'topic'>): string {
  return groupId ?? `feedpulse-${topic}`;
}

/** The error of a group that another program holds. */
function groupInUse(groupId: string, cause?: unknown): FeedpulseError {
  return new FeedpulseError('KAFKA_GROUP_IN_USE', `Another program uses the consumer group ${groupId}.`, { cause });
}

/** An error of joining or reading as a group member, with what it says about the group; any other error unchanged. */
export function asGroupError(thrown: Error, groupId: string): Error {
  if (hasKafkaErrorCode(thrown, 'INCONSISTENT_GROUP_PROTOCOL')) return groupInUse(groupId, thrown);
  if (hasKafkaErrorCode(thrown, 'GROUP_AUTHORIZATION_FAILED')) return groupRejected(groupId);
  return thrown;
}

/** @throws KAFKA_GROUP_IN_USE if members of the group use another assignment protocol */
export function checkProtocol(groupId: string, protocol: string): void {
  if (protocol !== '' && protocol !== assignerName) throw groupInUse(groupId);
}

export interface ExclusiveGroupOptions {
  readonly config: KafkaConfig;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  /** The IDs that this process has had in the group. */
  readonly ownMemberIds: ReadonlySet<string>;
  /** Called while the group has other members, with the reason. */
  onShared(reason: string): void;
}

const pollMs = 1_000;
/** How long past its session the broker may keep a member that was killed. */
const expiryMs = 3_000;

/**
 * Waits until the group has no other member. A killed predecessor stays one until its session expires, so the wait is a
 * little longer than that. Resolves early when the signal is aborted.
 * @throws KAFKA_GROUP_SHARED if other members remain; KAFKA_GROUP_IN_USE, KAFKA_REJECTED
 */
export async function waitUntilAlone(options: ExclusiveGroupOptions, signal: AbortSignal): Promise<void> {
  const { config, cluster, clock, log, ownMemberIds, onShared } = options;
  const groupId = consumerGroupId(config);
  const deadline = monotonicNow(clock) + toMilliseconds(config.sessionTimeout) + expiryMs;
  for (let polls = 0; !signal.aborted; polls += 1) {
    const { memberIds, protocol } = await describeGroup(cluster, groupId);
    checkProtocol(groupId, protocol);
    const others = memberIds.filter((id) => !ownMemberIds.has(id)).length;
    if (others === 0) return;
    if (monotonicNow(clock) > deadline) throw groupShared(groupId);
    onShared(`Waiting for ${others} other ${others === 1 ? 'member' : 'members'} of the consumer group ${groupId} to leave.`);
    if (polls === 0) log.warn({ groupId, others }, 'the consumer group has other members; waiting for them to leave');
    await clock.sleep(pollMs, signal);
  }
}

/** The error of a process with an embedded database that shares its group. */
export function groupShared(groupId: string): FeedpulseError {
  const problem = `The consumer group ${groupId} has another member, and each embedded database would store only part of the posts.`;
  return new FeedpulseError('KAFKA_GROUP_SHARED', problem);
}
