import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig, requireSource } from '../../src/config/load-config.ts';
import { FeedpulseError } from '../../src/lib/errors.ts';

const dir = mkdtempSync(join(tmpdir(), 'feedpulse-broken-'));
const file = join(dir, 'config.yaml');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Configs as people write them, and what they are told. FILE stands for the path of the config. */
const broken: readonly (readonly [yaml: string, message: string])[] = [
  ['source: [demo]', 'source: expected one of bluesky, demo, kafka, mastodon, ndjson.'],
  ['source: Kafka', 'source: expected one of bluesky, demo, kafka, mastodon, ndjson; did you mean kafka?'],
  ['sources: {}', 'sources: expected array, received object.'],
  ['sources: [demo]', 'sources.0: expected object, received string.'],
  ['sources: [{ type: kafak }]', 'sources.0.type: expected one of bluesky, demo, kafka, mastodon, ndjson; did you mean kafka?'],
  ['sources: [{ kafka: { topic: posts } }]', 'sources.0.type: required; expected one of bluesky, demo, kafka, mastodon, ndjson.'],
  ['source: demo\nsources: [{ type: demo }]', 'sources: `source` and `sources` cannot both be set.'],
  [
    'sources: [{ type: demo, name: Main }]',
    'sources.0.name: expected lower-case letters, digits and dashes, starting with a letter or a digit.',
  ],
  ['sources: [{ type: demo }, { type: demo }]', 'sources.1.name: duplicate name demo; set another `name`.'],
  [
    'sources: [{ type: ndjson, ndjson: { path: "-" } }, { type: ndjson, name: two, ndjson: { path: /dev/stdin } }]',
    'sources.1.ndjson.path: only one source can read standard input.',
  ],
  ['source: mastodon', 'mastodon.servers: list at least one server.'],
  ['source: kafka\nkafka: { brokers: [] }', 'kafka.brokers: expected array to have >=1 items.'],
  ['source: kafka\nkafka: { brokers: localhost:9092 }', 'kafka.brokers: expected array, received string.'],
  [
    'source: kafka\nkafka: { brokers: ["localhost"] }',
    'kafka.brokers.0: expected host:port; an IPv6 address is not supported, so name the host.',
  ],
  [
    'source: kafka\nkafka: { brokers: ["kafka://localhost:9092"] }',
    'kafka.brokers.0: expected host:port; an IPv6 address is not supported, so name the host.',
  ],
  [
    'source: kafka\nkafka: { brokers: ["[::1]:9092"] }',
    'kafka.brokers.0: expected host:port; an IPv6 address is not supported, so name the host.',
  ],
  ['source: kafka\nkafka: { topic: "my posts" }', 'kafka.topic: expected a Kafka topic: letters, digits, `.`, `_` and `-`.'],
  ['source: kafka\nkafka: { topics: [a] }', 'kafka.topics: unknown setting; did you mean topic?'],
  [
    'source: kafka\nkafka: { sasl: { mechanism: scram, username: ines } }',
    'kafka.sasl.mechanism: expected one of plain, scram-sha-256, scram-sha-512; did you mean scram-sha-256?',
  ],
  [
    'source: kafka\nkafka: { sasl: { username: ines } }',
    'kafka.sasl.mechanism: required; expected one of plain, scram-sha-256, scram-sha-512.',
  ],
  ['source: kafka\nkafka: { sessionTimeout: 30 }', 'kafka.sessionTimeout: a duration is a number and a unit: 500ms, 30s, 15m, 24h, 7d.'],
  ['source: kafka\nkafka: { topic: a, deadLetterTopic: a }', 'kafka.deadLetterTopic: must differ from kafka.topic.'],
  ['source: kafka\nkafka: { certFile: a.pem }', 'kafka.certFile: certFile and keyFile must be set together.'],
  [
    'source: kafka\nkafka: { schemaRegistry: { url: "http://ines:secret@registry:8081" } }',
    'kafka.schemaRegistry.url: expected https://host:port/path; set the user name and password separately.',
  ],
  ['source: kafka\nkafka: null', 'kafka: expected object, received null.'],
  ['brands: Kestrivo', 'brands: expected array, received string.'],
  ['brands: [Kestrivo]', 'brands.0: expected a mapping such as { name: Brixomel }.'],
  ['brands: [{ name: "" }]', 'brands.0.name: expected string to have >=1 characters.'],
  ['brands: [{ name: "*" }]', 'brands.0.name: `*` stands for all posts.'],
  ['brands: [{ name: Kestrivo }, { name: kestrivo }]', 'brands.1.name: duplicate brand kestrivo.'],
  ['brands: [{ name: Kestrivo, aliases: kestrivo }]', 'brands.0.aliases: expected array, received string.'],
  ['brands: [{ name: Kestrivo, aliases: [" "] }]', 'brands.0.aliases.0: must not be blank.'],
  ['brands: [{ name: Kestrivo, timeZone: CET+1 }]', 'brands.0.timeZone: not an IANA time zone such as Europe/Berlin.'],
  ['brands: [{ name: Kestrivo, timezone: Europe/Berlin }]', 'brands.0.timezone: renamed to brands.0.timeZone.'],
  ['brands: [{ name: Kestrivo, country: Germany }]', 'brands.0.country: expected an ISO 3166 code such as DE or DE-BY.'],
  ['brands: [{ alias: Kestrivo }]', '2 problems:\n  - brands.0.name: required\n  - brands.0.alias: unknown setting; did you mean aliases?'],
  ['mapping: { text: 5 }', 'mapping.text: expected string or object or array.'],
  ['mapping: { txt: body }', 'mapping.txt: unknown setting; did you mean text?'],
  [
    'mapping: { preset: twitter }',
    'mapping.preset: expected one of bluesky-jetstream, mastodon, x-v2, x-v1, reddit, youtube, hackernews, debezium, kafka-connect, cloudevents, app-store, google-play, trustpilot, telegram.',
  ],
  ['mapping: { text: "{body" }', 'mapping.text: } is missing.'],
  [
    'mapping: { createdAt: { from: time, format: nanos } }',
    '2 problems:\n  - mapping.createdAt.when: required\n  - mapping.createdAt.format: unknown setting',
  ],
  ['server: { port: 70000 }', 'server.port: expected number to be <=65535.'],
  ['server: { port: "8080" }', 'server.port: expected number, received string.'],
  ['server: { host: "127.0.0.1:8080" }', 'server.host: expected a host name or an IP address, without a port.'],
  ['server: { trustedProxies: [proxy.example] }', 'server.trustedProxies.0: not an IP address or network such as 10.0.0.0/8.'],
  [
    'server: { allowedHosts: ["https://feedpulse.example"] }',
    'server.allowedHosts.0: expected a host name, or .example.com for all names under it.',
  ],
  ['server: { proxyAuth: { header: X-User } }', 'server.proxyAuth: requires the address of the proxy in server.trustedProxies.'],
  ['server: { requestsPerMinute: 0 }', 'server.requestsPerMinute: expected number to be >=1.'],
  ['servers: { port: 1 }', 'servers: unknown setting; did you mean server?'],
  [
    'alerts: { rules: [{ name: a, metric: sentiment }] }',
    'alerts.rules.0.metric: expected one of volume, organicVolume, netSentiment, negativeVolume; did you mean netSentiment?',
  ],
  ['alerts: { rules: [{ name: a, metric: volume, window: 90s }] }', 'alerts.rules.0.window: must be between 3m and 6h.'],
  [
    'alerts: { rules: [{ name: a, metric: volume, window: 15 }] }',
    'alerts.rules.0.window: a duration is a number and a unit: 500ms, 30s, 15m, 24h, 7d.',
  ],
  ['alerts: { rules: [{ name: a, metric: volume }, { name: a, metric: volume }] }', 'alerts.rules: rule names must be unique.'],
  [
    'alerts: { rules: [{ name: a, metric: volume, channels: [pager] }] }',
    'alerts.rules.0.channels: unknown channel pager (alerts.channels is empty).',
  ],
  [
    'alerts: { channels: { chat: { type: slak, url: "https://hooks.example/x" } } }',
    'alerts.channels.chat.type: expected one of webhook, slack, teams, alertmanager, email; did you mean slack?',
  ],
  ['alerts: { channels: { chat: { type: slack } } }', 'alerts.channels.chat.url: required; set it, or urlFile.'],
  [
    'alerts: { channels: { chat: { type: slack, url: hooks.example/x } } }',
    'alerts.channels.chat.url: expected a URL that starts with http:// or https://.',
  ],
  [
    'alerts: { channels: { mail: { type: email, host: mail.example, from: "Ines <ines@brand.example>", to: [tomas@brand.example] } } }',
    'alerts.channels.mail.from: expected an address such as name@host, without a display name.',
  ],
  [
    'alerts: { channels: { mail: { type: email, host: mail.example, security: none, from: a@b.example, to: [a@b.example] } } }',
    'alerts.channels.mail.security: would send mail unencrypted to another machine; set allowPlaintext to permit it.',
  ],
  [
    'alerts: { calendar: [{ name: Launch, from: tomorrow, to: "2026-12-01T22:00:00Z" }] }',
    '2 problems:\n  - alerts.calendar.0.from: expected a time with its offset, such as 2026-12-01T17:00:00+01:00\n  - alerts.calendar.0.to: must be later than from',
  ],
  [
    'alerts: { calendar: [{ name: Launch, from: "2026-12-02T00:00:00Z", to: "2026-12-01T00:00:00Z" }] }',
    'alerts.calendar.0.to: must be later than from.',
  ],
  ['retention: { posts: 1d }', 'retention.posts: must be at least 2d.'],
  ['retention: { posts: 30 }', 'retention.posts: a duration is a number and a unit: 500ms, 30s, 15m, 24h, 7d.'],
  ['retention: { minutes: 30d }', 'retention.minutes: renamed to retention.rollupMinute.'],
  ['clickhouse: { url: "localhost:8123" }', 'clickhouse.url: expected a URL that starts with http:// or https://.'],
  [
    'clickhouse: { url: "http://u:p@db:8123" }',
    'clickhouse.url: expected https://host:port/path; set the user name and password separately.',
  ],
  ['clickhouse: { database: "my-db" }', 'clickhouse.database: expected letters, digits and underscores, not starting with a digit.'],
  [
    'clickhouse: { passwordFile: /nonexistent }',
    `FILE_INACCESSIBLE: passwordFile: ENOENT: no such file or directory, open '/nonexistent'.`,
  ],
  ['model: { path: a }\nmodels: [{ path: b }]', 'models: `models` and `model.path` cannot both be set.'],
  ['models: []', 'models: expected array to have >=1 items.'],
  ['models: [a]', 'models.0: expected object, received string.'],
  ['models: [{ path: a, languages: [German] }]', 'models.0.languages.0: expected a language code such as de.'],
  ['model: { workers: 0 }', 'model.workers: expected number to be >=1.'],
  ['model: { workers: two }', 'model.workers: expected number, received string.'],
  ['log: { level: trace }', 'log.level: expected one of debug, info, warn, error, silent.'],
  ['log: debug', 'log: expected object, received string.'],
  ['dataDir: ""', 'dataDir: expected string to have >=1 characters.'],
  ['demo: { rate: fast }', 'demo.rate: expected number, received string.'],
  ['demo: { backfill: 1 day }', 'demo.backfill: a duration is a number and a unit: 500ms, 30s, 15m, 24h, 7d.'],
  ['ndjson: { path: 5 }', 'ndjson.path: expected string, received number.'],
  ['bluesky: { endpoints: ["https://jetstream.example"] }', 'bluesky.endpoints.0: expected a URL that starts with wss:// or ws://.'],
  ['mastodon: { servers: [{ url: mastodon.example }] }', 'mastodon.servers.0.url: expected a URL that starts with http:// or https://.'],
  ['deadLetters: { maxRatio: 5 }', 'deadLetters.maxRatio: expected number to be <=1.'],
  ['brands: [{ name: "Kestrel\\nLumo" }]', 'brands.0.name: must not contain control characters.'],
  ['brands: [{ name: "\\u200b" }]', 'brands.0.name: must not be blank.'],
  ['brands: [{ name: Kestrel, aliases: ["\\u202e"] }]', 'brands.0.aliases.0: must not be blank.'],
  ['source: kafka\nkafka: { groupId: "a\\nb" }', 'kafka.groupId: must not contain control characters.'],
  ['source: kafka\nkafka: { sessionTimeout: 1ms }', 'kafka.sessionTimeout: must be between 1s and 30m.'],
  ['demo: { backfill: 100000d }', 'demo.backfill: must be between 0s and 400d.'],
  ['model: { path: "" }', 'model.path: expected string to have >=1 characters.'],
  ['model: { workers: 1.5 }', 'model.workers: expected an integer.'],
  ['mapping: { text: [] }', 'mapping.text: expected array to have >=1 items.'],
  [
    'mapping: { text: { from: 3 } }',
    '2 problems:\n  - mapping.text.from: expected string, received number\n  - mapping.text.when: required',
  ],
  ['mapping: { onlyWhen: { path: kind, equal: post } }', 'mapping.onlyWhen.equal: unknown setting.'],
  ['dataDir: "a\\0b"', 'dataDir: must not contain the character NUL.'],
  ['alerts: { channels: [] }', 'alerts.channels: expected object, received array.'],
  ['? [a]\n: b', '[ a ]: unknown setting.'],
  ['- source: demo', 'FILE: expected a mapping of settings at the top level.'],
  ['source: demo\n  port: 1', 'FILE, line 1, column 9: invalid YAML (BLOCK_AS_IMPLICIT_KEY).'],
  [
    'source: *main',
    'FILE: a YAML alias (*name) is undefined, refers to itself, or is used too often; put values that start with * in quotes.',
  ],
  [
    'a: &a [*a]',
    'FILE: a YAML alias (*name) is undefined, refers to itself, or is used too often; put values that start with * in quotes.',
  ],
  ['"just text"', 'FILE: expected a mapping of settings at the top level.'],
  ['source: demo\nsource: kafka', 'FILE, line 2, column 1: invalid YAML (DUPLICATE_KEY).'],
  ['\tsource: demo', 'FILE, line 1, column 1: invalid YAML (TAB_AS_INDENT).'],
  ['source: demo: kafka', 'FILE, line 1, column 9: invalid YAML (BLOCK_AS_IMPLICIT_KEY).'],
  ['{', 'FILE, line 2, column 1: invalid YAML (MISSING_CHAR).'],
];

test.each(broken)('%j is rejected with a clear message', (yaml, message) => {
  writeFileSync(file, `${yaml}\n`);
  let error: unknown;
  try {
    requireSource(loadConfig({ file, env: {} }));
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof FeedpulseError)) throw new Error(`not rejected, or with a bug: ${error}`);
  const text = error.message.replaceAll(file, 'FILE').trimEnd();
  expect(error.code === 'CONFIG_INVALID' ? text : `${error.code}: ${text}`).toBe(message);
  // Neither a value, which may be a secret, nor a term of the schema library.
  expect(text).not.toMatch(/ines:secret|Invalid|discriminator|received undefined/);
});
