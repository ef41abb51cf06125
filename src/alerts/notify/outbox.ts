import type { PendingDelivery } from '../../domain/alert.ts';
import type { Clock } from '../../lib/clock.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { backoffDelay } from '../../lib/retry.ts';
import type { AlertRecords } from '../../sink/queries/read-alerts.ts';
import type { Channel } from './channels.ts';
import { type AlertContext, digestOf, type Message, messageOf } from './message.ts';

const backoff = { firstMs: 5_000, maxMs: 10 * 60_000 };
/** After this a message is of no use any more. */
const giveUpAfterMs = 24 * 3_600_000;

interface Attempt {
  readonly transition: string;
  readonly channel: string;
  readonly attempts: number;
  readonly outcome: 'waiting' | 'sent' | 'given-up';
  readonly nextAt: number;
}

export interface OutboxParts {
  readonly records: Pick<AlertRecords, 'due'>;
  readonly log: Log;
  readonly attempts: { addAttempt(attempt: Attempt, at: number): Promise<void> };
  readonly channels: ReadonlyMap<string, Channel>;
  /** What lies behind a change; a message can do without. */
  readonly explain: (due: PendingDelivery['transition']) => Promise<AlertContext>;
  /** Where the page is. */
  readonly page: () => string;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'alertMessages'>;
}

/**
 * Sends what is decided and not yet sent, each to every channel that it is for: at least once, and the end of an alert
 * never before its beginning. What a channel gathers goes once its stretch of time is over. What fails is tried again
 * after a pause that doubles, for a day.
 * @returns how many were taken
 * @throws the database's faults
 */
export async function sendDue(parts: OutboxParts): Promise<number> {
  const { records, channels, clock } = parts;
  const now = clock.now();
  const due = await records.due(now - giveUpAfterMs - backoff.maxMs);
  const isGathered = ({ channel, transition }: PendingDelivery): boolean =>
    channels.get(channel)?.digestMs !== undefined && transition.severity !== 'critical';
  let sent = 0;
  for (const [channel, gathered] of groupBy(due.filter(isGathered), ({ channel: name }) => name))
    sent += await sendGathered(parts, gathered, channels.get(channel)?.digestMs ?? 0);
  /** Alerts by channel whose beginning is still to be taken. */
  const waiting = new Set<string>();
  for (const one of due.filter((some) => !isGathered(some))) {
    const key = JSON.stringify([one.channel, one.transition.alert]);
    const channel = channels.get(one.channel);
    const isLate = now - one.transition.at > giveUpAfterMs;
    if (!channel || isLate) await note(parts, one, 'given-up');
    else if (waiting.has(key) || one.nextAt > now) waiting.add(key);
    else if (await attempt(parts, [one], (message) => channel.send(message, now))) sent += 1;
    else waiting.add(key);
  }
  return sent;
}

function groupBy<K, T>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/** A decision may be some seconds under way to the database. */
const settlingMs = 30_000;

/** Sends what a channel gathered, a message for each stretch that is over: always the same ones together, by the same name. */
async function sendGathered(parts: OutboxParts, gathered: readonly PendingDelivery[], digestMs: number): Promise<number> {
  const { channels, clock, page } = parts;
  const now = clock.now();
  let sent = 0;
  for (const [stretch, some] of groupBy(gathered, ({ transition }) => Math.floor(transition.at / digestMs))) {
    const channel = channels.get(some[0]?.channel ?? '');
    if (now < (stretch + 1) * digestMs + settlingMs || some.some(({ nextAt }) => nextAt > now)) continue;
    if (!channel || now - stretch * digestMs > giveUpAfterMs + digestMs) for (const one of some) await note(parts, one, 'given-up');
    else if (await attempt(parts, some, (...messages) => channel.sendDigest(digestOf(`${digestMs} ${stretch}`, messages, page()), now)))
      sent += some.length;
  }
  return sent;
}

/** Whether a message, or several as one, were taken. */
async function attempt(
  parts: OutboxParts,
  due: readonly PendingDelivery[],
  send: (...messages: Message[]) => Promise<void>,
): Promise<boolean> {
  const { log, explain, page } = parts;
  const messages: Message[] = [];
  for (const { transition } of due) {
    const reasons = await explain(transition).catch(() => ({ drivers: [], examples: [] }));
    messages.push(messageOf(transition, reasons, page()));
  }
  try {
    await send(...messages);
    for (const one of due) await note(parts, one, 'sent');
    return true;
  } catch (thrown) {
    const error = asError(thrown);
    if (!(error instanceof FeedpulseError) || !sendFaults.has(error.code)) throw error;
    const [first] = due;
    log.warn({ channel: first?.channel, attempts: (first?.attempts ?? 0) + 1, fault: error.message }, 'an alert was not taken');
    for (const one of due) await note(parts, one, 'waiting');
    return false;
  }
}

/** Faults of a channel; others are those of the database. */
const sendFaults: ReadonlySet<string> = new Set(['WEBHOOK_REJECTED', 'WEBHOOK_FAILED', 'EMAIL_FAILED', 'FILE_UNREADABLE']);

async function note({ attempts, clock, metrics }: OutboxParts, due: PendingDelivery, outcome: Attempt['outcome']): Promise<void> {
  const now = clock.now();
  const pauseMs = backoffDelay(backoff, due.attempts + 1);
  metrics.alertMessages.inc({ channel: due.channel, outcome: outcome === 'waiting' ? 'failed' : outcome });
  await attempts.addAttempt(
    { transition: due.transition.id, channel: due.channel, attempts: due.attempts + 1, outcome, nextAt: now + pauseMs },
    now,
  );
}
