import type { MastodonConfig, MastodonServerConfig } from '../../../config/live-sources.ts';
import type { FieldMapping } from '../../../config/schema.ts';
import type { Source, SourceProgress } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import type { Clock } from '../../../lib/clock.ts';
import { toMilliseconds } from '../../../lib/duration.ts';
import type { Log } from '../../../lib/log.ts';
import type { Metrics } from '../../../lib/metrics.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter.ts';
import { compileMapping } from '../../mapping/parse-message.ts';
import type { CursorStore } from '../cursor-store.ts';
import { type OnSkip, processChunk } from '../process-chunk.ts';
import { createTimelineFollower, type TimelineFollower } from './follow-timeline.ts';
import { createMastodonClient, type MastodonClient } from './mastodon-client.ts';
import type { Status } from './status.ts';
import { timelinesOf } from './timeline.ts';

export interface MastodonSourceOptions {
  /** Name of the source. */
  readonly name: string;
  readonly config: MastodonConfig;
  readonly mapping: FieldMapping;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'streamGaps' | 'streamReconnects'>;
  /** The cursor of a timeline, by its server and name. */
  openCursor(timeline: string): CursorStore;
  /** IDs that start with `prefix`, of the newest `limit` stored posts. They are checked for edits and deletions after an interruption. */
  storedIds(prefix: string, limit: number): Promise<readonly string[]>;
  readonly onSkip?: OnSkip;
  /** Milliseconds without an event or a heartbeat after which a stream is reopened. */
  readonly stallMs?: number;
  /** Milliseconds after which the database replicas of a server have what it has streamed. */
  readonly replicaLagMs?: number;
}

/** Servers send a heartbeat every 15 seconds. */
const defaultStallMs = 60_000;

/** Replicas usually follow within a second. */
const defaultReplicaLagMs = 10_000;

/** A followed server. */
interface Server {
  readonly config: MastodonServerConfig;
  readonly host: string;
  readonly client: MastodonClient;
}

/**
 * Reads public timelines of Mastodon servers. Each timeline has its own connection and cursor, so that a server that is
 * down does not delay the others. `run` rejects if posts or a cursor cannot become durable.
 */
export function createMastodonSource(options: MastodonSourceOptions): Source<SourceRecord> & { progress(): SourceProgress } {
  const { name, config, deadLetters, clock, onSkip = () => {} } = options;
  const mapping = compileMapping(options.mapping);
  const servers = config.servers.map((server) => openServer(server, config, clock));
  const followers = servers.flatMap((server) =>
    timelinesOf(server.config).map((timeline) => {
      const { client, host, config: settings } = server;
      return createTimelineFollower({
        ...{ client, timeline, clock, log: options.log, metrics: options.metrics, server: host, url: settings.url, source: name },
        rewindMs: toMilliseconds(config.rewind),
        stallMs: options.stallMs ?? defaultStallMs,
        replicaLagMs: options.replicaLagMs ?? Math.min(defaultReplicaLagMs, toMilliseconds(config.rewind)),
        cursors: options.openCursor(`${host}/${timeline.name}`),
        storedIds: async (limit) => (await options.storedIds(`${host}/`, limit)).map((id) => id.slice(host.length + 1)),
        isElsewhere: (status) => servers.some((other) => other !== server && delivers(other, status)),
        onSkip: () => onSkip('filtered'),
        process: (messages, emit) => processChunk(messages, { mapping, deadLetters, clock, emit, onSkip }),
      });
    }),
  );
  return {
    name,
    run: async (emit, signal) => runAll(followers, emit, signal),
    healthIssue: () => followers.map((follower) => follower.issue()).find((issue) => issue !== undefined),
    progress: () => totalProgress(followers),
  };
}

function openServer(config: MastodonServerConfig, shared: MastodonConfig, clock: Clock): Server {
  return {
    config,
    host: new URL(config.url).host,
    client: createMastodonClient({ url: config.url, accessToken: () => config.accessToken ?? shared.accessToken, clock }),
  };
}

/** Whether a followed server delivers the statuses of its own account: public streams leave out replies to others. */
function delivers({ config, host, client }: Server, { domain, host: origin, isReplyToOther, hashtags }: Status): boolean {
  // A server that has been down since the start has not stated its domain yet.
  if (domain === undefined || (origin !== host && domain !== host && domain !== client.domain())) return false;
  return config.stream === 'hashtag' ? config.hashtags.some((tag) => hashtags.includes(tag.toLowerCase())) : !isReplyToOther;
}

/** Ends when all have ended. The first error stops the others. */
async function runAll(followers: readonly TimelineFollower[], ...[emit, signal]: Parameters<Source<SourceRecord>['run']>): Promise<void> {
  const stop = new AbortController();
  const any = AbortSignal.any([signal, stop.signal]);
  const runs = followers.map(async (follower) => {
    try {
      await follower.run(emit, any);
    } catch (thrown) {
      stop.abort();
      throw thrown;
    }
  });
  const failure = (await Promise.allSettled(runs)).find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}

function totalProgress(followers: readonly TimelineFollower[]): SourceProgress {
  const all = followers.map((follower) => follower.progress());
  const behind = all.flatMap(({ behindSeconds }) => behindSeconds ?? []);
  const endpoints = new Set(all.flatMap(({ endpoint }) => endpoint ?? []));
  return {
    behindSeconds: behind.length === 0 ? null : Math.max(...behind),
    gaps: all.reduce((sum, { gaps }) => sum + gaps, 0),
    endpoint: endpoints.size === 0 ? null : [...endpoints].join(', '),
  };
}
