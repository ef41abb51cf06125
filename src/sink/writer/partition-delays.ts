import { z } from 'zod';
import type { ScoredPost } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ClockSteps } from '../../lib/clock-steps.ts';
import type { Database } from '../client/connection.ts';
import { insertRows, numeric, queryOne } from '../client/query.ts';
import { toDateTime } from './post-row.ts';

interface PartitionDelay {
  readonly topic: string;
  readonly partition: number;
  /** The shortest time from a post's creation until it was stored, in ms. */
  readonly delay: number;
}

export interface PartitionDelays {
  /** Records a post that has just been stored. */
  record(post: ScoredPost): void;
  /** Stores the delays since the last call. On a database error, which it throws, they are lost. */
  flush(): Promise<void>;
  /** The system's clock was set by so many ms: so much more has passed, by that clock, since the posts of each partition. */
  onClockStep(stepMs: number): void;
}

type Options = { readonly clock: Pick<Clock, 'now'>; readonly clockOffsets?: ClockSteps['offsets'] };

/**
 * Measures how far each partition lags behind. Uses the minimum delay: one late post is not a delay, but if even the most
 * recent post is old, the partition is behind. A post from the future has no delay, unless the clock was set back by so much.
 */
export function createPartitionDelays(
  { maintenance }: Pick<Database, 'maintenance'>,
  { clock, clockOffsets = () => [0] }: Options,
): PartitionDelays {
  let delays = new Map<string, PartitionDelay>();
  /** The last delay of each partition that this process has stored. */
  const stored = new Map<string, PartitionDelay>();
  /** The time of the newest rows (ms since 1970); undefined until it is read. */
  let newestAt: number | undefined;
  return {
    record: ({ position: { topic, partition }, createdAt }) => {
      const key = `${partition} ${topic}`;
      const delay = Math.max(-Math.max(...clockOffsets()), clock.now() - Date.parse(createdAt));
      if (delay < (delays.get(key)?.delay ?? Number.POSITIVE_INFINITY)) delays.set(key, { topic, partition, delay });
    },
    flush: async () => {
      const measured = delays;
      delays = new Map();
      if (measured.size === 0) return;
      newestAt ??= await readNewestAt(maintenance);
      // Later than all rows before, also after the clock was set back: the latest row of a partition counts.
      newestAt = Math.max(clock.now(), newestAt + 1);
      const at = toDateTime(newestAt);
      await insertRows(
        maintenance,
        'feed_progress',
        [...measured.values()].map((row) => ({ ...row, at })),
      );
      for (const [key, row] of measured) stored.set(key, row);
    },
    onClockStep: (stepMs) => {
      delays = new Map([...stored].map(([key, row]) => [key, { ...row, delay: row.delay + stepMs }]));
    },
  };
}

async function readNewestAt(client: Database['maintenance']): Promise<number> {
  const sql = 'SELECT toUnixTimestamp64Milli(max(p.at)) AS at FROM feed_progress AS p';
  return (await queryOne(client, z.object({ at: numeric }), sql))?.at ?? 0;
}
