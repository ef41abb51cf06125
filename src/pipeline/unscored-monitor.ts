import type { StoredLabel } from '../domain/post.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';

/** Counts the unscored posts of each source, and warns about a source most of whose posts are unscored. */
export interface UnscoredMonitor {
  observe(source: string, label: StoredLabel): void;
}

/** The last posts of a source. */
interface RecentPosts {
  /** Ring buffer: 1 for an unscored post. */
  readonly flags: Uint8Array;
  posts: number;
  unscored: number;
  /** By the monotonic clock, in ms. */
  warnedAt: number;
}

const windowSize = 1_000;
const maxUnscoredShare = 0.5;
const warnEveryMs = 3_600_000;

export function createUnscoredMonitor({
  log,
  clock,
  metrics,
}: {
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
}): UnscoredMonitor {
  const bySource = new Map<string, RecentPosts>();
  return {
    observe: (source, label) => {
      const recent = bySource.get(source) ?? {
        flags: new Uint8Array(windowSize),
        posts: 0,
        unscored: 0,
        warnedAt: Number.NEGATIVE_INFINITY,
      };
      bySource.set(source, recent);
      const slot = recent.posts % windowSize;
      const flag = label === 'unscored' ? 1 : 0;
      recent.unscored += flag - (recent.flags[slot] ?? 0);
      recent.flags[slot] = flag;
      recent.posts += 1;
      if (flag === 1) metrics.postsUnscored.inc({ source });
      const isMostlyUnscored = recent.posts >= windowSize && recent.unscored > maxUnscoredShare * windowSize;
      if (!isMostlyUnscored || monotonicNow(clock) - recent.warnedAt < warnEveryMs) return;
      recent.warnedAt = monotonicNow(clock);
      log.warn(
        { source, unscored: recent.unscored, posts: windowSize },
        'most posts are unscored: the model does not support their language',
      );
    },
  };
}
