import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createChannels } from '../../../src/alerts/notify/channels.ts';
import { emptyContext } from '../../../src/alerts/notify/explain.ts';
import { createOutbox, type Outbox } from '../../../src/alerts/notify/outbox.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { PendingDelivery } from '../../../src/domain/alert.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { DeliveryAttempt } from '../../../src/sink/writer/alert-store.ts';
import { alertTransition } from '../../support/kettle-history.ts';
import { quiet } from '../../support/test-database.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

let good: WebhookReceiver;
let silent: WebhookReceiver;
let outboxes: Outbox[];
/** What the database would hold. */
let attempts: DeliveryAttempt[];
let pending: PendingDelivery[];

beforeEach(async () => {
  [good, silent] = await Promise.all([startWebhookReceiver(), startWebhookReceiver()]);
  silent.isSilent = true;
  outboxes = [];
  attempts = [];
  pending = [1, 2, 3].flatMap((number) =>
    ['good', 'silent'].map((channel) => ({
      transition: alertTransition(number, 'alert', 'Kestrel', Date.now()),
      channel,
      attempts: 0,
      nextAt: 0,
    })),
  );
});
afterEach(async () => {
  await Promise.all(outboxes.map((outbox) => outbox.stop()));
  await Promise.all([good.close(), silent.close()]);
});

/** As after a start of the process. */
function openOutbox(): Outbox {
  const channel = ({ url }: WebhookReceiver) => ({ type: 'webhook', url, allowPrivate: true });
  const config = configSchema.parse({ alerts: { channels: { good: channel(good), silent: channel(silent) } } });
  const isOpen = ({ transition, channel: name }: PendingDelivery): boolean =>
    !attempts.some((attempt) => attempt.transition === transition.id && attempt.channel === name && attempt.outcome === 'sent');
  const outbox = createOutbox({
    records: { readPendingDeliveries: async () => pending.filter(isOpen) },
    readFiring: async () => [],
    store: {
      addAttempt: async (attempt) => {
        attempts.push(attempt);
      },
    },
    log: quiet,
    channels: createChannels(config.alerts),
    contextOf: async () => emptyContext,
    baseUrl: () => 'https://feedpulse.example/',
    clock: systemClock,
    metrics: createMetrics(),
  });
  outboxes.push(outbox);
  return outbox;
}

const sentTo = (channel: string): DeliveryAttempt[] => attempts.filter((attempt) => attempt.channel === channel);

test('a receiver that never answers holds up no other channel, and no later call', async () => {
  const outbox = openOutbox();
  void outbox.deliver();
  await expect.poll(() => sentTo('good').length, { timeout: 2_000 }).toBe(3);
  expect(silent.received).toHaveLength(1);
  const late = alertTransition(4, 'alert', 'Kestrel', Date.now());
  pending.push({ transition: late, channel: 'good', attempts: 0, nextAt: 0 });
  expect(await outbox.deliver()).toBe(1);
  expect(good.received.map(({ headers }) => headers['idempotency-key'])).toHaveLength(4);
  expect(new Set(good.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(4);
  expect(silent.received).toHaveLength(1);
});

test('a stop aborts what is in flight, which the next start sends at once', async () => {
  const outbox = openOutbox();
  void outbox.deliver();
  await expect.poll(() => [silent.received.length, sentTo('good').length]).toEqual([1, 3]);
  const stopped = await Promise.race([outbox.stop().then(() => 'stopped'), delay(1_000, 'still running')]);
  expect(stopped).toBe('stopped');
  expect(sentTo('silent')).toEqual([]);
  silent.isSilent = false;
  expect(await openOutbox().deliver()).toBe(3);
  expect(sentTo('silent').map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent']);
});

test('after a failure the other messages of the channel wait for the next call', async () => {
  good.status = 500;
  silent.isSilent = false;
  expect(await openOutbox().deliver()).toBe(3);
  expect(sentTo('good').map(({ outcome }) => outcome)).toEqual(['waiting']);
  expect(sentTo('silent')).toHaveLength(3);
});

test('after the clock was set back, a delivery does not wait for a time that was set before', async () => {
  pending = [5, 6].map((number) => ({
    transition: alertTransition(number, 'alert', 'Kestrel', Date.now()),
    channel: 'good',
    attempts: 1,
    nextAt: Date.now() + (number === 5 ? 3_600_000 : 60_000),
  }));
  expect(await openOutbox().deliver()).toBe(1);
  expect(sentTo('good').map(({ transition }) => transition)).toEqual([pending[0]?.transition.id]);
});
