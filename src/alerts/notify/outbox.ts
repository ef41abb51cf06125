import type { AlertContext, AlertTransition, PendingDelivery } from '../../domain/alert.ts';
import type { Clock } from '../../lib/clock.ts';
import { dayMs, minuteMs } from '../../lib/duration.ts';
import { asError, type ErrorCode, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { backoffDelay } from '../../lib/retry.ts';
import type { AlertReader } from '../../sink/queries/alerts.ts';
import type { AlertStore, DeliveryAttempt } from '../../sink/writer/alert-store.ts';
import type { Channel } from './channels.ts';
import { emptyContext } from './explain.ts';
import { createDigest, createMessage, type Message } from './message.ts';
import { createRepeatAlerts } from './repeat-alerts.ts';

const backoff = { firstMs: 5_000, maxMs: 10 * minuteMs };
/** Deliveries older than a day are dropped: the alert is stale by then. */
const maxDeliveryAgeMs = dayMs;
/** A digest waits this long for transitions that are still being written. */
const digestGraceMs = 30_000;

export interface OutboxDeps {
  readonly records: Pick<AlertReader, 'readPendingDeliveries'>;
  /** The latest report about each alert that is firing. */
  readonly readFiring: () => Promise<readonly AlertTransition[]>;
  readonly log: Log;
  readonly store: Pick<AlertStore, 'addAttempt'>;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Returns drivers and sample posts. If it fails, the message is sent without them. */
  readonly contextOf: (transition: PendingDelivery['transition']) => Promise<AlertContext>;
  /** URL of the web UI. */
  readonly baseUrl: () => string;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'alertMessages'>;
}

export interface Outbox {
  /**
   * Delivers what is pending to every channel that is not still busy with an earlier call. Channels do not wait for each
   * other. Resolves to the number of deliveries that succeeded. @throws the errors of the database
   */
  deliver(): Promise<number>;
  /** Aborts deliveries in progress; they stay pending. */
  stop(): Promise<void>;
}

/**
 * Delivers every transition to its channels, at least once, and the end of an alert never before its start. Channels with a
 * digest get one message per interval. Failed deliveries are retried with exponential backoff for a day. Channels that need it
 * are told again which alerts are firing; first, so that the end of an alert is the last that they hear of it.
 */
export function createOutbox(deps: OutboxDeps): Outbox {
  const { records, clock, channels, readFiring } = deps;
  const stopping = new AbortController();
  const repeatAlerts = createRepeatAlerts(deps);
  const repeating = [...channels].filter(([, { repeat }]) => repeat).map(([name]) => name);
  const busy = new Map<string, Promise<number>>();
  const deliverTo = async (channel: string, pending: readonly PendingDelivery[], firing: readonly AlertTransition[]): Promise<number> => {
    const { signal } = stopping;
    const isPending = ({ alert }: AlertTransition): boolean => pending.some(({ transition }) => transition.alert === alert);
    const accepted = firing.filter((alert) => !isPending(alert));
    const work = repeatAlerts(channel, accepted, signal)
      .then(() => deliverToChannel(deps, channel, pending, signal))
      .finally(() => busy.delete(channel));
    busy.set(channel, work);
    return work;
  };
  return {
    deliver: async () => {
      // Before the read: a channel that becomes idle meanwhile may have sent what the read still returns.
      const skipped = new Set(busy.keys());
      const pending = await records.readPendingDeliveries(clock.now() - maxDeliveryAgeMs - backoff.maxMs);
      const firing = repeating.length > 0 ? await readFiring() : [];
      const byChannel = groupBy(pending, ({ channel }) => channel);
      const idle = [...new Set([...byChannel.keys(), ...repeating])].filter((channel) => !skipped.has(channel));
      const sent = await Promise.all(idle.map((channel) => deliverTo(channel, byChannel.get(channel) ?? [], firing)));
      return sent.reduce((sum, count) => sum + count, 0);
    },
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(busy.values());
    },
  };
}

async function deliverToChannel(deps: OutboxDeps, name: string, pending: readonly PendingDelivery[], signal: AbortSignal): Promise<number> {
  const now = deps.clock.now();
  const channel = deps.channels.get(name);
  const isDigested = ({ transition }: PendingDelivery): boolean => channel?.digest !== undefined && transition.severity !== 'critical';
  let sent = await deliverDigests(deps, pending.filter(isDigested), channel?.digest, signal);
  /** Alerts whose start is not delivered yet. */
  const undelivered = new Set<string>();
  for (const delivery of pending.filter((delivery) => !isDigested(delivery))) {
    const { alert, at } = delivery.transition;
    if (signal.aborted) break;
    if (!channel || now - at > maxDeliveryAgeMs) await record(deps, delivery, 'given-up');
    else if (undelivered.has(alert) || mustWait(delivery, now)) undelivered.add(alert);
    else if (await attempt(deps, [delivery], (message) => channel.send(message, now, signal), signal)) sent += 1;
    // The receiver is probably down. Each attempt can take ten seconds, so the others wait for the next call.
    else break;
  }
  return sent;
}

/** Whether its next attempt is still to come. A wait longer than any backoff is from before the clock was set back. */
const mustWait = ({ nextAt }: PendingDelivery, now: number): boolean => nextAt > now && nextAt - now <= backoff.maxMs;

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Sends one digest per interval that is over. Its content and its id are the same in every attempt. */
async function deliverDigests(
  deps: OutboxDeps,
  pending: readonly PendingDelivery[],
  channel: Channel['digest'],
  signal: AbortSignal,
): Promise<number> {
  const { clock, baseUrl } = deps;
  const now = clock.now();
  const digestMs = channel?.intervalMs ?? 0;
  let sent = 0;
  for (const [interval, deliveries] of groupBy(pending, ({ transition }) => Math.floor(transition.at / digestMs))) {
    // What was decided later than now was decided before the clock was set back.
    const wasSetBack = deliveries.some(({ transition }) => transition.at > now + digestGraceMs);
    const isOpen = now < (interval + 1) * digestMs + digestGraceMs && !wasSetBack;
    const isExpired = now - interval * digestMs > maxDeliveryAgeMs + digestMs;
    const digest = (messages: readonly Message[]) => createDigest(`${digestMs} ${interval}`, messages, baseUrl());
    if (signal.aborted || isOpen || deliveries.some((delivery) => mustWait(delivery, now))) continue;
    if (!channel || isExpired) for (const delivery of deliveries) await record(deps, delivery, 'given-up');
    else if (await attempt(deps, deliveries, (...messages) => channel.send(digest(messages), now, signal), signal))
      sent += deliveries.length;
  }
  return sent;
}

/** Sends deliveries as one message. @returns whether the receiver accepted it */
async function attempt(
  deps: OutboxDeps,
  deliveries: readonly PendingDelivery[],
  send: (...messages: Message[]) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const { log, contextOf, baseUrl } = deps;
  const messages: Message[] = [];
  for (const { transition } of deliveries) {
    const context = await contextOf(transition).catch(() => emptyContext);
    messages.push(createMessage(transition, context, baseUrl()));
  }
  try {
    await send(...messages);
    for (const delivery of deliveries) await record(deps, delivery, 'sent');
    return true;
  } catch (thrown) {
    // Not recorded as an attempt, so that the next start sends it at once.
    if (signal.aborted) return false;
    const error = asError(thrown);
    if (!(error instanceof FeedpulseError) || !channelErrors.has(error.code)) throw error;
    const [first] = deliveries;
    log.warn(
      { channel: first?.channel, attempts: (first?.attempts ?? 0) + 1, error: error.message },
      'alert delivery failed, retrying with backoff',
    );
    for (const delivery of deliveries) await record(deps, delivery, 'waiting');
    return false;
  }
}

/** Errors of a channel; all others come from the database. */
const channelErrors: ReadonlySet<ErrorCode> = new Set(['WEBHOOK_REJECTED', 'WEBHOOK_FAILED', 'EMAIL_FAILED', 'FILE_INACCESSIBLE']);

async function record(
  { store, clock, metrics }: OutboxDeps,
  { transition, channel, attempts }: PendingDelivery,
  outcome: DeliveryAttempt['outcome'],
): Promise<void> {
  const now = clock.now();
  metrics.alertMessages.inc({ channel, outcome: outcome === 'waiting' ? 'failed' : outcome });
  await store.addAttempt(
    { transition: transition.id, channel, attempts: attempts + 1, outcome, nextAt: now + backoffDelay(backoff, attempts + 1) },
    now,
  );
}
