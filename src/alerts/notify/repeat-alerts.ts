import type { AlertTransition } from '../../domain/alert.ts';
import { monotonicNow } from '../../lib/clock.ts';
import { asError } from '../../lib/errors.ts';
import { emptyContext } from './explain.ts';
import { createMessage, type Message } from './message.ts';
import type { OutboxDeps } from './outbox.ts';

/** Tells a channel again which alerts are firing, if that is due. */
export type RepeatAlerts = (channel: string, firing: readonly AlertTransition[], signal: AbortSignal) => Promise<void>;

/**
 * For receivers that keep alerts only for a while, and lose them when they restart, as Alertmanager does. A failure is logged,
 * not stored: the next repetition follows soon.
 */
export function createRepeatAlerts({
  channels,
  contextOf,
  baseUrl,
  clock,
  log,
}: Pick<OutboxDeps, 'channels' | 'contextOf' | 'baseUrl' | 'clock' | 'log'>): RepeatAlerts {
  /** When each channel was told last, by the monotonic clock. */
  const repeatedAt = new Map<string, number>();
  /** The message about the latest report of each firing alert. */
  let messages = new Map<string, Promise<Message>>();
  const messageAbout = async (transition: AlertTransition): Promise<Message> =>
    createMessage(transition, await contextOf(transition).catch(() => emptyContext), baseUrl());

  return async (name, firing, signal) => {
    const channel = channels.get(name);
    const now = monotonicNow(clock);
    if (!channel?.repeat || now - (repeatedAt.get(name) ?? Number.NEGATIVE_INFINITY) < channel.repeat.intervalMs) return;
    repeatedAt.set(name, now);
    messages = new Map(firing.map((report) => [report.id, messages.get(report.id) ?? messageAbout(report)]));
    const due = firing.filter(({ channels: recipients }) => recipients.includes(name));
    if (due.length === 0) return;
    try {
      await channel.repeat.send(await Promise.all(due.flatMap(({ id }) => messages.get(id) ?? [])), clock.now(), signal);
    } catch (thrown) {
      if (!signal.aborted) log.warn({ channel: name, error: asError(thrown).message }, 'repeating the firing alerts failed; retrying');
    }
  };
}
