import { z } from 'zod';
import { noDataRuleName, severities } from '../domain/alert.ts';
import { minuteMs, toMilliseconds } from '../lib/duration.ts';
import { isLoopback } from '../lib/loopback.ts';
import { calendar, quietHours } from './calendar.ts';
import { durationBetween, httpUrl, passwordFields, topicName } from './fields.ts';

/** Alert settings: rules, thresholds and notification channels. */

const durationUpTo = (max: string) => durationBetween('0s', max);

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w .-]{0,63}$/,
    'expected up to 64 letters, digits, spaces, dots, dashes and underscores, starting with a letter or digit',
  );

export const alertRule = z.strictObject({
  name: name.refine((value) => value !== noDataRuleName, `\`${noDataRuleName}\` is reserved for the no-data alert`).describe('Rule name'),
  brands: z.array(z.string().min(1).max(100)).default([]).describe('Brands to evaluate; all configured brands if empty. `*` is all posts'),
  metric: z
    .enum(['volume', 'organicVolume', 'netSentiment', 'negativeVolume'])
    .describe('Metric to evaluate. organicVolume is the volume without copies: posts that repeat the text of an earlier one'),
  direction: z
    .enum(['up', 'down', 'both'])
    .optional()
    .describe('Default: both for volume and organic volume, down for net sentiment, up for negative volume'),
  window: durationBetween('3m', '6h')
    .refine((value) => toMilliseconds(value) % minuteMs === 0, 'must be whole minutes')
    .default('15m')
    .describe('Evaluation window. Windows of a third, two thirds and four times this length are evaluated too'),
  sensitivity: z
    .union([z.enum(['low', 'balanced', 'high']), z.number().min(2).max(20)])
    .default('balanced')
    .describe('A preset, or the threshold of rarity: 5 is expected once in 10⁵ hours'),
  minChange: z
    .number()
    .min(1)
    .max(200)
    .optional()
    .describe('Minimum change: a factor for volumes (default 2), points for net sentiment (default 10)'),
  for: durationUpTo('6h').default('1m').describe('Time above the threshold before the alert fires'),
  keepFiringFor: durationUpTo('24h').default('15m').describe('Time below the threshold before the alert resolves'),
  cooldown: durationUpTo('7d').default('12h').describe('Time after the last anomaly of an alert in which no other alert fires'),
  quietHours: quietHours.optional(),
  severity: z.enum(severities).default('warning').describe("Severity of the rule's alerts"),
  channels: z.array(name).default([]).describe('Channels to notify, by name; all channels if empty'),
});

const webhookFields = {
  url: httpUrl.optional().describe('URL that receives the notifications; it is often a secret, so prefer urlFile'),
  urlFile: z.string().optional().describe('File that contains the URL; a trailing newline is ignored'),
  allowPrivate: z.boolean().default(false).describe('Allow a receiver on this machine or in a private network'),
};
/** Which alerts a channel receives. */
const filters = {
  brands: z
    .array(z.string().min(1).max(100))
    .default([])
    .describe('Notify for these brands only; all if empty. `*` is all posts and the no-data alert'),
  severities: z.array(z.enum(severities)).default([]).describe('Notify for these severities only; all if empty'),
};
const delivery = {
  ...filters,
  digest: durationBetween('5m', '24h')
    .optional()
    .describe('Combine the notifications of this interval into one; critical alerts are sent immediately'),
};

const mailAddress = z
  .string()
  .regex(/^[^\s<>"',;:@]{1,64}@[A-Za-z0-9.-]{1,253}$/, 'expected an address such as name@host, without a display name');

const email = z
  .strictObject({
    type: z.literal('email'),
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:-]{1,253}$/)
      .describe('SMTP server'),
    port: z.int().min(1).max(65_535).default(587).describe('SMTP port'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('starttls: required, not opportunistic; tls: implicit TLS (port 465); none: only on loopback or with allowPlaintext'),
    allowPlaintext: z.boolean().default(false).describe('Allow `security: none` to another machine'),
    caFile: z.string().optional().describe('PEM file of a certificate authority to trust in addition to the system ones'),
    username: z.string().optional().describe('SMTP user'),
    ...passwordFields(),
    from: mailAddress.describe('Sender address'),
    to: z.array(mailAddress).min(1).max(50).describe('Recipients'),
    allowPrivate: webhookFields.allowPrivate,
    ...delivery,
  })
  .refine(({ security, allowPlaintext, host }) => security !== 'none' || allowPlaintext || isLoopback(host), {
    path: ['security'],
    message: 'would send mail unencrypted to another machine; set allowPlaintext to permit it',
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    path: ['username'],
    message: 'username and password must be set together',
  });

/** The loader reads `urlFile` into `url`. */
const hasUrl = ({ url }: { readonly url?: string | undefined }): boolean => url !== undefined;
const missingUrl = { path: ['url'], message: 'required; set it, or urlFile' };

const channel = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('webhook'), ...webhookFields, ...passwordFields(), ...delivery })
    .refine(hasUrl, missingUrl)
    .describe('JSON over HTTP; signed if a password is set'),
  z
    .strictObject({ type: z.literal('slack'), ...webhookFields, ...delivery })
    .refine(hasUrl, missingUrl)
    .describe('Slack incoming webhook, or a service compatible with its blocks'),
  z
    .strictObject({ type: z.literal('teams'), ...webhookFields, ...delivery })
    .refine(hasUrl, missingUrl)
    .describe('Microsoft Teams workflow that posts an Adaptive Card'),
  z
    .strictObject({ type: z.literal('alertmanager'), ...webhookFields, ...filters })
    .refine(hasUrl, missingUrl)
    .describe('Prometheus Alertmanager; url ends in /api/v2/alerts'),
  email.describe('E-mail through an SMTP server'),
]);

export const alerts = z.strictObject({
  enabled: z.boolean().default(true).describe('Evaluate rules and send notifications in this process'),
  topic: topicName(240)
    .default('posts.alerts')
    .describe(
      'Kafka topic with one partition, created if missing. Of several processes, the one that is assigned its partition evaluates alerts',
    ),
  channels: z.record(name, channel).default({}).describe('Notification channels by name'),
  externalUrl: httpUrl.optional().describe("URL of the web UI in notifications; the server's own address if absent"),
  noDataAfter: durationBetween('2m', '7d').default('30m').describe('Time without any post before the no-data alert fires'),
  calendar,
  rules: z
    .array(alertRule)
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'rule names must be unique')
    .default([])
    .describe('Alert rules. If empty: volume (both directions) and net sentiment (down) of every brand'),
});

export type AlertsConfig = z.infer<typeof alerts>;
export type AlertRuleConfig = z.infer<typeof alertRule>;
export type ChannelConfig = AlertsConfig['channels'][string];
