import { z } from 'zod';
import { roles } from '../domain/roles.ts';
import { duration, milliseconds } from '../lib/duration.ts';
import { alerts } from './alerts.ts';

/** Every setting, its default and its meaning. Descriptions become the JSON Schema that editors show. */

export { duration, milliseconds };

export const timeZone = z.string().max(64).refine(isTimeZone, 'not an IANA time zone, such as Europe/Berlin');

function isTimeZone(name: string): boolean {
  // Newer versions of Node take offsets such as +05:30 as well, which ClickHouse does not.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const ipRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
const address = z.string().refine((value) => ipRange.safeParse(value).success, 'not an IP address or network, such as 10.0.0.0/8');

const brand = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .refine((name) => name !== '*', '`*` stands for all posts'),
  aliases: z
    .array(z.string().min(1))
    .default([])
    .describe('Other names of the brand: words, phrases, #hashtags and @handles. Each counts as a mention'),
  exclude: z.array(z.string().min(1)).default([]).describe('A post holding one of these does not mention the brand'),
  timeZone: timeZone.default('UTC'),
});

const mapping = z
  .strictObject({
    platform: z.string().default('platform'),
    id: z.string().default('id'),
    text: z.string().default('text'),
    createdAt: z.string().default('createdAt'),
    updatedAt: z.string().default('updatedAt'),
    deleted: z.string().default('deleted'),
    lang: z.string().default('lang'),
    url: z.string().default('url'),
    inReplyTo: z.string().default('inReplyTo'),
    authorId: z.string().default('author.id'),
    authorHandle: z.string().default('author.handle'),
    authorName: z.string().default('author.name'),
    authorFollowers: z.string().default('author.followers'),
    likes: z.string().default('engagement.likes'),
    reposts: z.string().default('engagement.reposts'),
    replies: z.string().default('engagement.replies'),
    platformName: z.string().optional().describe('A fixed platform, for a feed whose messages do not name theirs'),
  })
  .describe('Where each field of a post is found in a message, as a dotted path');

const sasl = z.strictObject({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
  username: z.string().min(1),
  password: z.string().optional().describe('Better: passwordFile, or FEEDPULSE_KAFKA_SASL_PASSWORD'),
  passwordFile: z.string().optional(),
});

const schemaRegistry = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .refine(isBareAddress, 'only https://host:port/path: name and password have settings of their own')
      .describe('A Confluent-compatible schema registry, for messages in Avro or with a JSON Schema'),
    username: z.string().min(1).optional(),
    password: z.string().optional().describe('Better: passwordFile, or FEEDPULSE_KAFKA_SCHEMA_REGISTRY_PASSWORD'),
    passwordFile: z.string().optional(),
  })
  .optional();

const kafka = z.strictObject({
  brokers: z
    .array(z.string().regex(/^[^@/\s]+$/, 'a broker is host:port'))
    .min(1)
    .default(['127.0.0.1:9092']),
  topic: z.string().min(1).max(249).default('posts'),
  groupId: z.string().min(1).default('feedpulse'),
  clientId: z.string().min(1).default('feedpulse'),
  deadLetterTopic: z.string().min(1).max(240).default('posts.dead-letters'),
  tls: z.boolean().default(false),
  caFile: z.string().optional().describe('Certificate authorities to trust instead of the usual ones, PEM'),
  certFile: z.string().optional().describe('Our own certificate, PEM, where the brokers ask for one; with keyFile'),
  keyFile: z.string().optional().describe('The key of certFile, PEM'),
  allowPlaintext: z.boolean().default(false).describe('Allow an unencrypted connection to a broker that is not on this machine'),
  sasl: sasl.optional(),
  schemaRegistry,
  maxConcurrentPartitions: z
    .int()
    .min(1)
    .max(16)
    .default(8)
    .describe('Partitions handled at the same time, up to 512 posts of each in memory; further ones wait until these are durable'),
  sessionTimeout: duration.default('30s'),
});

const clickhouse = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine(isBareAddress, 'only https://host:port/path: name and password have settings of their own')
    .optional()
    .describe('A ClickHouse server; without it the engine runs embedded, in dataDir'),
  database: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/)
    .refine((name) => !/^(system|information_schema)$/i.test(name), "belongs to ClickHouse: its reader would see the server's own tables")
    .default('feedpulse'),
  username: z.string().default('default'),
  password: z.string().optional().describe('Better: passwordFile, or FEEDPULSE_CLICKHOUSE_PASSWORD'),
  passwordFile: z.string().optional(),
  caFile: z.string().optional().describe('Certificate authorities to trust instead of the usual ones, PEM'),
  allowPlaintext: z.boolean().default(false).describe('Allow an unencrypted connection to a server that is not on this machine'),
  reader: z
    .strictObject({
      username: z.string().min(1),
      password: z.string().optional().describe('Better: passwordFile, or FEEDPULSE_CLICKHOUSE_READER_PASSWORD'),
      passwordFile: z.string().optional(),
    })
    .optional()
    .describe('Another user for reading, who may be read-only; the writing one when absent'),
});

const atLeast = (days: number) => duration.refine((value) => milliseconds(value) >= days * 86_400_000, `at least ${days}d`);

const retention = z
  .strictObject({
    posts: atLeast(2).optional().describe('Posts by creation, their keys and corrections; kept for ever when absent'),
    scores: atLeast(2).optional().describe('What other model versions say of posts; kept for ever when absent'),
    rollupMinute: atLeast(30).default('30d').describe('Figures by minute'),
    rollup15m: atLeast(30)
      .optional()
      .describe('Figures by quarter-hour, from which hours, days and weeks are made; kept for ever when absent'),
  })
  .describe('How long each table keeps its rows. All processes of one database should have the same');

/** An address that may be shown: what stands before `@` or behind `?` could be a secret. */
function isBareAddress(url: string): boolean {
  if (!URL.canParse(url)) return true; // said already
  const { username, password, search, hash } = new URL(url);
  return [username, password, search, hash].every((part) => part === '');
}

export const configSchema = z
  .strictObject({
    source: z.enum(['demo', 'kafka', 'ndjson']).default('demo'),
    dataDir: z.string().min(1).default('data').describe('The embedded database, dead letters of feeds without Kafka, and the lock'),
    brands: z.array(brand).default([]),
    mapping: mapping.prefault({}),
    kafka: kafka.prefault({}),
    ndjson: z
      .strictObject({ path: z.string().default('-').describe('A file of one JSON post a line; `-` is standard input') })
      .prefault({}),
    demo: z
      .strictObject({
        rate: z.number().min(0.1).max(200).default(1).describe('Posts a second, on average over a day'),
        seed: z.int().min(0).default(1),
        backfill: duration.default('24h').describe('How much history is written in the background'),
      })
      .prefault({}),
    model: z
      .strictObject({
        path: z.string().optional().describe('A model folder with a manifest.json; the bundled one when absent'),
        workers: z.int().min(1).max(64).optional().describe('Inference threads; one per core when absent'),
        cacheSize: z.int().min(0).max(5_000_000).default(50_000).describe('Scores kept of texts seen before; 0 switches the cache off'),
        targetSentiment: z
          .boolean()
          .default(true)
          .describe('Score what a post says of each of several brands by itself; off, each gets the score of the whole post'),
      })
      .prefault({}),
    clickhouse: clickhouse.prefault({}),
    deadLetters: z
      .strictObject({
        maxConsecutive: z.int().min(1).default(1_000).describe('Stop after so many messages in a row that are no posts'),
        maxRatio: z.number().min(0).max(1).default(0.5).describe('Stop when more than this share of the last 10,000 messages are no posts'),
      })
      .prefault({}),
    alerts: alerts.prefault({}),
    retention: retention.prefault({}),
    server: z
      .strictObject({
        enabled: z.boolean().default(true),
        host: z.string().default('127.0.0.1'),
        port: z.int().min(0).max(65_535).default(8080).describe('0 takes any free port'),
        allowUnauthenticated: z.boolean().default(false).describe('Serve without a token on an address that other machines reach'),
        tokensFile: z.string().min(1).optional().describe('Where the API tokens are kept, as hashes; tokens.json in dataDir when absent'),
        trustedProxies: z
          .array(address)
          .default([])
          .describe('Addresses or networks of reverse proxies; their X-Forwarded headers are believed'),
        proxyAuth: z
          .strictObject({
            header: z
              .string()
              .regex(/^[A-Za-z0-9-]{1,100}$/)
              .default('X-Forwarded-User')
              .describe('The header in which the proxy names whom it has signed in'),
            role: z.enum(roles).default('viewer').describe('The role of whoever is signed in'),
            editors: z.array(z.string().min(1)).default([]).describe('Names that are editors'),
            admins: z.array(z.string().min(1)).default([]).describe('Names that are admins'),
          })
          .optional()
          .describe('Takes the word of the trusted proxies for who is signed in; tokens go on to count beside it'),
        requestsPerMinute: z
          .int()
          .min(1)
          .max(1_000_000)
          .default(1_200)
          .describe('Of each session or token, or address where there is neither'),
      })
      .prefault({}),
    log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
  })
  .superRefine((config, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of config.brands.entries()) {
      if (seen.has(name.toLowerCase()))
        context.addIssue({ code: 'custom', path: ['brands', index, 'name'], message: `the brand ${name} stands twice` });
      seen.add(name.toLowerCase());
    }
    if (config.server.proxyAuth && config.server.trustedProxies.length === 0)
      context.addIssue({ code: 'custom', path: ['server', 'proxyAuth'], message: 'needs the address of the proxy in trustedProxies' });
    if ((config.kafka.certFile === undefined) !== (config.kafka.keyFile === undefined)) {
      context.addIssue({ code: 'custom', path: ['kafka', 'certFile'], message: 'certFile and keyFile go together' });
    }
    for (const [index, rule] of config.alerts.rules.entries())
      for (const name of rule.brands.filter(
        (name) => name !== '*' && config.brands.length > 0 && !config.brands.some((brand) => brand.name === name),
      ))
        context.addIssue({ code: 'custom', path: ['alerts', 'rules', index, 'brands'], message: `there is no brand ${name}` });
    if (config.kafka.topic === config.kafka.deadLetterTopic) {
      context.addIssue({ code: 'custom', path: ['kafka', 'deadLetterTopic'], message: 'must differ from kafka.topic' });
    }
    if ([config.kafka.topic, config.kafka.deadLetterTopic].includes(config.alerts.topic)) {
      context.addIssue({ code: 'custom', path: ['alerts', 'topic'], message: 'must be a topic of its own, without posts' });
    }
  });

export type Config = z.infer<typeof configSchema>;
export type BrandRule = Config['brands'][number];
export type FieldMapping = Config['mapping'];
export type KafkaConfig = Config['kafka'];
export type ClickHouseConfig = Config['clickhouse'];
export type DemoConfig = Config['demo'];
