import type { Due } from '../alert.ts';
import type { Clock } from '../clock.ts';
import { asError, FeedpulseError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Channel } from './channels.ts';
import { messageOf, type Reasons } from './message.ts';
import type { AlertRecords } from './read-alerts.ts';

const firstPauseMs = 5_000;
const longestPauseMs = 10 * 60_000;
/** After this a message is of no use any more. */
const giveUpAfterMs = 24 * 3_600_000;

interface Attempt {
  readonly change: string;
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
  readonly explain: (due: Due['change']) => Promise<Reasons>;
  /** Where the page is. */
  readonly page: () => string;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'alertMessages'>;
}

/**
 * Sends what is decided and not yet sent, each to every channel that it is for: at least once, and the end of an alert
 * never before its beginning. What fails is tried again after a pause that doubles, for a day.
 * @returns how many were taken
 * @throws the database's faults
 */
export async function sendDue(parts: OutboxParts): Promise<number> {
  const { records, channels, clock } = parts;
  const now = clock.now();
  const due = await records.due(now - giveUpAfterMs - longestPauseMs);
  /** Alerts by channel whose beginning is still to be taken. */
  const waiting = new Set<string>();
  let sent = 0;
  for (const one of due) {
    const key = JSON.stringify([one.channel, one.change.alert]);
    const channel = channels.get(one.channel);
    const isLate = now - one.change.at > giveUpAfterMs;
    if (!channel || isLate) await note(parts, one, 'given-up');
    else if (waiting.has(key) || one.nextAt > now) waiting.add(key);
    else if (await attempt(parts, one, channel)) sent += 1;
    else waiting.add(key);
  }
  return sent;
}

async function attempt(parts: OutboxParts, due: Due, channel: Channel): Promise<boolean> {
  const { log, clock, explain, page } = parts;
  try {
    const reasons = await explain(due.change).catch(() => ({ drivers: [], examples: [] }));
    await channel.send(messageOf(due.change, reasons, page()), clock.now());
    await note(parts, due, 'sent');
    return true;
  } catch (thrown) {
    const error = asError(thrown);
    if (!(error instanceof FeedpulseError) || !error.code.startsWith('WEBHOOK')) throw error;
    log.warn({ channel: due.channel, attempts: due.attempts + 1, fault: error.message }, 'an alert was not taken');
    await note(parts, due, 'waiting');
    return false;
  }
}

async function note({ attempts, clock, metrics }: OutboxParts, due: Due, outcome: Attempt['outcome']): Promise<void> {
  const now = clock.now();
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(due.attempts, 20));
  metrics.alertMessages.inc({ channel: due.channel, outcome: outcome === 'waiting' ? 'failed' : outcome });
  await attempts.addAttempt(
    { change: due.change.id, channel: due.channel, attempts: due.attempts + 1, outcome, nextAt: now + pauseMs },
    now,
  );
}
