import type { PendingDelivery } from '../../domain/alert.ts';
import type { Clock } from '../../lib/clock.ts';
import { dayMs, minuteMs } from '../../lib/duration.ts';
import { asError, type ErrorCode, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { backoffDelay } from '../../lib/retry.ts';
import type { AlertReader } from '../../sink/queries/alerts.ts';
import type { AlertStore, DeliveryAttempt } from '../../sink/writer/alert-store.ts';
import type { Channel } from './channels.ts';
import { type AlertContext, emptyContext } from './explain.ts';
import { createDigest, createMessage, type Message } from './message.ts';

const backoff = { firstMs: 5_000, maxMs: 10 * minuteMs };
/** Deliveries older than a day are dropped: the alert is stale by then. */
const maxDeliveryAgeMs = dayMs;
/** A digest waits this long for transitions that are still being written. */
const digestGraceMs = 30_000;

export interface OutboxDeps {
  readonly records: Pick<AlertReader, 'readPendingDeliveries'>;
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

/**
 * Delivers every pending transition to its channels, at least once, and the end of an alert never before its start. Channels with a digest get one message per interval. Failed deliveries are retried with exponential backoff for
 * a day.
 * @returns the number of deliveries that succeeded
 * @throws the errors of the database
 */
export async function deliverPending(deps: OutboxDeps): Promise<number> {
  const { records, channels, clock } = deps;
  const now = clock.now();
  const pending = await records.readPendingDeliveries(now - maxDeliveryAgeMs - backoff.maxMs);
  const isDigested = ({ channel, transition }: PendingDelivery): boolean =>
    channels.get(channel)?.digestMs !== undefined && transition.severity !== 'critical';
  let sent = 0;
  for (const [channel, deliveries] of groupBy(pending.filter(isDigested), ({ channel: name }) => name))
    sent += await deliverDigests(deps, deliveries, channels.get(channel)?.digestMs ?? 0);
  /** Alerts, by channel, whose start is not delivered yet. */
  const undelivered = new Set<string>();
  for (const delivery of pending.filter((delivery) => !isDigested(delivery))) {
    const key = JSON.stringify([delivery.channel, delivery.transition.alert]);
    const channel = channels.get(delivery.channel);
    const isExpired = now - delivery.transition.at > maxDeliveryAgeMs;
    if (!channel || isExpired) await record(deps, delivery, 'given-up');
    else if (undelivered.has(key) || delivery.nextAt > now) undelivered.add(key);
    else if (await attempt(deps, [delivery], (message) => channel.send(message, now))) sent += 1;
    else undelivered.add(key);
  }
  return sent;
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Sends one digest per interval that is over. Its content and its id are the same in every attempt. */
async function deliverDigests(deps: OutboxDeps, pending: readonly PendingDelivery[], digestMs: number): Promise<number> {
  const { channels, clock, baseUrl } = deps;
  const now = clock.now();
  let sent = 0;
  for (const [interval, deliveries] of groupBy(pending, ({ transition }) => Math.floor(transition.at / digestMs))) {
    const channel = channels.get(deliveries[0]?.channel ?? '');
    const isOpen = now < (interval + 1) * digestMs + digestGraceMs;
    const isExpired = now - interval * digestMs > maxDeliveryAgeMs + digestMs;
    const digest = (messages: readonly Message[]) => createDigest(`${digestMs} ${interval}`, messages, baseUrl());
    if (isOpen || deliveries.some(({ nextAt }) => nextAt > now)) continue;
    if (!channel || isExpired) for (const delivery of deliveries) await record(deps, delivery, 'given-up');
    else if (await attempt(deps, deliveries, (...messages) => channel.sendDigest(digest(messages), now))) sent += deliveries.length;
  }
  return sent;
}

/** Sends deliveries as one message. @returns whether the receiver accepted it */
async function attempt(
  deps: OutboxDeps,
  deliveries: readonly PendingDelivery[],
  send: (...messages: Message[]) => Promise<void>,
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
