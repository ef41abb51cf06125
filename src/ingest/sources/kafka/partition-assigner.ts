import kafkajs, { type Cluster, type PartitionAssigner } from 'kafkajs';
import { parseJson } from '../../../lib/json.ts';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
const version = 0;

/**
 * The name of the assignment protocol. A group accepts only members that share one, so other programs cannot join a group
 * of feedpulse, nor feedpulse theirs.
 */
export const assignerName = 'feedpulse-subscriptions';

/**
 * Assigns each topic's partitions to the members that subscribe to it; the assigner of kafkajs ignores the subscriptions.
 * Each member tells the leader the partition counts of its own topics, because the leader knows only the topics that it
 * subscribes to, and may lack the right to describe others.
 */
export const subscriptionAssigner: PartitionAssigner = ({ cluster }) => ({
  name: assignerName,
  version,
  protocol: ({ topics }) => {
    const counts = Object.fromEntries(topics.map((topic) => [topic, countPartitions(cluster, topic)]));
    return { name: assignerName, metadata: MemberMetadata.encode({ version, topics, userData: Buffer.from(JSON.stringify(counts)) }) };
  },
  assign: async ({ members, topics }) => {
    const subscriptions = members.map(({ memberId, memberMetadata }) => ({ memberId, ...readMetadata(memberMetadata) }));
    const own = new Map(topics.map((topic) => [topic, countPartitions(cluster, topic)]));
    const assignments = assignPartitions(subscriptions, own);
    return [...assignments].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({ version, assignment: Object.fromEntries(assignment), userData: Buffer.alloc(0) }),
    }));
  },
});

/** 0 while the metadata of the topic is unknown. */
function countPartitions(cluster: Cluster, topic: string): number {
  try {
    return cluster.findTopicPartitionMetadata(topic).length;
  } catch {
    return 0;
  }
}

export interface Subscription {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** The number of partitions of each topic, as far as the member knows. */
  readonly counts: ReadonlyMap<string, number>;
}

function readMetadata(metadata: Buffer): Pick<Subscription, 'topics' | 'counts'> {
  const decoded = MemberMetadata.decode(metadata);
  const counts = parseJson(decoded?.userData.toString('utf8') ?? '');
  const entries = typeof counts === 'object' && counts !== null ? Object.entries(counts) : [];
  return { topics: decoded?.topics ?? [], counts: new Map(entries.filter(([, count]) => Number.isSafeInteger(count))) };
}

/** The partitions of each member, by topic. */
type Assignments = ReadonlyMap<string, ReadonlyMap<string, number[]>>;

/**
 * Assigns the partitions of every topic. A topic has as many partitions as the best informed member knows, or `known` says.
 * Deterministic: a partition goes to the subscriber that has the fewest of the topic, then the fewest in total, then the
 * first by ID.
 */
export function assignPartitions(members: readonly Subscription[], known: ReadonlyMap<string, number> = new Map()): Assignments {
  const shares = members
    .map(({ memberId, topics, counts }) => ({ memberId, topics, counts, total: 0, assignment: new Map<string, number[]>() }))
    .sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  for (const topic of [...new Set(members.flatMap(({ topics }) => topics))].sort()) {
    const subscribers = shares.filter(({ topics }) => topics.includes(topic));
    const count = Math.max(known.get(topic) ?? 0, ...subscribers.map(({ counts }) => counts.get(topic) ?? 0));
    const load = ({ assignment }: (typeof shares)[number]) => assignment.get(topic)?.length ?? 0;
    for (let partition = 0; partition < count; partition += 1) {
      const next = subscribers.reduce((best, share) => ((load(share) - load(best) || share.total - best.total) < 0 ? share : best));
      next.assignment.set(topic, [...(next.assignment.get(topic) ?? []), partition]);
      next.total += 1;
    }
  }
  return new Map(shares.map(({ memberId, assignment }) => [memberId, assignment]));
}
