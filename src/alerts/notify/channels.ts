import { createHash, randomUUID } from 'node:crypto';
import type { AlertsConfig, ChannelConfig } from '../../config/alerts.ts';
import { minuteMs, toMilliseconds } from '../../lib/duration.ts';
import { asError, type ErrorCode, FeedpulseError } from '../../lib/errors.ts';
import type { RecipientsFor } from '../detect/evaluate-rules.ts';
import { createMailer } from './email.ts';
import { type Digest, type Message, testMessage } from './message.ts';
import { alertmanagerBody, toDigestPayload, toPayload } from './payloads.ts';
import { sendWebhook } from './webhook.ts';

export interface Channel {
  /** Resolves once the receiver has accepted the message. @throws WEBHOOK_REJECTED, WEBHOOK_FAILED, EMAIL_FAILED */
  send(message: Message, now: number, signal?: AbortSignal): Promise<void>;
  /** Absent if messages are sent one by one. */
  readonly digest?: {
    /** Length of an interval in ms. */
    readonly intervalMs: number;
    /** Like `send` of the channel, for the messages of one interval. */
    send(digest: Digest, now: number, signal?: AbortSignal): Promise<void>;
  };
  /** For a receiver that must be told again and again which alerts are firing. */
  readonly repeat?: {
    readonly intervalMs: number;
    send(firing: readonly Message[], now: number, signal?: AbortSignal): Promise<void>;
  };
}

/** As often as Prometheus does. */
const alertmanagerIntervalMs = minuteMs;

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
  const intervalMs = 'digest' in config && config.digest !== undefined ? toMilliseconds(config.digest) : undefined;
  if (config.type === 'email') {
    const mail = createMailer(config);
    return {
      send: (message, _now, signal) => mail.send(message, hashKey(message.transition.id), hashKey(message.transition.alert), signal),
      ...(intervalMs && { digest: { intervalMs, send: (digest, _now, signal) => mail.sendDigest(digest, hashKey(digest.id), signal) } }),
    };
  }
  const { type, allowPrivate } = config;
  /** Anew for each message: URL and password may have changed in their files. The schema requires a URL. */
  const webhook = () => ({ url: config.url ?? '', secret: type === 'webhook' ? config.password : undefined, allowPrivate });
  const send: Channel['send'] = (message, now, signal) =>
    sendWebhook(webhook(), { key: hashKey(message.transition.id), body: toPayload(type, message, now) }, now, signal);
  if (type === 'alertmanager') {
    const repeat: NonNullable<Channel['repeat']>['send'] = (firing, now, signal) =>
      sendWebhook(webhook(), { body: firing.flatMap((message) => alertmanagerBody(message, now)) }, now, signal);
    return { send, repeat: { intervalMs: alertmanagerIntervalMs, send: repeat } };
  }
  const sendDigest: NonNullable<Channel['digest']>['send'] = (digest, now, signal) =>
    sendWebhook(webhook(), { key: hashKey(digest.id), body: toDigestPayload(type, digest) }, now, signal);
  return { send, ...(intervalMs && { digest: { intervalMs, send: sendDigest } }) };
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
