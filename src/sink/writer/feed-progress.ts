import type { ScoredPost } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/query.ts';
import { toDateTime } from './post-row.ts';

interface Progress {
  readonly topic: string;
  readonly partition: number;
  /** The shortest time from a post's creation until it was stored, in ms. */
  readonly delay: number;
}

export interface FeedProgress {
  /** Records a post that has just been stored. */
  see(post: ScoredPost): void;
  /** Stores the delays since the last call. On a database error, which it throws, they are lost. */
  store(): Promise<void>;
}

/**
 * Measures how far each partition lags behind. The shortest delay counts: one late post among current ones is no lag,
 * but if even the most recent post is old, others are still to come.
 */
export function createFeedProgress({ maintenance }: Pick<Database, 'maintenance'>, clock: Pick<Clock, 'now'>): FeedProgress {
  let seen = new Map<string, Progress>();
  return {
    see: ({ position: { topic, partition }, createdAt }) => {
      const key = `${partition} ${topic}`;
      const delay = Math.max(0, clock.now() - Date.parse(createdAt));
      if (delay < (seen.get(key)?.delay ?? Number.POSITIVE_INFINITY)) seen.set(key, { topic, partition, delay });
    },
    store: async () => {
      const rows = [...seen.values()];
      seen = new Map();
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
