import { createHash } from 'node:crypto';
import type { AlertsConfig, ChannelConfig } from '../config.ts';
import { type Message, textOf } from './message.ts';
import { sendWebhook } from './send-webhook.ts';

export interface Channel {
  /** Resolves when the receiver has taken it. @throws WEBHOOK_REFUSED, WEBHOOK_FAILED */
  send(message: Message, now: number): Promise<void>;
}

/** The channels of the config by their names, `alerts.webhook` among them. */
export function channelsOf({ webhook, channels }: AlertsConfig): ReadonlyMap<string, Channel> {
  const all = Object.entries(channels).map(([name, config]): [string, Channel] => [name, channelOf(name, config)]);
  return new Map([...(webhook ? [['webhook', channelOf('webhook', { type: 'webhook', ...webhook })] as const] : []), ...all]);
}

const bodies: Readonly<Record<ChannelConfig['type'], (message: Message) => object>> = {
  webhook: plainBody,
  slack: slackBody,
  teams: teamsBody,
  alertmanager: alertmanagerBody,
};

function channelOf(name: string, config: ChannelConfig): Channel {
  const { url, allowPrivate, type } = config;
  const secret = type === 'webhook' ? config.password : undefined;
  return {
    // The same for every attempt, and another for every receiver.
    send: (message, now) =>
      sendWebhook({ url, secret, allowPrivate }, { key: keyOf(message.change.id, name), body: bodies[type](message) }, now),
  };
}

const keyOf = (change: string, channel: string): string => createHash('sha256').update(`${change} ${channel}`).digest('hex').slice(0, 32);

const iso = (ms: number): string => new Date(ms).toISOString();

/** Everything, for programs. */
function plainBody(message: Message): object {
  const { change, title, reasons, link } = message;
  const { id, alert, kind, rule, brand, severity, at, verdict } = change;
  const { from, to, baseline, ...figures } = verdict;
  const told = {
    ...figures,
    from: iso(from),
    to: iso(to),
    baseline: baseline && { ...baseline, from: iso(baseline.from), to: iso(baseline.to) },
  };
  return { type: kind, id, alert, rule, brand, severity, at: iso(at), title, ...told, ...reasons, link, text: textOf(message) };
}

/** Blocks of Slack. Nothing of it is markup but the link, which is ours: strangers' words are plain text. */
function slackBody({ change, title, facts, reasons, link }: Message): object {
  const plain = (text: string) => ({ type: 'plain_text', text: text.slice(0, 2_900), emoji: false });
  const sign = change.kind === 'resolved' ? '✅' : change.severity === 'critical' ? '🔴' : '🟠';
  const section = (text: string) => ({ type: 'section', text: plain(text) });
  return {
    text: escapeSlack(title),
    blocks: [
      { type: 'header', text: { ...plain(`${sign} ${title}`.slice(0, 150)) } },
      { type: 'section', fields: facts.slice(0, 10).map(([name, value]) => plain(`${name}: ${value}`)) },
      ...(reasons.drivers.length > 0 ? [section(`Drivers: ${reasons.drivers.join(', ')}`)] : []),
      ...reasons.examples.map(({ platform, text }) => section(`“${text}” (${platform})`)),
      { type: 'actions', elements: [{ type: 'button', text: plain('Open feedpulse'), url: link }] },
    ],
  };
}

/** Slack reads these three as the beginnings of links and mentions. */
const escapeSlack = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** An Adaptive Card. A TextBlock would read Markdown; a run of a RichTextBlock is plain. */
function teamsBody({ change, title, facts, reasons, link }: Message): object {
  const plain = (text: string, more: object = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...more }] });
  const color = change.kind === 'resolved' ? 'Good' : change.severity === 'critical' ? 'Attention' : 'Warning';
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      plain(title, { size: 'Large', weight: 'Bolder', color }),
      ...facts.map(([name, value]) => plain(`${name}: ${value}`)),
      ...(reasons.drivers.length > 0 ? [plain(`Drivers: ${reasons.drivers.join(', ')}`)] : []),
      ...reasons.examples.map(({ platform, text }) => plain(`“${text}” (${platform})`, { isSubtle: true })),
    ],
    actions: [{ type: 'Action.OpenUrl', title: 'Open feedpulse', url: link }],
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

/** How long Alertmanager keeps an alert that it hears nothing more of. */
const keptMs = 24 * 3_600_000;

/** What POST /api/v2/alerts takes: its labels name the alert, so that the end finds the beginning. */
function alertmanagerBody({ change, title, facts, link }: Message): object {
  const { kind, rule, brand, severity, at, alert } = change;
  const labels = { alertname: 'feedpulse', rule, brand, severity, alert };
  const annotations = { summary: title, description: facts.map(([name, value]) => `${name}: ${value}`).join('\n') };
  return [{ labels, annotations, generatorURL: link, endsAt: iso(kind === 'resolved' ? at : at + keptMs) }];
}
