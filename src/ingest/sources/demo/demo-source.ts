import { type DemoConfig, milliseconds } from '../../../config/schema.ts';
import { type Emit, openAckableBatch, type Source } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter-sink.ts';
import { toRecord } from '../process-chunk.ts';
import { fillingOrder } from './backfill-order.ts';
import { demoPost } from './demo-post.ts';
import { minutesBetween, timesOf } from './schedule.ts';

export interface DemoOptions {
  readonly config: DemoConfig;
  readonly clock: Clock;
  readonly deadLetters: DeadLetterSink;
  /** Stored posts by the minute in which they were written (ms since 1970): full minutes are not filled again. */
  readonly stored: ReadonlyMap<number, number>;
}

const tickMs = 250;
/** A machine that slept does not catch up while people look on: the next start does, in the background. */
const furthestBehindMs = 60_000;
const backfillSlice = 128;

/** A feed that makes its own posts: live at once, while the hours before the start fill up in the background. */
export function createDemoSource(options: DemoOptions): Source<SourceRecord> {
  return {
    name: 'demo',
    healthIssue: () => undefined,
    run: async (emit, signal) => {
      const start = options.clock.now();
      await Promise.all([runLive(options, start, emit, signal), fillHistory(options, start, emit, signal)]);
    },
  };
}

async function runLive(options: DemoOptions, start: number, emit: Emit<SourceRecord>, signal: AbortSignal): Promise<void> {
  const { clock } = options;
  for (let from = start; !signal.aborted; ) {
    await clock.sleep(tickMs, signal);
    const to = clock.now();
    from = Math.max(from, to - furthestBehindMs);
    const items = [...minutesBetween(from, to)].flatMap((minute) => itemsOf(options, minute, from, to, 0));
    if (items.length > 0) await send(emit, items);
    from = to;
  }
}

/** Two slices at a time: one is written while the model reads the next. More would hold up live posts. */
async function fillHistory(options: DemoOptions, start: number, emit: Emit<SourceRecord>, signal: AbortSignal): Promise<void> {
  const oldest = start - milliseconds(options.config.backfill);
  let slice: SourceRecord[] = [];
  let before = Promise.resolve();
  for (const item of missingItems(options, oldest, start)) {
    slice.push(item);
    if (slice.length < backfillSlice) continue;
    const sent = send(emit, slice);
    await before;
    if (signal.aborted) return sent;
    before = sent;
    slice = [];
  }
  await before;
  if (slice.length > 0) await send(emit, slice);
}

/** The posts of minutes that are not stored in full, in the order in which they are filled. */
function* missingItems(options: DemoOptions, oldest: number, start: number): Generator<SourceRecord> {
  for (const { minutes, includes } of fillingOrder(options.config.seed, oldest, start)) {
    for (const minute of minutes) {
      const items = itemsOf(options, minute, oldest, start, 1);
      if (items.length <= (options.stored.get(minute) ?? 0)) continue;
      yield* items.reverse().filter(({ post }) => includes(post));
    }
  }
}

/** The posts of a minute that are written in [from, to). */
function itemsOf(options: DemoOptions, minute: number, from: number, to: number, partition: number): SourceRecord[] {
  return timesOf(options.config, minute).flatMap((time, number) =>
    time < from || time >= to ? [] : [demoItem(options, time, number, partition)],
  );
}

function demoItem(options: DemoOptions, time: number, number: number, partition: number): SourceRecord {
  const post = demoPost(options.config.seed, time, number);
  // Time first, so that offsets rise from start to start as well.
  const position = { topic: 'demo', partition, offset: String(time * 1_000 + (number % 1_000)) };
  return toRecord(post, { bytes: Buffer.from(JSON.stringify(post)), timestamp: time, position }, options);
}

async function send(emit: Emit<SourceRecord>, items: readonly SourceRecord[]): Promise<void> {
  const { batch, acked } = openAckableBatch(items);
  emit(batch);
  await acked;
}
