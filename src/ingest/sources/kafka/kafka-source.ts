import type { MappingInput } from '../../../config/mapping.ts';
import type { KafkaConfig } from '../../../config/schema.ts';
import type { Source } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import type { Log } from '../../../lib/log.ts';
import { backoffDelay } from '../../../lib/retry.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter.ts';
import { createMessageParser } from '../../decode/message-parser.ts';
import { compileMapping, type SkipReason } from '../../mapping/parse-message.ts';
import { createKafka } from './client.ts';
import type { ConsumerMemory, KafkaConsumerEvents } from './consume-topic.ts';
import { runKafkaConsumer } from './consumer.ts';
import { asKafkaError } from './kafka-error.ts';
import type { TopicMetrics } from './partition-progress.ts';

export interface KafkaSourceOptions {
  /** Name of the source. */
  readonly name: string;
  readonly config: KafkaConfig;
  readonly mapping: MappingInput;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: TopicMetrics;
  /** Whether this process has to be the only member of the consumer group, as with an embedded database. */
  readonly isExclusive: boolean;
  /** The IDs of this process in consumer groups. All Kafka sources of a process share the set. */
  readonly memberIds: Set<string>;
  /** Called for each message that is neither a post nor a dead letter. */
  onSkip(reason: SkipReason): void;
}

/** Consecutive crashes without a commit before the source fails. Fewer before the first join: retrying does not fix a wrong setting. */
const maxCrashes = { beforeJoin: 2, afterJoin: 10 };
const backoff = { firstMs: 1_000, maxMs: 30_000 };
/** A consumer that ran this long was healthy, even if it had nothing to commit. */
const healthyMs = 300_000;

/**
 * Reads a Kafka topic as a member of a consumer group. Offsets are committed only after the posts and dead
 * letters below them are durable.
 * A consumer that crashes is replaced, with backoff. `run` rejects with KAFKA_UNAVAILABLE when that does not help,
 * with KAFKA_REJECTED, KAFKA_UNREADABLE or KAFKA_GROUP_IN_USE at once, with KAFKA_GROUP_SHARED if an exclusive member is not
 * alone, and with the error of a post that cannot become durable.
 */
export function createKafkaSource({ name, config, mapping, memberIds, ...deps }: KafkaSourceOptions): Source<SourceRecord> {
  const { clock, log } = deps;
  const kafka = createKafka(config, log);
  const health = createKafkaHealth(clock);
  const compiled = compileMapping(mapping);
  const memory: ConsumerMemory = { memberIds };

  const run: Source<SourceRecord>['run'] = async (emit, signal) => {
    const parse = createMessageParser({ mapping: compiled, config, clock, log, signal });
    let hasJoined = false;
    /** Crashes since the last commit. */
    let crashes = 0;
    const events: KafkaConsumerEvents = {
      ...health,
      onJoin: () => {
        hasJoined = true;
        health.onJoin();
      },
      onCommit: () => {
        crashes = 0;
        health.onCommit();
      },
    };
    while (!signal.aborted) {
      if (crashes === 0) health.onUnavailable('Connecting to Kafka.');
      const startedAt = monotonicNow(clock);
      const end = await runKafkaConsumer({ ...deps, kafka, config, mapping: compiled, parse, memory, events, emit }, signal);
      if (end.reason === 'stopped') break;
      if (end.reason === 'topic-changed') continue;
      if (end.reason === 'failed') throw end.error;
      const error = asKafkaError(end.error, `reading ${config.topic}`);
      crashes = monotonicNow(clock) - startedAt > healthyMs ? 1 : crashes + 1;
      health.onUnavailable(error.message);
      if (!error.retry || crashes >= (hasJoined ? maxCrashes.afterJoin : maxCrashes.beforeJoin)) throw error;
      const delayMs = backoffDelay(backoff, crashes);
      log.warn({ topic: config.topic, crashes, delayMs, error: error.message }, 'Kafka consumer crashed; restarting with backoff');
      await clock.sleep(delayMs, signal);
    }
    health.onUnavailable('The Kafka source has stopped.');
  };
  return { name, run, healthIssue: () => health.issue() };
}

/** Tracks a consumer's health. `issue` describes the problem, if any. */
interface KafkaHealth extends KafkaConsumerEvents {
  issue(): string | undefined;
}

/** No progress for this long (ms) is a health issue. */
const stallMs = 60_000;

function createKafkaHealth(clock: Pick<Clock, 'now' | 'monotonic'>): KafkaHealth {
  /** Why the consumer cannot read; undefined once it has joined. */
  let unavailable: string | undefined = 'The Kafka source has not started.';
  let lastFetchAt = monotonicNow(clock);
  let lastCommitAt = monotonicNow(clock);
  /** Batches that are being processed. */
  let openBatches = 0;
  return {
    onUnavailable: (reason) => {
      unavailable = reason;
    },
    onJoin: () => {
      unavailable = undefined;
      lastFetchAt = monotonicNow(clock);
    },
    onFetch: () => {
      lastFetchAt = monotonicNow(clock);
    },
    onBatch: () => {
      if (openBatches === 0) lastCommitAt = monotonicNow(clock);
      openBatches += 1;
      return () => {
        openBatches -= 1;
        lastFetchAt = monotonicNow(clock);
      };
    },
    onCommit: () => {
      lastCommitAt = monotonicNow(clock);
    },
    issue: () => {
      if (unavailable !== undefined) return unavailable;
      const now = monotonicNow(clock);
      if (openBatches > 0 && now - lastCommitAt > stallMs) return `No posts were committed for ${seconds(now - lastCommitAt)} seconds.`;
      if (openBatches === 0 && now - lastFetchAt > stallMs) return `No response from Kafka for ${seconds(now - lastFetchAt)} seconds.`;
      return undefined;
    },
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
