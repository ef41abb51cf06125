import type { ChannelConfig } from '../../config/alerts.ts';
import { hourMs, minuteMs } from '../../lib/duration.ts';
import { toIso } from '../../lib/time.ts';
import { type Digest, formatExample, formatText, type Message } from './message.ts';

/** Channels that receive JSON over HTTP. */
type WebhookType = Exclude<ChannelConfig['type'], 'email'>;

const bodies: Readonly<Record<WebhookType, (message: Message, now: number) => object>> = {
  webhook: webhookBody,
  slack: slackBody,
  teams: teamsBody,
  alertmanager: alertmanagerBody,
};

/** @param now ms since 1970, when the payload is sent */
export const toPayload = (type: WebhookType, message: Message, now: number): object => bodies[type](message, now);

const digestBodies: Readonly<Record<Exclude<WebhookType, 'alertmanager'>, (digest: Digest) => object>> = {
  webhook: webhookDigest,
  slack: slackDigest,
  teams: teamsDigest,
};

/** One payload for many messages. Alertmanager has none: it groups alerts itself. */
export const toDigestPayload = (type: keyof typeof digestBodies, digest: Digest): object => digestBodies[type](digest);

/** Slack allows 50 blocks in a message. */
const maxBlocks = 45;

const statusEmoji = ({ transition }: Message): string =>
  transition.kind === 'resolved' ? '✅' : transition.severity === 'critical' ? '🔴' : '🟠';

/** All data of a message. */
function webhookBody(message: Message): object {
  const { transition, title, why, context, link, isTest } = message;
  const { timeZone: _, notes: __, ...explanation } = context;
  const { id, alert, kind, rule, brand, severity, at, evaluation } = transition;
  const { from, to, baseline, ...measurement } = evaluation;
  const evaluationFields = {
    ...measurement,
    from: toIso(from),
    to: toIso(to),
    baseline: baseline && { ...baseline, from: toIso(baseline.from), to: toIso(baseline.to) },
  };
  return {
    type: isTest ? 'test' : kind,
    id,
    alert,
    rule,
    brand,
    severity,
    at: toIso(at),
    title,
    why,
    ...evaluationFields,
    ...explanation,
    link,
    text: formatText(message),
  };
}

function webhookDigest({ id, title, messages, link }: Digest): object {
  return { type: 'digest', id, title, messages: messages.map(webhookBody), link };
}

/** Slack blocks. Only our own link is markup; post text is plain text. */
function slackBody(message: Message): object {
  const { title, why, facts, context, link } = message;
  return {
    text: escapeSlack(title),
    blocks: [
      { type: 'header', text: slackPlain(`${statusEmoji(message)} ${title}`.slice(0, 150)) },
      slackSection(why),
      { type: 'section', fields: facts.slice(0, 10).map(([name, value]) => slackPlain(`${name}: ${value}`)) },
      ...(context.drivers.length > 0 ? [slackSection(`Drivers: ${context.drivers.join(', ')}`)] : []),
      ...context.examples.map((example) => slackSection(formatExample(example))),
      slackButton(link),
    ],
  };
}

/** A line for each message, as many as fit, and one that says how many are left out. */
function digestLines(messages: readonly Message[]): string[] {
  const lines = messages.slice(0, maxBlocks).map((message) => `${statusEmoji(message)} ${message.title}`);
  const more = messages.length - lines.length;
  return more > 0 ? [...lines, `${more} more: open feedpulse to see all of them.`] : lines;
}

function slackDigest({ title, messages, link }: Digest): object {
  const lines = digestLines(messages).map(slackSection);
  const header = { type: 'header', text: slackPlain(title.slice(0, 150)) };
  return { text: escapeSlack(title), blocks: [header, ...lines, slackButton(link)] };
}

const slackPlain = (text: string) => ({ type: 'plain_text', text: text.slice(0, 2_900), emoji: false });
const slackSection = (text: string) => ({ type: 'section', text: slackPlain(text) });
const slackButton = (url: string) => ({ type: 'actions', elements: [{ type: 'button', text: slackPlain('Open feedpulse'), url }] });

/** Slack parses these characters as links and mentions. */
const escapeSlack = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

function teamsBody({ transition, title, why, facts, context, link }: Message): object {
  const color = transition.kind === 'resolved' ? 'Good' : transition.severity === 'critical' ? 'Attention' : 'Warning';
  const body = [
    teamsPlain(title, { size: 'Large', weight: 'Bolder', color }),
    teamsPlain(why),
    ...facts.map(([name, value]) => teamsPlain(`${name}: ${value}`)),
    ...(context.drivers.length > 0 ? [teamsPlain(`Drivers: ${context.drivers.join(', ')}`)] : []),
    ...context.examples.map((example) => teamsPlain(formatExample(example), { isSubtle: true })),
  ];
  return teamsCard(body, link);
}

function teamsDigest({ title, messages, link }: Digest): object {
  const lines = digestLines(messages).map((line) => teamsPlain(line));
  return teamsCard([teamsPlain(title, { size: 'Large', weight: 'Bolder' }), ...lines], link);
}

/** A TextBlock renders Markdown; a text run in a RichTextBlock is plain. */
const teamsPlain = (text: string, more: object = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...more }] });

function teamsCard(body: readonly object[], url: string): object {
  const actions = [{ type: 'Action.OpenUrl', title: 'Open feedpulse', url }];
  const schema = 'http://adaptivecards.io/schemas/adaptive-card.json';
  const content = { $schema: schema, type: 'AdaptiveCard', version: '1.4', body, actions };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

/** Alertmanager resolves an alert that is not repeated for this time. A shorter outage of feedpulse resolves none. */
const expiryMs = hourMs;
const testExpiryMs = minuteMs;

/** The body of POST /api/v2/alerts. The labels identify the alert, so that a repetition and its end match its start. */
export function alertmanagerBody({ transition, title, why, facts, link, isTest }: Message, now: number): object[] {
  const { kind, rule, brand, severity, at, alert, state } = transition;
  const endsAt = kind === 'resolved' ? at : now + (isTest ? testExpiryMs : expiryMs);
  const labels = { alertname: 'feedpulse', rule, brand, severity, alert };
  const annotations = { summary: title, description: [why, ...facts.map(([name, value]) => `${name}: ${value}`)].join('\n') };
  // Without it, Alertmanager takes the end for the start. A report that it got worse has the start of the alert.
  const startsAt = kind === 'resolved' ? {} : { startsAt: toIso(state.since) };
  return [{ labels, annotations, generatorURL: link, ...startsAt, endsAt: toIso(endsAt) }];
}
