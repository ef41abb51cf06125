import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvaluator, type Evaluator } from '../../src/alerts/evaluator.ts';
import { createAlertContext } from '../../src/alerts/notify/alert-context.ts';
import { createChannels, recipientsFor } from '../../src/alerts/notify/channels.ts';
import { createOutbox } from '../../src/alerts/notify/outbox.ts';
import { resolveRules } from '../../src/alerts/rules.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { AlertTransition } from '../../src/domain/alert.ts';
import type { Label, ScoredPost } from '../../src/domain/post.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import type { Database } from '../../src/sink/client/connection.ts';
import { createAlertCounts } from '../../src/sink/queries/alert-counts.ts';
import { createAlertReader } from '../../src/sink/queries/alerts.ts';
import { createRollups } from '../../src/sink/rollups/rollups.ts';
import { createAlertStore } from '../../src/sink/writer/alert-store.ts';
import { createWriter } from '../../src/sink/writer/writer.ts';
import { scoredPost } from '../support/scored-post.ts';
import { openTestDatabase, quiet } from '../support/test-database.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const minute = 60_000;
/** The start of the current minute; the tests advance from here. */
const start = Math.floor(Date.now() / minute) * minute;
let now = start;
const clock = { ...systemClock, now: () => now };
const metrics = createMetrics();

let db: Database;
let receiver: WebhookReceiver;
let remove: () => Promise<void>;
let number = 0;
const parts = () => ({ db, clock: systemClock, log: quiet, metrics });

const complaints = [
  'My battery caught fire on the train this morning',
  'Two refunds refused, and that battery still gets hot',
  'Who tested this battery before it went on sale?',
  'Smoke out of the battery while my children slept',
  'The swollen battery has broken the screen',
  'They knew about the battery since last spring',
  'Never again: battery dead within a week',
  'Support hung up when I said battery',
  'An exploding battery, and nobody apologises',
];

/** Posts of a minute, spread over it. */
function postsOf(at: number, labels: readonly Label[], more: Partial<ScoredPost> = {}): ScoredPost[] {
  return labels.map((label, index) => {
    number += 1;
    const createdAt = new Date(at + Math.floor((index * minute) / labels.length)).toISOString();
    const text = label === 'negative' ? (complaints[number % complaints.length] ?? '') : `I like it, number ${number}`;
    return scoredPost({
      id: `p${number}`,
      createdAt,
      updatedAt: createdAt,
      label,
      text,
      engagement: { likes: number, reposts: 0, replies: 0 },
      ...more,
    });
  });
}

async function store(posts: readonly ScoredPost[]): Promise<void> {
  await createWriter(parts()).write(posts);
  await createRollups(parts()).catchUp();
}

/** The posts of a minute: enough for the shortest window to have drivers. */
const usual: Label[] = ['positive', 'positive', 'neutral', 'negative', 'positive', 'positive', 'neutral', 'negative'];
const angry: Label[] = ['negative', 'negative', 'negative', 'neutral', 'negative', 'negative', 'negative', 'neutral'];

const configOf = (alerts: object) => configSchema.parse({ brands: [{ name: 'Kestrel' }], alerts });
const settings = () =>
  configOf({ channels: { ops: { type: 'webhook', url: `${receiver.url}/ops`, password: 'secret', allowPrivate: true } } });

/** As after a restart: only stored state is known. */
function freshEvaluator(config = settings()): Evaluator {
  return createEvaluator({
    counts: createAlertCounts(db.reader),
    records: createAlertReader(db.reader),
    store: createAlertStore(db),
    rules: resolveRules(config.alerts.rules, config.brands),
    recipientsFor: recipientsFor(config.alerts),
    noDataAfterMs: 30 * minute,
    clock,
    isLive: () => true,
  });
}

const send = (config = settings()): Promise<number> =>
  createOutbox({
    records: createAlertReader(db.reader),
    readFiring: async () => [],
    log: quiet,
    store: createAlertStore(db),
    channels: createChannels(config.alerts),
    contextOf: createAlertContext({ reader: db.reader, brands: () => config.brands, readEvents: async () => [] }),
    baseUrl: () => 'https://feedpulse.example/',
    clock,
    metrics,
  }).deliver();

beforeAll(async () => {
  const opened = await openTestDatabase();
  db = opened.db;
  receiver = await startWebhookReceiver();
  const history = Array.from({ length: 7 * 60 }, (_, index) => postsOf(start - (index + 1) * minute, usual)).flat();
  await store(history);
  remove = async () => {
    await receiver.close();
    await opened.remove();
  };
});
afterAll(() => remove());

/** Stores the next minutes of the feed and evaluates after each. */
async function live(evaluator: Evaluator, minutes: number, labels: readonly Label[]): Promise<string[]> {
  const kinds: string[] = [];
  for (let index = 0; index < minutes; index += 1) {
    await store(postsOf(now, labels));
    now += minute;
    const { transitions } = await evaluator.evaluate();
    kinds.push(...transitions.map(({ kind, rule }) => `${kind} ${rule}`));
  }
  return kinds;
}

test('normal posts raise no alert', async () => {
  expect(await live(freshEvaluator(), 3, usual)).toEqual([]);
  expect(await send()).toBe(0);
});

test('negative posts raise one alert that is stored and sent once, however often the process restarts', async () => {
  const kinds: string[] = [];
  for (let round = 0; round < 9; round += 1) kinds.push(...(await live(freshEvaluator(), 1, angry)));
  expect(kinds).toEqual(['alert sentiment']);

  receiver.status = 0;
  expect(await send()).toBe(0);
  now += minute;
  receiver.status = 503;
  expect(await send()).toBe(0);
  // During the backoff nothing is sent.
  expect(await send()).toBe(0);
  now += minute;
  receiver.status = 200;
  expect(await send()).toBe(1);
  expect(await send()).toBe(0);
  expect(receiver.received).toHaveLength(3);
  expect(new Set(receiver.received.map(({ headers }) => headers['idempotency-key']))).toHaveProperty('size', 1);
  expect(receiver.received[2]?.headers['feedpulse-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
  expect(receiver.received[2]?.body).toMatchObject({
    type: 'alert',
    rule: 'sentiment',
    brand: 'Kestrel',
    metric: 'netSentiment',
    direction: 'down',
    baseline: { season: 'recent' },
    drivers: expect.arrayContaining([expect.stringContaining('battery')]),
    link: expect.stringMatching(/^https:\/\/feedpulse\.example\/\?brand=Kestrel&from=20[^&]+Z&to=20[^&]+Z$/),
  });
  expect(receiver.received[2]?.body['examples']).toHaveLength(3);
}, 60_000);

// Evaluates an hour and a half minute by minute, in a real database.
test('its end is sent once, with the same alert id', async () => {
  const [first] = receiver.received;
  const kinds = await live(freshEvaluator(), 90, usual);
  expect(kinds).toEqual(['resolved sentiment']);
  expect(await send()).toBe(1);
  expect(await send()).toBe(0);
  expect(receiver.received.at(-1)?.body).toMatchObject({ type: 'resolved', alert: first?.body['alert'] });
  expect(receiver.received.at(-1)?.headers['idempotency-key']).not.toBe(first?.headers['idempotency-key']);
}, 120_000);

test('a digest is sent as one message after its interval, always with the same idempotency key', async () => {
  const gather = { type: 'webhook', url: `${receiver.url}/digest`, allowPrivate: true, digest: '1h' };
  const config = configOf({ channels: { ops: gather } });
  const store = createAlertStore(db);
  const hour = 3_600_000;
  const interval = Math.ceil(now / hour) * hour;
  const figures = { metric: 'volume', direction: 'up', observed: 90, expected: 30, low: 20, high: 40, z: 6, posts: 90 } as const;
  const startedAt = (at: number, severity: 'warning' | 'critical'): AlertTransition => ({
    ...{ id: randomUUID(), alert: randomUUID(), kind: 'alert', rule: 'volume', brand: 'Heron', severity, at, channels: ['ops'] },
    evaluation: { ...figures, from: at - minute, to: at, baseline: null },
    state: { status: 'alert', since: at },
  });
  await store.addTransitions([
    startedAt(interval, 'warning'),
    startedAt(interval + 40 * minute, 'warning'),
    startedAt(interval + 50 * minute, 'critical'),
  ]);
  const before = receiver.received.length;
  now = interval + 55 * minute;
  expect(await send(config)).toBe(1);
  expect(receiver.received.slice(before).map(({ body }) => [body['type'], body['severity']])).toEqual([['alert', 'critical']]);

  now = interval + hour + minute;
  receiver.status = 503;
  expect(await send(config)).toBe(0);
  receiver.status = 200;
  now += minute;
  await store.addTransitions([startedAt(interval + hour, 'warning')]); // belongs to the next interval
  expect(await send(config)).toBe(2);
  expect(await send(config)).toBe(0);
  const [failed, sent, ...others] = receiver.received.slice(before + 1);
  expect(others).toEqual([]);
  expect(sent?.body).toMatchObject({ type: 'digest', title: '2 alerts started, 0 resolved', messages: { length: 2 } });
  expect(sent?.headers['idempotency-key']).toBe(failed?.headers['idempotency-key']);
  now = interval + 2 * hour + minute;
  expect(await send(config)).toBe(1);
  expect(receiver.received.at(-1)?.headers['idempotency-key']).not.toBe(sent?.headers['idempotency-key']);
});
