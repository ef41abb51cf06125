import { createHash } from 'node:crypto';
import type { AlertsConfig, ChannelConfig } from '../../config/alerts.ts';
import { milliseconds } from '../../lib/duration.ts';
import type { RecipientsFor } from '../detect/evaluate-rules.ts';
import { createMailer } from './email.ts';
import type { Digest, Message } from './message.ts';
import { toDigestPayload, toPayload } from './payloads.ts';
import { sendWebhook } from './send-webhook.ts';

export interface Channel {
  /** Resolves when the receiver has taken it. @throws WEBHOOK_REJECTED, WEBHOOK_FAILED, EMAIL_FAILED */
  send(message: Message, now: number): Promise<void>;
  /** How long messages are gathered, in ms; undefined where each goes by itself. */
  readonly digestMs?: number;
  /** Resolves when the receiver has taken it. @throws the same */
  sendDigest(digest: Digest, now: number): Promise<void>;
}

/** The configured channels by name. */
export function channelsOf(config: AlertsConfig): ReadonlyMap<string, Channel> {
  return new Map(Object.entries(config.channels).map(([name, one]) => [name, channelOf(name, one)]));
}

/** Who is told of a rule and a brand: the channels that the rule names, or all, but for those that are for others. */
export function recipientsFor(config: AlertsConfig): RecipientsFor {
  const all = Object.entries(config.channels);
  const isFor = <T>(chosen: readonly T[], one: T): boolean => chosen.length === 0 || chosen.includes(one);
  return (rule, brand) =>
    all
      .filter(([name]) => isFor(rule.channels, name))
      .filter(([, { brands, severities }]) => isFor(brands, brand) && isFor(severities, rule.severity))
      .map(([name]) => name);
}

function channelOf(name: string, config: ChannelConfig): Channel {
  // The same for every attempt, and another for every receiver.
  const keyOf = (what: string): string => createHash('sha256').update(`${what} ${name}`).digest('hex').slice(0, 32);
  const digest = 'digest' in config ? config.digest : undefined;
  const gathering = digest === undefined ? {} : { digestMs: milliseconds(digest) };
  if (config.type === 'email') {
    const mail = createMailer(config);
    return {
      ...gathering,
      send: (message) => mail.send(message, keyOf(message.change.id), keyOf(message.change.alert)),
      sendDigest: (messages) => mail.sendDigest(messages, keyOf(messages.id)),
    };
  }
  const { type, url, allowPrivate } = config;
  const webhook = { url, secret: type === 'webhook' ? config.password : undefined, allowPrivate };
  return {
    ...gathering,
    send: (message, now) => sendWebhook(webhook, { key: keyOf(message.change.id), body: toPayload(type, message) }, now),
    sendDigest: (messages, now) => sendWebhook(webhook, { key: keyOf(messages.id), body: toDigestPayload(type, messages) }, now),
  };
}
