import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom, mixSeeds, pick } from '../../src/lib/random.ts';
import type { AlertsResponse } from '../../src/server/routes/alerts/alert-schemas.ts';
import { eventually, feedpulse, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const minute = 60_000;
const feelings = { glad: ['love', 'best', 'happy'], plain: [], angry: ['broke', 'terrible', 'hate', 'refund'] } as const;
const things =
  'kettle lid cable counter spout handle kitchen morning shelf box store label color steel glass plug family weekend water steam tea gift shop neighbor window table'.split(
    ' ',
  );

/** A different text for every number: posts with the same text would be copies, and count as one opinion. */
function textOf(kind: keyof typeof feelings, seed: number): string {
  const random = createRandom(mixSeeds(seed));
  const words = [...feelings[kind], ...Array.from({ length: 9 }, () => pick(random, things))];
  const shuffled = words.map((word) => ({ word, order: random() })).sort((one, other) => one.order - other.order);
  return `Kestrel ${shuffled.map(({ word }) => word).join(' ')}`;
}

let kafka: TestKafka;
let receiver: WebhookReceiver;
let producer: Producer;
let dir: string;
let running: RunningFeedpulse | undefined;
let number = 0;
/** Angry posts by minute since 1970. */
const angryPosts = new Map<number, number>();

beforeAll(async () => {
  kafka = await startKafka({ ownBroker: true });
  receiver = await startWebhookReceiver();
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-alerts-'));
  const rule = { name: 'mood', metric: 'netSentiment', window: '3m', for: '0s', keepFiringFor: '0s' };
  const channels = { ops: { type: 'webhook', url: receiver.url, allowPrivate: true } };
  await writeFile(join(dir, 'feedpulse.yaml'), JSON.stringify({ brands: [{ name: 'Kestrel' }], alerts: { channels, rules: [rule] } }));
  const kafkaClient = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  producer = kafkaClient.producer();
  await producer.connect();
  const admin = kafkaClient.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'posts', numPartitions: 1 }] });
  await admin.disconnect();
});
afterAll(async () => {
  await running?.kill();
  await producer.disconnect();
  await receiver.close();
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

async function start(): Promise<RunningFeedpulse> {
  const env = { FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','), FEEDPULSE_KAFKA_SESSION_TIMEOUT: '6s' };
  running = await startFeedpulse(['--source', 'kafka', '--data-dir', dir, '--config', join(dir, 'feedpulse.yaml')], env);
  return running;
}

function message(kind: keyof typeof feelings, at: number) {
  number += 1;
  const minuteIndex = Math.floor(at / minute);
  if (kind === 'angry') angryPosts.set(minuteIndex, (angryPosts.get(minuteIndex) ?? 0) + 1);
  const createdAt = new Date(at).toISOString();
  return {
    key: `chirper:${number}`,
    value: JSON.stringify({ platform: 'chirper', id: `${number}`, text: textOf(kind, number), createdAt }),
  };
}

/** Sends posts for the minutes from `from` to `to`, counted back from now. */
async function post(from: number, to: number, kindsPerMinute: readonly (keyof typeof feelings)[]): Promise<void> {
  const now = Date.now();
  const messages = [];
  for (let ago = from; ago >= to; ago -= 1) for (const kind of kindsPerMinute) messages.push(message(kind, now - ago * minute));
  await producer.send({ topic: 'posts', messages });
}

/** Balances the angry posts of the last 15 minutes, so that net sentiment is normal again. */
async function restoreSentiment(): Promise<void> {
  const messages = [];
  for (const [minuteIndex, angry] of angryPosts)
    if (minuteIndex * minute > Date.now() - 15 * minute)
      for (let count = 0; count < angry; count += 1)
        for (const kind of ['glad', 'plain', 'glad'] as const) messages.push(message(kind, minuteIndex * minute));
  await producer.send({ topic: 'posts', messages });
}

const usual = ['glad', 'plain', 'glad', 'angry'] as const;
const alerts = async (): Promise<AlertsResponse['alerts']> => (await running?.get<AlertsResponse>('/api/v1/alerts'))?.alerts ?? [];
const kinds = () => receiver.received.map(({ body }) => body['type']);

test('negative posts raise one alert with one ID, even if the process is killed before and after delivery, and it resolves once', async () => {
  await post(6 * 60, 10, usual);
  await post(
    9,
    0,
    Array.from({ length: 8 }, () => 'angry' as const),
  );
  receiver.status = 0;
  await start();
  await eventually('an alert starts and its delivery is attempted', 150, async () => {
    await post(0, 0, ['angry']);
    return receiver.received.length > 0;
  });
  const [alert] = await alerts();
  expect(alert).toMatchObject({ rule: 'mood', brand: 'Kestrel', resolvedAt: null, evaluation: { direction: 'down' } });
  await running?.kill();

  receiver.status = 200;
  const before = receiver.received.length;
  await start();
  await eventually('the alert is delivered', 60, async () => receiver.received.length > before);
  await running?.kill();
  await start();
  await eventually('the rules are evaluated again', 120, async () => {
    await post(0, 0, ['angry']);
    return ((await running?.metric('feedpulse_alert_evaluations_total')) ?? 0) > 0;
  });
  expect(new Set(receiver.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  expect(receiver.received[before]?.body).toMatchObject({
    type: 'alert',
    alert: alert?.id,
    examples: [{ text: expect.stringContaining('terrible') }, {}, {}],
  });

  await restoreSentiment();
  await eventually('the resolved notification is delivered', 150, async () => {
    await post(0, 0, usual);
    return kinds().includes('resolved');
  });
  expect(kinds().filter((kind) => kind === 'resolved')).toHaveLength(1);
  expect(receiver.received.at(-1)?.body).toMatchObject({ type: 'resolved', alert: alert?.id });
  expect((await alerts()).map(({ id, resolvedAt }) => [id, resolvedAt !== null])).toEqual([[alert?.id, true]]);

  const shared = ['--data-dir', dir, '--config', join(dir, 'feedpulse.yaml')];
  expect((await feedpulse('alerts', 'ack', alert?.id ?? '', ...shared)).stdout).toMatch(
    /^Kestrel, net sentiment down to .*: acknowledged\.\n$/,
  );
  const rated = await feedpulse('alerts', 'feedback', alert?.id ?? '', 'noise', ...shared);
  expect(rated.stdout).toMatch(/^Kestrel, .*: rated noise\.\n$/);
  const listed = await feedpulse('alerts', 'list', ...shared);
  expect([listed.stdout.split('\n').length, listed.stderr]).toEqual([3, 'mood: 100.0% of 1 rated alerts were noise\n']);
  expect((await feedpulse('alerts', 'silence', '--brand', 'Kestrel', '--for', '1h', ...shared)).stdout).toMatch(/^Silenced until 20/);
  expect((await feedpulse('alerts', 'unsilence', '--brand', 'Kestrel', ...shared)).stdout).toBe('Silence ended.\n');
  expect((await feedpulse('alerts', 'show', alert?.id ?? '', ...shared)).stdout).toContain('netSentiment');
});
