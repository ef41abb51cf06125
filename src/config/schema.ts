import { z } from 'zod';
import { roles } from '../domain/roles.ts';
import { durationSchema, toMilliseconds } from '../lib/duration.ts';
import { alerts } from './alerts.ts';
import { clickhouse, retention } from './database.ts';
import { brand, deadLetters, demo, kafka, ndjson } from './ingest.ts';
import { bluesky, mastodon } from './live-sources.ts';
import { type MappingInput, mapping } from './mapping.ts';
import { source, sourceProblems, sources } from './sources.ts';

/** Every setting, its default and its meaning. The descriptions become the JSON Schema that editors show. */

export { timeZone } from './fields.ts';
export { configuredSources, type SourceConfig } from './sources.ts';
export { durationSchema, toMilliseconds };

const modelChoice = z.strictObject({
  path: z.string().min(1).describe('Model directory with a manifest.json, or the name of a bundled or installed model'),
  languages: z
    .array(z.string().regex(/^[a-z]{2,3}$/, 'expected a language code such as de'))
    .min(1)
    .optional()
    .describe('Languages to use it for; all that it reads if absent'),
});

const models = z
  .array(modelChoice)
  .min(1)
  .optional()
  .describe('Models in order of preference: a post goes to the first that reads its language. Excludes model.path');

const model = z.strictObject({
  path: z.string().min(1).optional().describe('Directory of the only model; the bundled English model if this and `models` are absent'),
  workers: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'Inference threads of each model; if absent, one per core for each model, or fewer where a container limits CPU time or memory',
    ),
  cacheSize: z.int().min(0).max(5_000_000).default(50_000).describe('Entries of the score cache (one per text); 0 disables it'),
  earlyExit: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe(
      'Let posts of which the lower layers are sure leave there, if the model has such an exit; off runs every layer for every post',
    ),
  targetSentiment: z
    .boolean()
    .default(true)
    .describe('Score the clauses about each brand separately in posts that mention several. If off, each brand gets the score of the post'),
});

const ipRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
const address = z.string().refine((value) => ipRange.safeParse(value).success, 'not an IP address or network such as 10.0.0.0/8');

const proxyAuth = z.strictObject({
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/)
    .default('X-Forwarded-User')
    .describe('Header with the name of the authenticated user'),
  role: z.enum(roles).default('viewer').describe('Default role of authenticated users'),
  editors: z.array(z.string().min(1)).default([]).describe('Users with the role editor'),
  admins: z.array(z.string().min(1)).default([]).describe('Users with the role admin'),
});

const isHost = (host: string): boolean => /^[A-Za-z0-9._-]+$/.test(host) || z.ipv6().safeParse(host).success;

const server = z.strictObject({
  enabled: z.boolean().default(true).describe('Serve the web UI, the API and the metrics'),
  host: z
    .string()
    .refine(isHost, 'expected a host name or an IP address, without a port')
    .default('127.0.0.1')
    .describe('Address to listen on'),
  port: z.int().min(0).max(65_535).default(8080).describe('Port to listen on; 0 picks a free one'),
  allowedHosts: z
    .array(
      z
        .string()
        .regex(/^\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/, 'expected a host name, or .example.com for all names under it')
        .toLowerCase(),
    )
    .default([])
    .describe(
      'Host names under which the server answers, besides those of alerts.externalUrl and, if other machines can connect, IP addresses and names without a dot',
    ),
  allowUnauthenticated: z.boolean().default(false).describe('Allow unauthenticated read-only access from other machines'),
  tokensFile: z.string().min(1).optional().describe('File of hashed API tokens; tokens.json in dataDir if absent'),
  trustedProxies: z
    .array(address)
    .default([])
    .describe('IP addresses or networks of reverse proxies whose X-Forwarded-* headers are trusted'),
  proxyAuth: proxyAuth.optional().describe('Trust the user header set by a trusted proxy. API tokens keep working'),
  requestsPerMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_200)
    .describe('Rate limit per session or token, or per IP address without one'),
});

const sections = z.strictObject({
  source,
  sources,
  dataDir: z.string().min(1).default('data').describe('Directory of the embedded database, the dead-letter file and the lock'),
  brands: z.array(brand).default([]).describe('Brands to find in posts'),
  mapping: mapping.prefault({}),
  kafka: kafka.prefault({}),
  mastodon: mastodon.prefault({}),
  ndjson: ndjson.prefault({}),
  demo: demo.prefault({}),
  bluesky: bluesky.prefault({}),
  model: model.prefault({}),
  models,
  clickhouse: clickhouse.prefault({}),
  deadLetters: deadLetters.prefault({}),
  alerts: alerts.prefault({}),
  retention: retention.prefault({}),
  server: server.prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('Log level') }).prefault({}),
});

export const configSchema = sections.superRefine((config, context) => {
  for (const { path, message } of crossFieldProblems(config)) context.addIssue({ code: 'custom', path: [...path], message });
});

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Checks that need more than one section. */
function* crossFieldProblems(config: z.infer<typeof sections>): Generator<Problem> {
  const { server } = config;
  if (server.proxyAuth && server.trustedProxies.length === 0)
    yield { path: ['server', 'proxyAuth'], message: 'requires the address of the proxy in server.trustedProxies' };
  yield* sourceProblems(config);
  yield* duplicateBrands(config);
  yield* unknownReferences(config);
}

function* duplicateBrands({ brands }: Pick<Config, 'brands'>): Generator<Problem> {
  const seen = new Set<string>();
  for (const [index, { name }] of brands.entries()) {
    if (seen.has(name.toLowerCase())) yield { path: ['brands', index, 'name'], message: `duplicate brand ${name}` };
    seen.add(name.toLowerCase());
  }
}

/**
 * Rules, events and channels refer to brands and channels by name. Without `brands` in the config the demo source brings its own,
 * so brand names are checked only if some are configured.
 */
function* unknownReferences({ brands, alerts }: Pick<Config, 'brands' | 'alerts'>): Generator<Problem> {
  const channels = new Set(Object.keys(alerts.channels));
  const known = new Set(['*', ...brands.map(({ name }) => name)]);
  const unknownBrands = (names: readonly string[]) => (brands.length === 0 ? [] : names.filter((name) => !known.has(name)));
  for (const [index, rule] of alerts.rules.entries()) {
    const path = ['alerts', 'rules', index];
    for (const name of unknownBrands(rule.brands)) yield { path: [...path, 'brands'], message: `unknown brand ${name}` };
    for (const name of rule.channels.filter((name) => !channels.has(name)))
      yield { path: [...path, 'channels'], message: `unknown channel ${name}${choices(channels)}` };
  }
  for (const [index, event] of alerts.calendar.entries())
    for (const name of unknownBrands(event.brands))
      yield { path: ['alerts', 'calendar', index, 'brands'], message: `unknown brand ${name}` };
  for (const [name, channel] of Object.entries(alerts.channels))
    for (const brand of unknownBrands(channel.brands))
      yield { path: ['alerts', 'channels', name, 'brands'], message: `unknown brand ${brand}` };
}

const choices = (names: ReadonlySet<string>): string =>
  names.size === 0 ? ' (alerts.channels is empty)' : `; channels: ${[...names].join(', ')}`;

export type Config = z.infer<typeof sections>;
export type BrandConfig = Config['brands'][number];
export type FieldMapping = MappingInput;
export type KafkaConfig = Config['kafka'];
export type ClickHouseConfig = Config['clickhouse'];
export type DemoConfig = Config['demo'];
