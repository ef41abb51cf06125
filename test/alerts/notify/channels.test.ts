import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Channel, createChannels, recipientsFor } from '../../../src/alerts/notify/channels.ts';
import { emptyContext } from '../../../src/alerts/notify/explain.ts';
import { createDigest, createMessage } from '../../../src/alerts/notify/message.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { AlertTransition } from '../../../src/domain/alert.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const at = Date.UTC(2026, 4, 20, 12);
const hostile = '<!channel> <https://evil.example|click> *bold* [a](javascript:alert(1)) @here\r\n\u202e"}]} %s &amp; ';
const start: AlertTransition = {
  ...{ id: 'c1', alert: 'c1', kind: 'alert', rule: 'mood', brand: '<!here> & Söhne', severity: 'critical', at, channels: ['all'] },
  evaluation: {
    ...{ metric: 'netSentiment', direction: 'down', observed: -41.4, expected: 12, low: -3, high: 27, z: -5.21, posts: 212 },
    ...{ from: at - 900_000, to: at, baseline: { season: 'week', windows: 40, from: at - 57 * 86_400_000, to: at - 6 * 86_400_000 } },
  },
  state: { status: 'alert', since: at },
};
const end: AlertTransition = { ...start, id: 'c2', kind: 'resolved', state: { status: 'ok', since: at } };
const context = {
  timeZone: 'Europe/Berlin',
  notes: ['Planned then: <!channel>.'],
  drivers: ['refund', '#battery'],
  examples: [{ platform: 'chirper', text: hostile.repeat(20), author: hostile.repeat(5), posts: 120, url: 'https://chirper.example/1' }],
  composition: { posts: 212, sameText: 120, official: 0 },
};
const started = createMessage(start, context, 'https://feedpulse.example/app/');

let receiver: WebhookReceiver;
let channels: ReadonlyMap<string, Channel>;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  const made = ['webhook', 'slack', 'teams', 'alertmanager'].map((type) => [
    type,
    { type, url: `${receiver.url}/${type}`, allowPrivate: true, ...(type !== 'alertmanager' && { digest: '1h' }) },
  ]);
  const guarded = ['slack', 'teams', 'alertmanager'].map((type) => [`${type} guarded`, { type, url: `${receiver.url}/${type}` }]);
  channels = createChannels(configSchema.parse({ alerts: { channels: Object.fromEntries([...made, ...guarded]) } }).alerts);
});
afterAll(() => receiver.close());

async function sent(type: string, message = started): Promise<{ body: unknown; key: unknown; text: string }> {
  await channels.get(type)?.send(message, at);
  const last = receiver.received.at(-1);
  expect(last?.path).toBe(`/${type}`);
  return { body: last?.body, key: last?.headers['idempotency-key'], text: last?.text ?? '' };
}

test('a webhook receives all data, and the text', async () => {
  const { body } = await sent('webhook');
  expect(body).toMatchObject({
    ...{
      type: 'alert',
      alert: 'c1',
      rule: 'mood',
      severity: 'critical',
      observed: -41.4,
      expected: 12,
      low: -3,
      high: 27,
      z: -5.21,
      posts: 212,
    },
    ...{ from: '2026-05-20T11:45:00.000Z', to: '2026-05-20T12:00:00.000Z', baseline: { season: 'week', windows: 40 } },
    title: '<!here> & Söhne: net sentiment fell to −41 (expected +12)',
    why: 'Net sentiment is 53 points below the usual for a Wednesday afternoon: −41 over 212 posts in 15 minutes against −3 to +27, 120 of them one text. Planned then: <!channel>.',
    composition: { posts: 212, sameText: 120, official: 0 },
    drivers: ['refund', '#battery'],
    link: 'https://feedpulse.example/app/?brand=%3C%21here%3E+%26+S%C3%B6hne&from=2026-05-20T08%3A45%3A00Z&to=2026-05-20T12%3A30%3A00Z',
  });
  const { text } = body as { text: string }; // as the type says
  expect(text).toContain('Expected: +12 (95% interval: −3 to +27)\nPosts: 212\nWindow: 2026-05-20 11:45 UTC to');
  expect(text).not.toMatch(/\u202e|\r/);
});

/** Every object within JSON that has a property. */
function having(value: unknown, name: string): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap((child) => having(child, name));
  return name in value ? [value as Record<string, unknown>, ...inner] : inner;
}

test('Slack receives blocks in which post text is plain text', async () => {
  const { body } = await sent('slack');
  const texts = having(body, 'type').filter(({ type, text }) => typeof text === 'string' || type === 'mrkdwn');
  expect(texts.length).toBeGreaterThan(8);
  for (const { type } of texts) expect(type).toBe('plain_text');
  expect(body).toMatchObject({ text: '&lt;!here&gt; &amp; Söhne: net sentiment fell to −41 (expected +12)' });
  const [header, why, facts] = (body as { blocks: { text?: { text: string }; fields?: unknown[] }[] }).blocks; // what Slack documents
  expect(header?.text?.text.length).toBeLessThanOrEqual(150);
  expect(why?.text?.text).toContain('53 points below');
  expect(facts?.fields?.length).toBeLessThanOrEqual(10);
});

test('Teams receives an Adaptive Card whose text is never Markdown', async () => {
  const { body } = await sent('teams');
  expect(body).toMatchObject({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }] });
  const types = new Set(having(body, 'type').map(({ type }) => type));
  expect(types).toEqual(new Set(['message', 'AdaptiveCard', 'RichTextBlock', 'TextRun', 'Action.OpenUrl']));
});

test('Alertmanager matches start and end by their labels', async () => {
  const [alert] = (await sent('alertmanager')).body as { labels: object; startsAt?: string; endsAt: string }[]; // a list, as it documents
  const [resolved] = (await sent('alertmanager', createMessage(end, emptyContext, 'https://f.example'))).body as (typeof alert)[];
  expect(resolved?.labels).toEqual(alert?.labels);
  expect(alert?.labels).toEqual({ alertname: 'feedpulse', rule: 'mood', brand: start.brand, severity: 'critical', alert: 'c1' });
  expect(alert?.startsAt).toBe('2026-05-20T12:00:00.000Z');
  expect([alert?.endsAt, resolved?.endsAt]).toEqual(['2026-05-20T13:00:00.000Z', '2026-05-20T12:00:00.000Z']);
});

describe('an alert that got worse', () => {
  const reports = [
    { at, rarity: 5, change: 53, observed: -41.4 },
    { at: at + 1_800_000, rarity: 8, change: 72, observed: -60 },
  ];
  const worse: AlertTransition = {
    ...{ ...start, id: 'c3', kind: 'escalated', at: at + 1_800_000, evaluation: { ...start.evaluation, observed: -60 } },
    state: { status: 'alert', since: at, episode: { until: at, rarity: 8, alert: { id: 'c1', direction: 'down', reports } } },
  };
  const message = createMessage(worse, context, 'https://f.example');

  test('is said to have, with the value that was last reported', async () => {
    expect((await sent('webhook', message)).body).toMatchObject({
      ...{ type: 'escalated', id: 'c3', alert: 'c1', observed: -60 },
      title: '<!here> & Söhne: net sentiment fell further to −60 (expected +12)',
      why: expect.stringMatching(
        /^Net sentiment is now 72 points below the usual for a Wednesday afternoon, down from −41: −60 over 212 posts/,
      ),
      text: expect.stringContaining('Observed: −60\nLast reported: −41\n'),
    });
    for (const type of ['slack', 'teams']) expect((await sent(type, message)).text).toContain('fell further to −60');
  });

  test('keeps its labels and its start in Alertmanager', async () => {
    const [alert] = (await sent('alertmanager')).body as { labels: object }[]; // a list, as it documents
    const [again] = (await sent('alertmanager', message)).body as { labels: object; startsAt: string; annotations: object }[];
    expect(again).toMatchObject({ labels: alert?.labels, startsAt: '2026-05-20T12:00:00.000Z' });
    expect(again?.annotations).toMatchObject({ summary: expect.stringContaining('fell further') });
  });

  test('and one that began again are counted in a digest', () => {
    const again = createMessage({ ...worse, kind: 'reopened' }, context, 'https://f.example');
    expect(again.why).toMatch(/^Net sentiment is again 72 points below the usual for a Wednesday afternoon: −60/);
    expect(createDigest('1', [started, message, again], 'https://f.example').title).toBe(
      '1 alert started, 1 escalated, 1 began again, 0 resolved',
    );
  });
});

test('the idempotency key is stable per message and channel', async () => {
  const resolved = createMessage(end, context, 'https://f.example');
  const keys = [await sent('webhook'), await sent('webhook'), await sent('webhook', resolved), await sent('slack')].map(({ key }) => key);
  expect(keys[0]).toBe(keys[1]);
  expect(new Set(keys).size).toBe(3);
});

test.each(['slack', 'teams', 'alertmanager'])('%s on a private address is rejected unless allowed', async (type) => {
  const before = receiver.received.length;
  await expect(channels.get(`${type} guarded`)?.send(started, at)).rejects.toMatchObject({ code: 'WEBHOOK_REJECTED' });
  expect(receiver.received).toHaveLength(before);
});

test.each([
  [{ ...start.evaluation, metric: 'volume', direction: 'up', observed: 90, expected: 30.4 }, 'X: volume rose to 90 posts (expected 30)'],
  [
    { ...start.evaluation, metric: 'negativeVolume', direction: 'up', observed: 40, expected: 9 },
    'X: negative volume rose to 40 posts (expected 9)',
  ],
  [{ ...start.evaluation, metric: 'noData', baseline: null }, 'No posts since 2026-05-20 11:45 UTC'],
] as const)('%#: %s', (evaluation, title) => {
  expect(createMessage({ ...start, brand: 'X', evaluation: { ...evaluation } }, context, 'https://f.example').title).toBe(title);
});

test.each(['webhook', 'slack', 'teams'])('a digest is one message for %s, with post text as plain text', async (type) => {
  const many = Array.from({ length: 60 }, (_, index) => createMessage({ ...start, id: `c${index}` }, context, 'https://f.example'));
  const digest = createDigest('1', [...many, createMessage(end, emptyContext, 'https://f.example')], 'https://f.example');
  const before = receiver.received.length;
  await channels.get(type)?.digest?.send(digest, at);
  await channels.get(type)?.digest?.send(digest, at);
  const [first, again, ...others] = receiver.received.slice(before);
  expect(others).toEqual([]);
  expect(first?.headers['idempotency-key']).toBe(again?.headers['idempotency-key']);
  expect(first?.text).toContain('60 alerts started, 1 resolved');
  if (type === 'webhook') expect(first?.body).toMatchObject({ type: 'digest', messages: { length: 61 } });
  else expect(first?.text).toContain('16 more: open feedpulse to see all of them.');
  if (type === 'slack') expect(having(first?.body, 'type').filter(({ type: kind }) => kind === 'section').length).toBeLessThanOrEqual(48);
  expect(having(first?.body, 'type').filter(({ type: kind }) => kind === 'mrkdwn' || kind === 'TextBlock')).toEqual([]);
});

test('a rule notifies the channels it names, or all, filtered by brand and severity', () => {
  const url = 'https://receiver.example/';
  const { alerts } = configSchema.parse({
    brands: [{ name: 'Kestrel' }, { name: 'Heron' }],
    alerts: {
      channels: {
        webhook: { type: 'webhook', url },
        kestrel: { type: 'slack', url, brands: ['Kestrel'] },
        pager: { type: 'webhook', url, severities: ['critical'] },
        feed: { type: 'teams', url, brands: ['*'] },
      },
    },
  });
  const recipients = recipientsFor(alerts);
  const allChannels = (severity: 'warning' | 'critical') => ({ channels: [], severity });
  expect(recipients(allChannels('warning'), 'Kestrel')).toEqual(['webhook', 'kestrel']);
  expect(recipients(allChannels('critical'), 'Heron')).toEqual(['webhook', 'pager']);
  expect(recipients(allChannels('critical'), '*')).toEqual(['webhook', 'pager', 'feed']);
  expect(recipients({ channels: ['kestrel', 'pager'], severity: 'critical' }, 'Kestrel')).toEqual(['kestrel', 'pager']);
  expect(recipients({ channels: ['kestrel'], severity: 'critical' }, 'Heron')).toEqual([]);
});
