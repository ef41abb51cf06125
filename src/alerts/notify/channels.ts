import { createHash, randomUUID } from 'node:crypto';
import type { AlertsConfig, ChannelConfig } from '../../config/alerts.ts';
import { toMilliseconds } from '../../lib/duration.ts';
import { asError, type ErrorCode, FeedpulseError } from '../../lib/errors.ts';
import type { RecipientsFor } from '../detect/evaluate-rules.ts';
import { createMailer } from './email.ts';
import { type Digest, type Message, testMessage } from './message.ts';
import { toDigestPayload, toPayload } from './payloads.ts';
import { sendWebhook } from './webhook.ts';

export interface Channel {
  /** Resolves once the receiver has accepted the message. @throws WEBHOOK_REJECTED, WEBHOOK_FAILED, EMAIL_FAILED */
  send(message: Message, now: number, signal?: AbortSignal): Promise<void>;
  /** Length of a digest interval in ms; undefined if messages are sent one by one. */
  readonly digestMs?: number;
  /** Like `send`, for the messages of one interval. */
  sendDigest(digest: Digest, now: number, signal?: AbortSignal): Promise<void>;
}

/** The configured channels by name. */
export function createChannels(config: AlertsConfig): ReadonlyMap<string, Channel> {
  return new Map(Object.entries(config.channels).map(([name, channel]) => [name, createChannel(name, channel)]));
}

/** Recipients of a rule's alerts for a brand: the channels named by the rule (default: all) whose filters match. */
export function recipientsFor(config: AlertsConfig): RecipientsFor {
  const all = Object.entries(config.channels);
  const matches = <T>(selected: readonly T[], value: T): boolean => selected.length === 0 || selected.includes(value);
  return (rule, brand) =>
    all
      .filter(([name]) => matches(rule.channels, name))
      .filter(([, { brands, severities }]) => matches(brands, brand) && matches(severities, rule.severity))
      .map(([name]) => name);
}

function createChannel(name: string, config: ChannelConfig): Channel {
  // The idempotency key: the same for every attempt, different for every channel.
  const hashKey = (id: string): string => createHash('sha256').update(`${id} ${name}`).digest('hex').slice(0, 32);
  const digest = 'digest' in config ? config.digest : undefined;
  const digestOptions = digest === undefined ? {} : { digestMs: toMilliseconds(digest) };
  if (config.type === 'email') {
    const mail = createMailer(config);
    return {
      ...digestOptions,
      send: (message, _now, signal) => mail.send(message, hashKey(message.transition.id), hashKey(message.transition.alert), signal),
      sendDigest: (messages, _now, signal) => mail.sendDigest(messages, hashKey(messages.id), signal),
    };
  }
  const { type, url, allowPrivate } = config;
  const webhook = { url, secret: type === 'webhook' ? config.password : undefined, allowPrivate };
  return {
    ...digestOptions,
    send: (message, now, signal) =>
      sendWebhook(webhook, { key: hashKey(message.transition.id), body: toPayload(type, message) }, now, signal),
    sendDigest: (messages, now, signal) =>
      sendWebhook(webhook, { key: hashKey(messages.id), body: toDigestPayload(type, messages) }, now, signal),
  };
}

/** The result of a test message to a channel. */
export interface ChannelTestResult {
  readonly channel: string;
  readonly delivered: boolean;
  /** Code and message of the error. */
  readonly code?: ErrorCode;
  readonly detail?: string;
}

/** Sends each channel a test message, one after the other. Errors of the channels are part of the result. */
export async function testChannels(channels: ReadonlyMap<string, Channel>, baseUrl: string, now: number): Promise<ChannelTestResult[]> {
  const results: ChannelTestResult[] = [];
  for (const [channel, { send }] of channels) {
    try {
      await send(testMessage(`test-${randomUUID()}`, now, baseUrl), now);
      results.push({ channel, delivered: true });
    } catch (thrown) {
      const error = asError(thrown);
      if (!(error instanceof FeedpulseError)) throw error;
      results.push({ channel, delivered: false, code: error.code, detail: error.message });
    }
  }
  return results;
}

/** The named channels, or all if no name is given. @throws USAGE for an unknown name */
export function selectChannels(channels: ReadonlyMap<string, Channel>, names: readonly string[]): ReadonlyMap<string, Channel> {
  const unknown = names.find((name) => !channels.has(name));
  if (unknown !== undefined)
    throw new FeedpulseError('USAGE', `channels: unknown channel ${unknown}, expected one of ${[...channels.keys()].join(', ')}.`);
  return names.length === 0 ? channels : new Map([...channels].filter(([name]) => names.includes(name)));
}
