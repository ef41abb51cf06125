import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { type Clock, withTimeout } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import { preserveOrder } from '../../decode/message-parser.ts';
import { decodeHeaders, readHeaders } from '../../message-headers.ts';
import { type ChunkDeps, countForChunk, processChunk, type RawMessage } from '../process-chunk.ts';
import { hasKafkaErrorCode } from './kafka-error.ts';

export interface KafkaBatchDeps extends ChunkDeps {
  readonly clock: Clock;
  /** False once the source is stopping or the group has rebalanced: no further chunk is started. */
  canFetch(): boolean;
  /** False once the group has rebalanced, when another member may own the partition, or the source has failed. */
  canCommit(): boolean;
  /** Called with the error of a chunk that cannot become durable; the source then stops. */
  onFailure(error: Error): void;
  /** Called after a commit; `nextOffset` is the committed offset. */
  onCommit(partition: number, nextOffset: bigint, highWatermark: bigint): void;
  /** Stored with each committed offset. */
  readonly commitMetadata?: string;
  /** Milliseconds that a rebalance waits for the chunks in flight. */
  readonly rebalanceTimeoutMs: number;
}

const maxChunksInFlight = 2;
const heartbeatMs = 1_000;

/** A part of a batch that is being processed. */
interface Chunk {
  readonly lastOffset: string;
  /** The offset to commit once the chunk is durable. */
  readonly nextOffset: bigint;
  readonly durable: Promise<void>;
}

/** Resolves to true once a chunk is durable, to false if it cannot become durable or the wait was aborted. */
type WaitForDurable = (durable: Promise<void>) => Promise<boolean>;

/**
 * Processes a batch of one partition in chunks, two in flight. Each chunk is committed, in order, once its posts and
 * dead letters are durable, and is resolved only after its commit, so that a chunk whose commit fails is delivered
 * again. Sends heartbeats meanwhile.
 * @throws the error of a heartbeat or a commit, which kafkajs needs in order to rejoin the group
 */
export async function consumeBatch(payload: EachBatchPayload, { parse, ...batchDeps }: KafkaBatchDeps): Promise<void> {
  const deps: KafkaBatchDeps = parse ? { ...batchDeps, parse: preserveOrder(parse) } : batchDeps;
  /** Chunks that are started and not committed, oldest first. */
  const uncommitted: Chunk[] = [];
  /** Commits the oldest chunks until `count` are left. After a chunk that is not durable, no later one may be committed. */
  const commitDownTo = async (count: number, wait: WaitForDurable): Promise<void> => {
    for (let chunk = uncommitted[0]; chunk && uncommitted.length > count; chunk = uncommitted[0]) {
      if (!(await wait(chunk.durable)) || !deps.canCommit() || payload.isStale()) return void uncommitted.splice(0);
      await commit(chunk, payload, deps);
      uncommitted.shift();
    }
  };
  const withHeartbeats: WaitForDurable = (durable) => waitWithHeartbeats(durable, payload, deps);
  try {
    for (const messages of splitIntoChunks(payload.batch.messages, deps)) {
      if (!deps.canFetch() || !payload.isRunning() || payload.isStale()) break;
      uncommitted.push(startChunk(messages, payload, deps));
      await commitDownTo(maxChunksInFlight - 1, withHeartbeats);
      await payload.heartbeat();
    }
    await commitDownTo(0, withHeartbeats);
  } catch (thrown) {
    // The group waits for this member to rejoin. Chunks that become durable within the timeout are committed first, to avoid redelivery.
    if (hasKafkaErrorCode(thrown, 'REBALANCE_IN_PROGRESS')) {
      const timeout = new AbortController();
      await commitDownTo(0, waitUntil(deps.clock.sleep(deps.rebalanceTimeoutMs, timeout.signal)));
      timeout.abort(); // a pending timer would keep the process alive
    }
    throw thrown;
  }
}

async function waitWithHeartbeats(durable: Promise<void>, { heartbeat }: EachBatchPayload, deps: KafkaBatchDeps): Promise<boolean> {
  const outcome = whenDurable(durable);
  while (deps.canCommit()) {
    const result = await withTimeout(outcome, heartbeatMs, deps.clock);
    if (result !== undefined) return result;
    await heartbeat();
  }
  return false;
}

function waitUntil(timeout: Promise<void>): WaitForDurable {
  const timedOut = timeout.then(() => false);
  return (durable) => Promise.race([whenDurable(durable), timedOut]);
}

function whenDurable(durable: Promise<void>): Promise<boolean> {
  return durable.then(
    () => true,
    () => false,
  );
}

function* splitIntoChunks(messages: readonly KafkaMessage[], { mapping }: Pick<ChunkDeps, 'mapping'>): Generator<readonly KafkaMessage[]> {
  for (let rest = messages; rest.length > 0; ) {
    const count = countForChunk(rest, ({ value }) => value?.length ?? 0, mapping);
    yield rest.slice(0, count);
    rest = rest.slice(count);
  }
}

function startChunk(messages: readonly KafkaMessage[], { batch }: EachBatchPayload, deps: KafkaBatchDeps): Chunk {
  // A chunk has at least one message.
  const lastOffset = (messages.at(-1) as KafkaMessage).offset;
  const endsBatch = lastOffset === batch.messages.at(-1)?.offset;
  const durable = processChunk(
    messages.map((message) => toRawMessage(message, batch.topic, batch.partition)),
    deps,
  );
  // Reported at once, even while an older chunk is being waited for.
  durable.catch((thrown) => deps.onFailure(asError(thrown)));
  // A batch may end with control records, such as the marker of a transaction, which are not messages.
  return { lastOffset, nextOffset: BigInt(endsBatch ? batch.lastOffset() : lastOffset) + 1n, durable };
}

export function toRawMessage({ value, key, timestamp, offset, headers }: KafkaMessage, topic: string, partition: number): RawMessage {
  // A replayed dead letter carries the time of its first delivery.
  const firstDelivery = Number(headers?.['feedpulse-timestamp']);
  const time = Number.isSafeInteger(firstDelivery) ? firstDelivery : Number(timestamp);
  const rawHeaders = readHeaders(headers);
  return {
    bytes: value ?? Buffer.alloc(0),
    timestamp: time,
    position: { topic, partition, offset },
    ...(value === null && { isTombstone: true }),
    ...(key && { key }),
    ...(rawHeaders.length > 0 && { rawHeaders, headers: decodeHeaders(rawHeaders) }),
  };
}

async function commit({ lastOffset, nextOffset }: Chunk, payload: EachBatchPayload, deps: KafkaBatchDeps): Promise<void> {
  const { topic, partition, highWatermark } = payload.batch;
  // The types of kafkajs leave out the metadata.
  const committed = { partition, offset: String(nextOffset), ...(deps.commitMetadata !== undefined && { metadata: deps.commitMetadata }) };
  await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [committed] }] });
  payload.resolveOffset(lastOffset);
  deps.onCommit(partition, nextOffset, BigInt(highWatermark));
}
