import type { Clock } from '../../clock.ts';
import { type DemoConfig, milliseconds } from '../../config.ts';
import { type Offer, openEnvelope, type Source } from '../../envelope.ts';
import type { FeedItem } from '../../post.ts';
import { demoPost } from './demo-post.ts';
import { createRandom, mixSeeds } from './random.ts';
import { rhythmAt, storyAt } from './stories.ts';

export interface DemoOptions {
  readonly config: DemoConfig;
  readonly clock: Clock;
  /** When the newest stored post was created (ms since 1970): the gap since then is filled, no more. */
  readonly historyUntil: number | undefined;
}

/** A page should always move: two posts a second at least. */
const slowestRate = 2;
const tickMs = 250;
const backfillSlice = 128;
const stepMs = 60_000;

/** A feed that makes its own posts: live at once, while the hours before the start fill up in the background. */
export function createDemoSource({ config, clock, historyUntil }: DemoOptions): Source<FeedItem> {
  return {
    name: 'demo',
    trouble: () => undefined,
    run: async (offer, signal) => {
      const start = clock.now();
      const oldest = Math.max(start - milliseconds(config.backfill), historyUntil ?? 0);
      await Promise.all([runLive(config, clock, start, offer, signal), fillHistory(config, oldest, start, offer, signal)]);
    },
  };
}

async function runLive(config: DemoConfig, clock: Clock, start: number, offer: Offer<FeedItem>, signal: AbortSignal): Promise<void> {
  let from = start;
  /** Posts that are due, fractions included. */
  let owed = 0;
  while (!signal.aborted) {
    await clock.sleep(tickMs, signal);
    const to = clock.now();
    const story = storyAt(config.seed, to);
    const rate = Math.max(slowestRate, config.rate * rhythmAt(to) * (1 + 1.5 * (story?.strength ?? 0)));
    owed += (rate * Math.min(to - from, 4 * tickMs)) / 1_000;
    const count = Math.floor(owed);
    owed -= count;
    if (count > 0)
      await send(
        offer,
        Array.from({ length: count }, (_, number) =>
          demoItem(config.seed, Math.round(from + ((number + 0.5) * (to - from)) / count), number, 0),
        ),
      );
    from = to;
  }
}

/** Newest first, so that the charts grow backwards from now. One slice at a time: live posts go before. */
async function fillHistory(config: DemoConfig, oldest: number, newest: number, offer: Offer<FeedItem>, signal: AbortSignal): Promise<void> {
  const perMs = config.backfillPosts / milliseconds(config.backfill);
  let slice: FeedItem[] = [];
  for (let minute = Math.floor(newest / stepMs) * stepMs; minute > oldest - stepMs && !signal.aborted; minute -= stepMs) {
    for (const [number, time] of timesWithin(config.seed, minute, perMs).entries()) {
      if (time < oldest || time >= newest) continue;
      slice.push(demoItem(config.seed, time, number, 1));
      if (slice.length < backfillSlice) continue;
      await send(offer, slice);
      slice = [];
    }
  }
  if (slice.length > 0 && !signal.aborted) await send(offer, slice);
}

/** Moments of the posts of one minute, as many as the rhythm and a story make. */
function timesWithin(seed: number, minute: number, perMs: number): number[] {
  const random = createRandom(mixSeeds(seed, 9, minute));
  const expected = perMs * stepMs * rhythmAt(minute) * (1 + 1.5 * (storyAt(seed, minute)?.strength ?? 0));
  const count = Math.floor(expected + random());
  return Array.from({ length: count }, () => minute + Math.floor(random() * stepMs)).sort((a, b) => b - a);
}

function demoItem(seed: number, time: number, number: number, partition: number): FeedItem {
  // Time first, so that offsets rise from start to start as well.
  return { post: demoPost(seed, time, number), position: { topic: 'demo', partition, offset: String(time * 1_000 + (number % 1_000)) } };
}

async function send(offer: Offer<FeedItem>, items: readonly FeedItem[]): Promise<void> {
  const { envelope, settled } = openEnvelope(items);
  offer(envelope);
  await settled;
}
