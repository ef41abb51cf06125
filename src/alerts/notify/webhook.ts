import { createHmac, randomUUID } from 'node:crypto';
import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import ipaddr from 'ipaddr.js';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { sendHttp } from '../../lib/http-client.ts';

export interface Webhook {
  readonly url: string;
  /** Signs the body. */
  readonly secret?: string | undefined;
  /** Allows loopback and private addresses. */
  readonly allowPrivate: boolean;
}

export interface WebhookMessage {
  /** Idempotency key: the same for every attempt to send a message. */
  readonly key?: string;
  readonly body: object;
}

const timeoutMs = 10_000;

/**
 * Posts a message as JSON and resolves on a 2xx status. Redirects are not followed.
 * With a secret, `feedpulse-signature` is `t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`.
 * Errors contain only the host, since a webhook's path is often a secret.
 * @throws WEBHOOK_REJECTED for a private address, WEBHOOK_FAILED for anything else
 */
export async function sendWebhook(
  webhook: Webhook,
  { key = randomUUID(), body }: WebhookMessage,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  const url = new URL(webhook.url);
  if (!webhook.allowPrivate) checkHost(url.hostname);
  const text = JSON.stringify(body);
  const { status } = await sendHttp(url, {
    method: 'POST',
    headers: createHeaders(webhook, text, key, now),
    body: text,
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
    // Each message has a connection of its own, so its host name is resolved and checked anew.
    ...(!webhook.allowPrivate && { lookup: createPublicLookup() }),
  }).catch((thrown: unknown) => {
    if (thrown instanceof FeedpulseError) throw thrown;
    throw new FeedpulseError('WEBHOOK_FAILED', `${url.host} could not be reached: ${asError(thrown).message}.`, { cause: thrown });
  });
  if (status < 200 || status > 299) throw new FeedpulseError('WEBHOOK_FAILED', `${url.host} responded with HTTP ${status}.`);
}

function createHeaders({ secret }: Webhook, text: string, key: string, now: number): Record<string, string> {
  const seconds = Math.floor(now / 1_000);
  return {
    'content-type': 'application/json',
    'idempotency-key': key,
    ...(secret === undefined
      ? {}
      : { 'feedpulse-signature': `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')}` }),
  };
}

/** Whether an IP address is on the public internet: not loopback, private, link-local or reserved. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address mapped into IPv6 is checked as IPv4.
  return ipaddr.process(address).range() === 'unicast';
}

/** @throws WEBHOOK_REJECTED if the host is a literal private IP address */
function checkHost(host: string): void {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0 && !isPublicAddress(address)) throw rejection(host);
}

/**
 * Resolves a host name and passes on only checked addresses, so that no second lookup can return another one (DNS
 * rebinding). One private address among several is enough to reject the host.
 */
export function createPublicLookup(resolve: typeof lookup = lookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const [first] = found ?? [];
      if (error || !first) return callback(error ?? rejection(host), '', 0);
      if (!found.every(({ address }) => isPublicAddress(address))) return callback(rejection(host), '', 0);
      // Node asks for all addresses if it may try several.
      return options.all ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}

/** Returns a checked address of a host, for clients that connect to addresses. @throws WEBHOOK_REJECTED, and DNS errors */
export async function resolvePublicAddress(host: string): Promise<string> {
  checkHost(host);
  const found = await promisify(createPublicLookup())(host, {});
  return typeof found === 'string' ? found : (found[0]?.address ?? host);
}

function rejection(host: string): FeedpulseError {
  return new FeedpulseError('WEBHOOK_REJECTED', `${host} is not on the public internet.`);
}
