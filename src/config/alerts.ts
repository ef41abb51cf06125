import { z } from 'zod';
import { feedRule, severities } from '../domain/alert.ts';
import { duration, milliseconds } from '../lib/duration.ts';
import { isLoopback } from '../lib/loopback.ts';

/** Settings of alerts: what is watched, how it is judged, and who is told. */

const minute = 60_000;
const between = (least: string, most: string) =>
  duration.refine(
    (value) => milliseconds(value) >= milliseconds(least) && milliseconds(value) <= milliseconds(most),
    `from ${least} to ${most}`,
  );
const upTo = (most: string) => between('0s', most);

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is HH:MM');
const name = z.string().regex(/^[A-Za-z0-9][\w .-]{0,63}$/, 'a name is up to 64 letters, digits, blanks, dots and dashes');

export const alertRule = z.strictObject({
  name: name.refine((given) => given !== feedRule, `\`${feedRule}\` is the name of the watch for silence`),
  brands: z.array(z.string().min(1).max(100)).default([]).describe('Brands of the config; all when empty. `*` is all posts'),
  metric: z.enum(['volume', 'netSentiment', 'negativeVolume']),
  direction: z
    .enum(['up', 'down', 'both'])
    .optional()
    .describe('When absent: both for volume, down for net sentiment, up for negative volume'),
  window: between('3m', '6h')
    .refine((value) => milliseconds(value) % minute === 0, 'whole minutes')
    .default('15m')
    .describe('How much is looked at together; one and two thirds of it and four times it are looked at as well'),
  sensitivity: z
    .union([z.enum(['low', 'balanced', 'high']), z.number().min(2).max(20)])
    .default('balanced')
    .describe('Or a number: how many standard deviations are unusual'),
  minimumPosts: z.int().min(10).max(1_000_000).default(30).describe('Of fewer posts nothing is said'),
  minimumChange: z
    .number()
    .min(1)
    .max(200)
    .optional()
    .describe('Of volumes as a factor (2 when absent), of net sentiment in points (10 when absent)'),
  for: upTo('6h').default('1m').describe('How long it has to last before it is an alert'),
  keepFiringFor: upTo('24h').default('15m').describe('How long all has to be usual before the alert is over'),
  cooldown: upTo('7d')
    .default('30m')
    .describe('How long after an alert the next may begin, but for something twice as unusual as the rule asks for'),
  quietHours: z
    .strictObject({ from: clockTime, to: clockTime })
    .optional()
    .describe("No alert begins then, in the brand's time zone; one that still holds begins afterwards"),
  severity: z.enum(severities).default('warning'),
  channels: z.array(name).default([]).describe('Who is told; every channel when empty'),
});

const web = {
  url: z.url({ protocol: /^https?$/ }).describe('Where messages are posted'),
  allowPrivate: z.boolean().default(false).describe('Allow a receiver on this machine or its networks'),
};
/** What every channel has. */
const forWhom = {
  brands: z.array(z.string().min(1).max(100)).default([]).describe('Of these brands alone; `*` is all posts, and the silence of the feed'),
  severities: z.array(z.enum(severities)).default([]).describe('Of these alone; all when empty'),
  digest: between('5m', '24h')
    .optional()
    .describe('Gathers what is told within such a stretch into one message; what is critical goes at once'),
};
const password = {
  password: z.string().optional().describe('Better: passwordFile'),
  passwordFile: z.string().optional(),
};

const mailAddress = z.string().regex(/^[^\s<>"',;:@]{1,64}@[A-Za-z0-9.-]{1,253}$/, 'an address is name@host, without a display name');

const email = z
  .strictObject({
    type: z.literal('email'),
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/),
    port: z.int().min(1).max(65_535).default(587),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe(
        'starttls: refuses to go on without it; tls: from the first byte (port 465); none: on this machine, or with allowPlaintext',
      ),
    allowPlaintext: z.boolean().default(false).describe('Allow `security: none` beyond this machine'),
    caFile: z.string().optional().describe("PEM; an authority beside the system's"),
    username: z.string().optional(),
    ...password,
    from: mailAddress,
    to: z.array(mailAddress).min(1).max(50),
    allowPrivate: web.allowPrivate,
    ...forWhom,
  })
  .refine(({ security, allowPlaintext, host }) => security !== 'none' || allowPlaintext || isLoopback(host), {
    path: ['security'],
    message: 'mail would leave this machine unencrypted: set allowPlaintext where that is meant',
  })
  .refine(({ username, password: secret }) => (username === undefined) === (secret === undefined), {
    path: ['username'],
    message: 'username and password go together',
  });

const channel = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('webhook'), ...web, ...password, ...forWhom }).describe('JSON; signed where there is a password'),
  z
    .strictObject({ type: z.literal('slack'), ...web, ...forWhom })
    .describe('An incoming webhook of Slack, or of what understands its blocks'),
  z.strictObject({ type: z.literal('teams'), ...web, ...forWhom }).describe('A workflow of Microsoft Teams that posts an Adaptive Card'),
  z
    .strictObject({ type: z.literal('alertmanager'), ...web, brands: forWhom.brands, severities: forWhom.severities })
    .describe('The address of /api/v2/alerts of an Alertmanager'),
  email.describe('Mail through an SMTP server'),
]);

export const alerts = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether this process may judge and send'),
  topic: z
    .string()
    .min(1)
    .max(240)
    .default('posts.alerts')
    .describe('A Kafka topic of one partition, made where it is missing: of several processes the one that holds it judges'),
  channels: z.record(name, channel).default({}).describe('Notification channels by name'),
  externalUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where readers of a message find the page; its own address when absent'),
  noDataAfter: between('2m', '7d').default('30m').describe('So long without any post, the feed counts as silent'),
  rules: z
    .array(alertRule)
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'two rules have one name')
    .default([])
    .describe('What is watched; when empty, volume (both ways) and net sentiment (down) of every brand'),
});

export type AlertsConfig = z.infer<typeof alerts>;
export type AlertRuleConfig = z.infer<typeof alertRule>;
export type ChannelConfig = AlertsConfig['channels'][string];
