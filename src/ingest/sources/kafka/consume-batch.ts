import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Clock } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import { inOrder } from '../../decode/message-parser.ts';
import { processChunk, type RawMessage, type SliceParts, sliceSize } from '../process-chunk.ts';
import { hasKafkaErrorCode } from './kafka-error.ts';

export interface KafkaBatchParts extends SliceParts {
  readonly clock: Clock;
  /** False once the feed is stopping: what is in flight is finished, nothing new is taken. */
  mayTake(): boolean;
  /** False once the group was joined anew, when the partition may be somebody else's, or waiting has become vain. */
  mayCommit(): boolean;
  /** Hears of posts that never will be durable; the feed then stops. */
  fail(error: Error): void;
  /** Hears that everything of the partition below `next` is committed. */
  committed(partition: number, next: bigint, highWatermark: bigint): void;
  /** Milliseconds that a rebalance waits for what is in flight. */
  readonly rebalancePatience: number;
}

const slicesInFlight = 2;
const heartbeatMs = 1_000;

/** Part of a batch on its way. */
interface Slice {
  readonly last: string;
  /** The offset to commit when it is durable. */
  readonly next: bigint;
  readonly done: Promise<void>;
}

/**
 * Takes one batch of one partition through, slice by slice, two in flight; commits each slice in order, after
 * its posts and dead letters are durable, and only then counts it as read: a slice whose commit fails comes
 * again. Heartbeats meanwhile; an error of those ends the handler, as kafkajs needs it to.
 */
export async function consumeBatch(payload: EachBatchPayload, given: KafkaBatchParts): Promise<void> {
  const parts = given.parse ? { ...given, parse: inOrder(given.parse) } : given;
  const open: Slice[] = [];
  /** Where one slice stays undone, those after it must not be committed either. */
  const finish = async (count: number, wait: Wait): Promise<void> => {
    for (let slice = open[0]; slice && open.length > count; slice = open[0]) {
      if (!(await wait(slice.done)) || !parts.mayCommit() || payload.isStale()) return void open.splice(0);
      await commit(slice, payload, parts);
      open.shift();
    }
  };
  const heartbeating: Wait = (done) => waitHeartbeating(done, payload, parts);
  try {
    for (const messages of slicesOf(payload.batch.messages)) {
      if (!parts.mayTake() || !payload.isRunning() || payload.isStale()) break;
      open.push(startSlice(messages, payload, parts));
      await finish(slicesInFlight - 1, heartbeating);
      await payload.heartbeat();
    }
    await finish(0, heartbeating);
  } catch (thrown) {
    // The group waits for us to rejoin; what becomes durable soon is committed first, so that it does not come again.
    if (hasKafkaErrorCode(thrown, 'REBALANCE_IN_PROGRESS')) {
      const patience = new AbortController();
      await finish(0, waitUntil(parts.clock.sleep(parts.rebalancePatience, patience.signal)));
      patience.abort(); // the timer would keep the process alive
    }
    throw thrown;
  }
}

/** Resolves to true when the slice is durable, to false when it never will be, or when waiting has become vain. */
type Wait = (done: Promise<void>) => Promise<boolean>;

async function waitHeartbeating(done: Promise<void>, { heartbeat }: EachBatchPayload, parts: KafkaBatchParts): Promise<boolean> {
  const outcome = outcomeOf(done);
  while (parts.mayCommit()) {
    const waiting = new AbortController();
    const durable = await Promise.race([outcome, parts.clock.sleep(heartbeatMs, waiting.signal)]);
    waiting.abort();
    if (durable !== undefined) return durable;
    await heartbeat();
  }
  return false;
}

function waitUntil(moment: Promise<void>): Wait {
  const tooLate = moment.then(() => false);
  return (done) => Promise.race([outcomeOf(done), tooLate]);
}

function outcomeOf(done: Promise<void>): Promise<boolean> {
  return done.then(
    () => true,
    () => false,
  );
}

function* slicesOf(messages: readonly KafkaMessage[]): Generator<readonly KafkaMessage[]> {
  for (let start = 0; start < messages.length; start += sliceSize) yield messages.slice(start, start + sliceSize);
}

function startSlice(messages: readonly KafkaMessage[], { batch }: EachBatchPayload, parts: KafkaBatchParts): Slice {
  // A slice has at least one message.
  const last = (messages.at(-1) as KafkaMessage).offset;
  const endsBatch = last === batch.messages.at(-1)?.offset;
  const done = processChunk(
    messages.map((message) => rawMessage(message, batch.topic, batch.partition)),
    parts,
  );
  // A failure stops the feed at once, also while an older slice is being waited for.
  done.catch((thrown) => parts.fail(asError(thrown)));
  // The batch may end with records that are no messages, such as the mark of a transaction.
  return { last, next: BigInt(endsBatch ? batch.lastOffset() : last) + 1n, done };
}

function rawMessage({ value, key, timestamp, offset, headers }: KafkaMessage, topic: string, partition: number): RawMessage {
  // A dead letter that was put back brings the time it had when it first came.
  const first = Number(headers?.['feedpulse-timestamp']);
  const time = Number.isSafeInteger(first) ? first : Number(timestamp);
  // A message without a value is a tombstone of a compacted topic: no post, and empty as a dead letter.
  return { bytes: value ?? Buffer.alloc(0), timestamp: time, position: { topic, partition, offset }, ...(key ? { key } : {}) };
}

async function commit({ last, next }: Slice, payload: EachBatchPayload, parts: KafkaBatchParts): Promise<void> {
  const { topic, partition, highWatermark } = payload.batch;
  await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(next) }] }] });
  payload.resolveOffset(last);
  parts.committed(partition, next, BigInt(highWatermark));
}
