import type { ScoredPost } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/query.ts';
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
}

/**
 * Measures how far each partition lags behind. Uses the minimum delay: one late post is not a delay, but if even the most
 * recent post is old, the partition is behind.
 */
export function createPartitionDelays({ maintenance }: Pick<Database, 'maintenance'>, clock: Pick<Clock, 'now'>): PartitionDelays {
  let delays = new Map<string, PartitionDelay>();
  return {
    record: ({ position: { topic, partition }, createdAt }) => {
      const key = `${partition} ${topic}`;
      const delay = Math.max(0, clock.now() - Date.parse(createdAt));
      if (delay < (delays.get(key)?.delay ?? Number.POSITIVE_INFINITY)) delays.set(key, { topic, partition, delay });
    },
    flush: async () => {
      const rows = [...delays.values()];
      delays = new Map();
      const at = toDateTime(clock.now());
      if (rows.length > 0)
        await insertRows(
          maintenance,
          'feed_progress',
          rows.map((row) => ({ ...row, at })),
        );
    },
  };
}
