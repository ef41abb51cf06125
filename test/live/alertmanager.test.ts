import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChannels } from '../../src/alerts/notify/channels.ts';
import { emptyContext } from '../../src/alerts/notify/explain.ts';
import { createOutbox } from '../../src/alerts/notify/outbox.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { AlertTransition, PendingDelivery } from '../../src/domain/alert.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { eventually } from '../support/feedpulse.ts';
import { freePort } from '../support/free-port.ts';
import { alertTransition } from '../support/kettle-history.ts';
import { quiet } from '../support/test-database.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let dir: string;
let port: number;
let alertmanager: ChildProcess | undefined;
/** Whom Alertmanager notifies. */
let receiver: WebhookReceiver;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-alertmanager-'));
  port = await freePort();
  receiver = await startWebhookReceiver();
  const route = { receiver: 'test', group_by: ['alert'], group_wait: '1ms', group_interval: '1s', repeat_interval: '1h' };
  const receivers = [{ name: 'test', webhook_configs: [{ url: receiver.url }] }];
  await writeFile(join(dir, 'config.yml'), JSON.stringify({ route, receivers })); // JSON is YAML
});
afterAll(async () => {
  await stop();
  await receiver.close();
  await rm(dir, { recursive: true, force: true });
});

/** With nothing stored. */
async function start(): Promise<void> {
  const storage = await mkdtemp(join(dir, 'storage-'));
  const args = [`--config.file=${join(dir, 'config.yml')}`, `--storage.path=${storage}`, `--web.listen-address=127.0.0.1:${port}`];
  alertmanager = spawn('prometheus-alertmanager', [...args, '--cluster.listen-address='], { stdio: 'ignore' });
  const failed = once(alertmanager, 'error').then(([error]) => {
    throw error;
  });
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await Promise.race([eventually('Alertmanager is ready', 20, isReady), failed]);
}

async function stop(): Promise<void> {
  if (!alertmanager || alertmanager.exitCode !== null || alertmanager.signalCode !== null) return;
  alertmanager.kill('SIGKILL');
  await once(alertmanager, 'exit');
}

interface ReceivedAlert {
  readonly startsAt: string;
  readonly endsAt: string;
  readonly labels: Readonly<Record<string, string>>;
}

const activeAlerts = async () => (await (await fetch(`http://127.0.0.1:${port}/api/v2/alerts`)).json()) as ReceivedAlert[]; // its API

/** Statuses of the notifications so far. */
const notified = () => receiver.received.map(({ body }) => body['status']);

test('Alertmanager knows the start of an alert, keeps it across its own restart, and resolves it', async () => {
  const startedAt = Date.now() - 90_000;
  const firing = alertTransition(1, 'alert', 'Kestrel', startedAt);
  let pending: PendingDelivery[] = [];
  let active: AlertTransition[] = [];
  let skippedMs = 0;
  const url = `http://127.0.0.1:${port}/api/v2/alerts`;
  const outbox = createOutbox({
    records: { readPendingDeliveries: async () => pending },
    readFiring: async () => active.map((alert) => ({ ...alert, channels: ['pager'] })),
    store: { addAttempt: async ({ outcome }) => void (outcome === 'sent' && pending.splice(0, 1)) },
    log: quiet,
    channels: createChannels(
      configSchema.parse({ alerts: { channels: { pager: { type: 'alertmanager', url, allowPrivate: true } } } }).alerts,
    ),
    contextOf: async () => emptyContext,
    baseUrl: () => 'https://feedpulse.example/',
    clock: { ...systemClock, monotonic: () => performance.now() + skippedMs },
    metrics: createMetrics(),
  });
  const deliver = async (transition?: AlertTransition): Promise<void> => {
    pending = transition ? [{ transition, channel: 'pager', attempts: 0, nextAt: 0 }] : [];
    await outbox.deliver();
    skippedMs += 60_000;
  };

  await start();
  active = [firing];
  await deliver(firing);
  const [first] = await activeAlerts();
  expect(first?.startsAt).toBe(new Date(startedAt).toISOString());
  expect(Date.parse(first?.endsAt ?? '')).toBeGreaterThan(Date.now() + 50 * 60_000);
  await expect.poll(notified, { timeout: 10_000 }).toEqual(['firing']);

  await stop();
  await deliver(); // fails, and stops nothing
  await start();
  expect(await activeAlerts()).toEqual([]);
  await deliver();
  const again = await activeAlerts();
  expect(again.map(({ startsAt, labels }) => ({ startsAt, labels }))).toEqual([{ startsAt: first?.startsAt, labels: first?.labels }]);
  await expect.poll(notified, { timeout: 10_000 }).toEqual(['firing', 'firing']);

  active = [];
  await deliver(alertTransition(1, 'resolved', 'Kestrel', Date.now()));
  await deliver();
  expect(await activeAlerts()).toEqual([]);
  await expect.poll(notified, { timeout: 10_000 }).toEqual(['firing', 'firing', 'resolved']);
  await outbox.stop();
});
