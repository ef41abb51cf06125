import { createHmac, randomUUID } from 'node:crypto';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { sendHttp } from '../../lib/http-client.ts';
import { checkHost, guardedLookup } from './webhook-address.ts';

export interface Webhook {
  readonly url: string;
  /** Signs what is sent. */
  readonly secret?: string | undefined;
  /** Lets it be sent to this machine and its networks. */
  readonly allowPrivate: boolean;
}

export interface WebhookMessage {
  /** The same for every attempt to send the same thing. */
  readonly key?: string;
  readonly body: object;
}

const answerMs = 10_000;

/**
 * Posts a message as JSON; resolves when the receiver has answered with a 2xx status. Redirects are not followed.
 * With a secret, `feedpulse-signature` is `t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`.
 * Errors name the host alone, since the path of a webhook is often what keeps it secret.
 * @throws WEBHOOK_REJECTED for an address that is not public, WEBHOOK_FAILED for anything else
 */
export async function sendWebhook(webhook: Webhook, { key = randomUUID(), body }: WebhookMessage, now: number): Promise<void> {
  const url = new URL(webhook.url);
  if (!webhook.allowPrivate) checkHost(url.hostname);
  const text = JSON.stringify(body);
  const { status } = await sendHttp(url, {
    method: 'POST',
    headers: headersOf(webhook, text, key, now),
    body: text,
    signal: AbortSignal.timeout(answerMs),
    // Each message has a connection of its own, so its host name is resolved and checked anew.
    ...(!webhook.allowPrivate && { lookup: guardedLookup() }),
  }).catch((thrown: unknown) => {
    if (thrown instanceof FeedpulseError) throw thrown;
    throw new FeedpulseError('WEBHOOK_FAILED', `${url.host} could not be reached: ${asError(thrown).message}.`, { cause: thrown });
  });
  if (status < 200 || status > 299) throw new FeedpulseError('WEBHOOK_FAILED', `${url.host} answered ${status}.`);
}

function headersOf({ secret }: Webhook, text: string, key: string, now: number): Record<string, string> {
  const seconds = Math.floor(now / 1_000);
  return {
    'content-type': 'application/json',
    'idempotency-key': key,
    ...(secret === undefined
      ? {}
      : { 'feedpulse-signature': `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')}` }),
  };
}
