import { z } from 'zod';
import { country } from './calendar.ts';
import { caFile, durationBetween, oneLine, passwordFields, timeZone, topicName, urlWithoutSecrets, visibleText } from './fields.ts';

/** Ingest settings: brands, field mapping, the section of each type of source, and dead letters. */

const brandFields = {
  name: visibleText(100)
    .refine((name) => name !== '*', '`*` stands for all posts')
    .describe('Name in the UI and the API. It also counts as a mention'),
  aliases: z
    .array(visibleText(1_000))
    .default([])
    .describe('Other names of the brand: words, phrases, #hashtags and @handles. Each counts as a mention'),
  exclude: z.array(visibleText(1_000)).default([]).describe('Posts that contain one of these terms do not mention the brand'),
  timeZone: timeZone.default('UTC').describe("IANA time zone of the brand's days and quiet hours"),
  country: country.optional(),
  official: z
    .array(visibleText(200))
    .optional()
    .describe(
      "Handles of the brand's own accounts; when absent, the aliases that are handles. Their posts are marked, and alert messages quote them only if they are the story",
    ),
};

export const brand = z.strictObject(brandFields, {
  error: ({ code }) => (code === 'invalid_type' ? 'expected a mapping such as { name: Brixomel }' : undefined),
});

const sasl = z.strictObject({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('SASL mechanism'),
  username: z.string().min(1).describe('SASL user'),
  ...passwordFields('FEEDPULSE_KAFKA_SASL_PASSWORD'),
});

const schemaRegistry = z.strictObject({
  url: urlWithoutSecrets.describe('URL of a Confluent-compatible schema registry, for messages in Avro or with a JSON Schema'),
  username: z.string().min(1).optional().describe('User for HTTP basic authentication'),
  ...passwordFields('FEEDPULSE_KAFKA_SCHEMA_REGISTRY_PASSWORD'),
});

/** kafkajs splits the address at its first colon. */
function isBroker(address: string): boolean {
  const port = /^[^@/\s:[\]]+:(\d{1,5})$/.exec(address)?.[1];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

export const kafka = z.strictObject({
  brokers: z
    .array(z.string().refine(isBroker, 'expected host:port; an IPv6 address is not supported, so name the host'))
    .min(1)
    .default(['127.0.0.1:9092'])
    .describe('Bootstrap brokers as host:port'),
  topic: topicName(249).default('posts').describe('Topic to consume'),
  groupId: oneLine(z.string().min(1)).optional().describe('Consumer group; feedpulse-<topic> if absent'),
  clientId: oneLine(z.string().min(1)).default('feedpulse').describe('Client ID, shown in broker logs and quotas'),
  deadLetterTopic: topicName(240).default('posts.dead-letters').describe('Topic for messages that cannot be processed'),
  tls: z.boolean().default(false).describe('Connect with TLS'),
  caFile,
  certFile: z.string().optional().describe('PEM file of the client certificate, for brokers that require one; set keyFile too'),
  keyFile: z.string().optional().describe('PEM file of the private key of certFile'),
  allowPlaintext: z.boolean().default(false).describe('Allow unencrypted connections to brokers on other machines'),
  sasl: sasl.optional().describe('SASL authentication'),
  schemaRegistry: schemaRegistry.optional().describe('Schema registry'),
  maxConcurrentPartitions: z
    .int()
    .min(1)
    .max(16)
    .default(8)
    .describe('Partitions processed concurrently, each with up to 512 posts in memory'),
  sessionTimeout: durationBetween('1s', '30m').default('30s').describe('Kafka consumer session timeout'),
});

export const ndjson = z.strictObject({
  path: z.string().min(1).default('-').describe('File with one JSON post per line; `-` is standard input'),
});

export const demo = z.strictObject({
  rate: z.number().min(0.1).max(200).default(1).describe('Posts per second, averaged over a day'),
  seed: z.int().min(0).default(1).describe('Seed of the random generator'),
  backfill: durationBetween('0s', '400d').default('24h').describe('Length of the history generated in the background'),
});

export const deadLetters = z.strictObject({
  maxConsecutive: z.int().min(1).default(1_000).describe('Stop after this many consecutive dead letters'),
  maxRatio: z.number().min(0).max(1).default(0.5).describe('Stop when dead letters exceed this ratio of the last 10,000 messages'),
});
