import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema, configuredSources } from '../../../../src/config/schema.ts';
import type { AckableBatch } from '../../../../src/domain/ackable-batch.ts';
import type { Post, SourceRecord } from '../../../../src/domain/post.ts';
import type { CursorStore } from '../../../../src/ingest/sources/cursor-store.ts';
import { createMastodonSource } from '../../../../src/ingest/sources/mastodon/mastodon-source.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createMetrics } from '../../../../src/lib/metrics.ts';
import type { MastodonServer } from '../../../support/mastodon/server.ts';
import { collectLetters } from '../../field-samples.ts';

/** What outlives a process: the cursors, and the newest version of each post. */
export function createStore() {
  const cursors = new Map<string, string>();
  const posts = new Map<string, Post>();
  return {
    cursors,
    posts,
    /** Text by ID of the posts that are not deleted. */
    texts: (): Map<string, string> => new Map([...posts.values()].filter(({ deleted }) => !deleted).map(({ id, text }) => [id, text])),
    openCursor: (name: string): CursorStore => ({
      load: async () => cursors.get(name),
      save: async (cursor) => void cursors.set(name, cursor),
    }),
    /** Keeps the highest version, as the database does. */
    keep: (post: Post): void => {
      const before = posts.get(post.id);
      if (!before || versionOf(post) >= versionOf(before)) posts.set(post.id, post);
    },
  };
}

const versionOf = ({ updatedAt, deleted }: Post): number => Date.parse(updatedAt) * 2 + (deleted ? 1 : 0);

export interface RunOptions {
  readonly servers: readonly object[];
  readonly accessToken?: string;
  readonly rewind?: string;
  readonly stallMs?: number;
  /** 50 if absent. */
  readonly replicaLagMs?: number;
  readonly store?: ReturnType<typeof createStore>;
  /** Fails the first query for stored IDs. */
  readonly failsFirstQuery?: boolean;
  /** Acknowledges batches; by default at once. */
  readonly onBatch?: (batch: AckableBatch<SourceRecord>) => void;
}

/** Starts a source that stores posts in memory. */
export function runSource({
  servers,
  accessToken,
  rewind = '5m',
  stallMs,
  replicaLagMs = 50,
  store = createStore(),
  failsFirstQuery = false,
  onBatch,
}: RunOptions) {
  const letters = collectLetters();
  const stop = new AbortController();
  const logged: string[] = [];
  const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const skipped: string[] = [];
  let queries = 0;
  const config = configSchema.parse({
    source: 'mastodon',
    mastodon: { servers, rewind, ...(accessToken !== undefined && { accessToken }) },
  });
  const [configured] = configuredSources(config);
  if (configured?.type !== 'mastodon') throw new Error('the config has no such source');
  const source = createMastodonSource({
    name: configured.name,
    config: configured.mastodon,
    mapping: configured.mapping,
    deadLetters: letters,
    clock: systemClock,
    metrics: createMetrics(),
    log: { debug: log, info: log, warn: log, error: log },
    openCursor: store.openCursor,
    storedIds: async (prefix, limit) => {
      queries += 1;
      if (failsFirstQuery && queries === 1) throw new Error('the database is away');
      return [...store.texts().keys()].filter((id) => id.startsWith(prefix)).slice(-limit);
    },
    replicaLagMs,
    onSkip: (reason) => void skipped.push(reason),
    ...(stallMs !== undefined && { stallMs }),
  });
  const accept = (batch: AckableBatch<SourceRecord>): void => {
    for (const { post } of batch.items) store.keep(post);
    if (onBatch) onBatch(batch);
    else batch.ack();
  };
  const ended = source.run(accept, stop.signal);
  ended.catch(() => {});
  return {
    source,
    store,
    letters: letters.letters,
    logged,
    skipped,
    ended,
    stop: async (): Promise<void> => {
      stop.abort();
      await ended;
    },
  };
}

/** Resolves once `condition` is true. @throws Error after ten seconds */
export async function until(description: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 500) throw new Error(`timed out: ${description}`);
    await sleep(20);
  }
}

export const hasStream = (server: MastodonServer): Promise<void> => until('the stream is open', () => server.streamCount() > 0);
