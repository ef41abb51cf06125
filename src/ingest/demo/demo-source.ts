import type { Clock } from '../../clock.ts';
import { type DemoConfig, milliseconds } from '../../config.ts';
import { type Offer, openEnvelope, type Source } from '../../envelope.ts';
import type { FeedItem } from '../../post.ts';
import type { DeadLetterSink } from '../dead-letters.ts';
import { itemOf } from '../open-slice.ts';
import { demoPost } from './demo-post.ts';
import { minuteMs, timesOf } from './schedule.ts';
import { lastCrisis } from './stories.ts';

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
export function createDemoSource(options: DemoOptions): Source<FeedItem> {
  return {
    name: 'demo',
    trouble: () => undefined,
    run: async (offer, signal) => {
      const start = options.clock.now();
      await Promise.all([runLive(options, start, offer, signal), fillHistory(options, start, offer, signal)]);
    },
  };
}

async function runLive(options: DemoOptions, start: number, offer: Offer<FeedItem>, signal: AbortSignal): Promise<void> {
  const { clock } = options;
  for (let from = start; !signal.aborted; ) {
    await clock.sleep(tickMs, signal);
    const to = clock.now();
    from = Math.max(from, to - furthestBehindMs);
    const items = [...minutesBetween(from, to)].flatMap((minute) => itemsOf(options, minute, from, to, 0));
    if (items.length > 0) await send(offer, items);
    from = to;
  }
}

/** What is just past, so that the page is alive at once. */
const firstMs = 5 * minuteMs;
/** Before a crisis, what it stands out from: two hours, and the one that no expectation includes because it is being judged. */
const usualMs = 180 * minuteMs;
const quarterMs = 15 * minuteMs;

/**
 * First what is just past and the last crisis as it came about, which a newcomer looks for; then the rest, newest first, so
 * that the charts grow backwards. Two slices at a time: one is written while the model reads the next. More would hold
 * up live posts.
 */
async function fillHistory(options: DemoOptions, start: number, offer: Offer<FeedItem>, signal: AbortSignal): Promise<void> {
  const { config, stored } = options;
  const oldest = start - milliseconds(config.backfill);
  let slice: FeedItem[] = [];
  let before = Promise.resolve();
  for (const minute of fillingOrder(oldest, start, lastCrisis(config.seed, start))) {
    const items = itemsOf(options, minute, oldest, start, 1);
    if (items.length <= (stored.get(minute) ?? 0)) continue;
    slice.push(...items.reverse());
    if (slice.length < backfillSlice) continue;
    const sent = send(offer, slice);
    await before;
    if (signal.aborted) return sent;
    before = sent;
    slice = [];
  }
  await before;
  if (slice.length > 0) await send(offer, slice);
}

/** The minutes between two moments as a newcomer wants them. */
function fillingOrder(oldest: number, start: number, crisis: { readonly from: number; readonly to: number }): number[] {
  const newestFirst = [...minutesBetween(oldest, start)].reverse();
  const usualFrom = Math.floor((crisis.from - usualMs) / quarterMs) * quarterMs;
  const isJustPast = (minute: number): boolean => minute >= start - firstMs;
  const isOfCrisis = (minute: number): boolean => !isJustPast(minute) && minute >= usualFrom && minute < crisis.to;
  const rest = newestFirst.filter((minute) => !isJustPast(minute) && !isOfCrisis(minute));
  return [...newestFirst.filter(isJustPast), ...newestFirst.filter(isOfCrisis).reverse(), ...rest];
}

/** Starts of the minutes that have a part between two moments (ms since 1970). */
function* minutesBetween(from: number, to: number): Generator<number> {
  for (let minute = Math.floor(from / minuteMs) * minuteMs; minute < to; minute += minuteMs) yield minute;
}

/** The posts of a minute that are written in [from, to). */
function itemsOf(options: DemoOptions, minute: number, from: number, to: number, partition: number): FeedItem[] {
  return timesOf(options.config, minute).flatMap((time, number) =>
    time < from || time >= to ? [] : [demoItem(options, time, number, partition)],
  );
}

function demoItem(options: DemoOptions, time: number, number: number, partition: number): FeedItem {
  const post = demoPost(options.config.seed, time, number);
  // Time first, so that offsets rise from start to start as well.
  const position = { topic: 'demo', partition, offset: String(time * 1_000 + (number % 1_000)) };
  return itemOf(post, { bytes: Buffer.from(JSON.stringify(post)), timestamp: time, position }, options);
}

async function send(offer: Offer<FeedItem>, items: readonly FeedItem[]): Promise<void> {
  const { envelope, settled } = openEnvelope(items);
  offer(envelope);
  await settled;
}
