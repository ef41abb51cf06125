import type { Emit, SourceProgress } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import type { Clock } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import { parseJson } from '../../../lib/json.ts';
import type { Log } from '../../../lib/log.ts';
import type { Metrics } from '../../../lib/metrics.ts';
import type { CursorStore } from '../cursor-store.ts';
import { ConnectionError, type StayConnectedOptions, stayConnected } from '../live/stay-connected.ts';
import { createStreamStatus, type StreamStatus } from '../live/stream-status.ts';
import { createStreamWriter, type StreamWriter } from '../live/stream-writer.ts';
import type { RawMessage } from '../process-chunk.ts';
import { type CatchUpDeps, catchUp, readNewestPage } from './catch-up.ts';
import { type Frame, toFrame } from './frame.ts';
import type { MastodonClient } from './mastodon-client.ts';
import { createResumePoint, type ResumePoint } from './resume-point.ts';
import { isPlausibleId, type Status } from './status.ts';
import type { Timeline } from './timeline.ts';

export interface FollowerOptions {
  readonly client: MastodonClient;
  /** Host of the server, with a port that is not the default one. */
  readonly server: string;
  readonly url: string;
  readonly timeline: Timeline;
  /** Name of the source. */
  readonly source: string;
  readonly rewindMs: number;
  readonly stallMs: number;
  readonly replicaLagMs: number;
  readonly cursors: CursorStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'streamGaps' | 'streamReconnects'>;
  /** IDs, as the server knows them, of its recent statuses that are stored: the newest `limit` ones. */
  storedIds(limit: number): Promise<readonly string[]>;
  /** Whether another followed server delivers the status. */
  isElsewhere(status: Status): boolean;
  /** Called for a status that is left to another server. */
  onSkip(): void;
  process(messages: readonly RawMessage[], emit: Emit<SourceRecord>): Promise<void>;
}

/** Follows one timeline of one server. */
export interface TimelineFollower {
  /** As `Source.run`. */
  run(emit: Emit<SourceRecord>, signal: AbortSignal): Promise<void>;
  issue(): string | undefined;
  progress(): SourceProgress;
}

/** Seldom, because the rewind is longer: each timeline saves a cursor of its own, and each save is an insert. */
const saveIntervalMs = 15_000;

/**
 * Follows a timeline by its stream, and reads by pages what was missed while it was closed. The cursor is the settled status
 * of the resume point.
 */
export function createTimelineFollower(options: FollowerOptions): TimelineFollower {
  const { server, url, timeline, source, cursors, clock, log } = options;
  let writer: StreamWriter | undefined;
  const status = createStreamStatus({ name: `${source} (${server})`, clock, oldestChunkMs: () => writer?.oldestChunkMs() ?? 0 });
  const run: TimelineFollower['run'] = async (emit, signal) => {
    const failed = new AbortController();
    const process = (messages: readonly RawMessage[]): Promise<void> => options.process(messages, emit);
    const resume = createResumePoint(options.rewindMs, readCursor(await cursors.load()));
    const opened = createStreamWriter({ process, cursors, saveIntervalMs, clock, onFailure: () => failed.abort() });
    writer = opened;
    await stayConnected(
      {
        endpoints: [url],
        connect: createConnect({ ...options, writer: opened, resume, status }),
        stallMs: options.stallMs,
        clock,
        onDisconnect: ({ error, delayMs }) => {
          status.onDisconnect(error.message);
          options.metrics.streamReconnects.inc({ source });
          log.warn({ source, server, timeline: timeline.name, reason: error.message, delayMs }, 'stream interrupted; reconnecting');
        },
      },
      AbortSignal.any([signal, failed.signal]),
    );
    status.onDisconnect('it has stopped');
    await opened.close();
  };
  return { run, issue: status.issue, progress: status.progress };
}

interface SessionOptions extends FollowerOptions {
  readonly writer: StreamWriter;
  readonly resume: ResumePoint;
  readonly status: StreamStatus;
}

/** Opens the stream, catches up beside it, and reads it until it ends or posts come faster than they can be stored. */
function createConnect(options: SessionOptions): StayConnectedOptions['connect'] {
  const { client, server, url, timeline, source, writer, resume, status, clock, log } = options;
  const fields = { source, server, timeline: timeline.name };
  const add = createAdd(options);
  const receive = (frame: Frame): void => {
    const now = clock.now();
    if (frame.status && isPlausibleId(frame.status.id, now)) resume.onStreamed(frame.status.id, now);
    if (frame.deletedId !== undefined) resume.onDeleted(frame.deletedId);
    add(frame);
  };
  const deps = createCatchUpDeps(options, add);

  return async (_, activity, signal) => {
    if (resume.isFirstStart()) await readNewestPage(deps, signal);
    const closing = new AbortController();
    const whileOpen = AbortSignal.any([signal, closing.signal]);
    const stream = await client.openStream(timeline, whileOpen);
    status.onConnect(url);
    log.info(fields, 'stream opened');
    let isCaughtUp = false;
    let failure: Error | undefined;
    const backfill = catchUp(deps, resume.onStreamOpened(), whileOpen).then(
      () => {
        isCaughtUp = true;
      },
      (thrown) => {
        failure = asError(thrown);
        closing.abort();
      },
    );
    let isFull = false;
    try {
      for await (const events of stream) {
        activity.onData();
        for (const event of events) receive(toFrame(event, server));
        if (isCaughtUp) status.onEvent(clock.now());
        isFull = writer.isFull();
        if (isFull) break;
      }
    } catch (thrown) {
      throw failure ?? thrown;
    } finally {
      closing.abort();
      await backfill;
    }
    if (failure) throw failure;
    if (!isFull) throw new ConnectionError('the server closed the stream');
    log.info(fields, 'stream closed until posts are stored');
    await activity.pause(writer.waitForRoom(signal));
  };
}

/** What catching up needs: its statuses go through `add`, as those of the stream do. */
function createCatchUpDeps(options: SessionOptions, add: (frame: Frame) => void): CatchUpDeps {
  const { client, server, timeline, source, writer, resume, status, clock, log, metrics, storedIds, replicaLagMs } = options;
  const fields = { source, server, timeline: timeline.name };
  return {
    ...{ client, timeline, server, resume, clock, replicaLagMs, storedIds, missing: new Map() },
    deliver: async (frames, signal, beforeAdd) => {
      for (const frame of frames) {
        beforeAdd?.(frame);
        add(frame);
        if (frame.status?.createdAt) status.onEvent(Math.min(frame.status.createdAt, clock.now()));
      }
      await writer.waitForRoom(signal);
    },
    onGap: (reason) => {
      log.error({ ...fields, reason }, 'posts may be missing');
      status.onGap();
      metrics.streamGaps.inc({ source });
    },
    onRetry: (error, delayMs) => log.warn({ ...fields, reason: error.message, delayMs }, 'catching up failed; retrying'),
  };
}

/** Hands frames to the writer, each with the cursor from which the timeline is read again after it. */
function createAdd({ server, timeline, source, writer, resume, clock, isElsewhere, onSkip }: SessionOptions): (frame: Frame) => void {
  const topic = `mastodon:${source}/${server}/${timeline.name}`;
  let lastOffset = 0;
  return ({ bytes, status }) => {
    const now = clock.now();
    const cursor = JSON.stringify({ statusId: resume.settle(now) });
    if (status && isElsewhere(status)) {
      onSkip();
      return writer.add({ cursor });
    }
    // Events have no offset: microseconds of their arrival, made unique.
    lastOffset = Math.max(lastOffset + 1, now * 1_000);
    writer.add({ message: { bytes, timestamp: now, position: { topic, partition: 0, offset: String(lastOffset) } }, cursor });
  };
}

/** A cursor that another version wrote in another form is no reason not to start. */
function readCursor(cursor: string | undefined): string | undefined {
  const value = parseJson(cursor ?? '{}') as { readonly statusId?: unknown } | null | undefined; // checked below
  return typeof value?.statusId === 'string' ? value.statusId : undefined;
}
