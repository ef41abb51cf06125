import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { environmentVariables, loadConfig, requireSource } from '../../src/config/load-config.ts';
import { FeedpulseError } from '../../src/lib/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'feedpulse-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function yaml(text: string): string {
  const file = join(folder, `${Math.random()}.yaml`);
  writeFileSync(file, text);
  return file;
}

function problemOf(load: () => unknown): FeedpulseError {
  try {
    load();
  } catch (error) {
    if (error instanceof FeedpulseError) return error;
  }
  throw new Error('expected a FeedpulseError');
}

test('flags override environment variables, which override the file, which overrides the defaults', () => {
  const file = yaml('server: { port: 1, host: 127.0.0.2 }\nkafka: { topic: from-file }\n');
  const env = { FEEDPULSE_SERVER_PORT: '2', FEEDPULSE_KAFKA_BROKERS: 'a:1, b:2' };
  const config = loadConfig({ file, env, flags: { 'server.port': 3, 'log.level': undefined } });
  expect(config.server).toMatchObject({ port: 3, host: '127.0.0.2', enabled: true });
  expect(config.kafka).toMatchObject({ topic: 'from-file', brokers: ['a:1', 'b:2'], clientId: 'feedpulse' });
  expect(loadConfig({ file, env }).server.port).toBe(2);
  expect(config.log.level).toBe('info');
});

test('reports every problem at once', () => {
  const file = yaml('source: twitter\nserver: { port: 99999 }\nbrands: [{ name: "*" }, { name: A, timeZone: Mars/Base }]\nsurprise: 1\n');
  const error = problemOf(() => loadConfig({ file, env: {} }));
  expect(error.code).toBe('CONFIG_INVALID');
  for (const part of ['source', 'server.port', 'brands.0.name', 'brands.1.timeZone', 'surprise']) expect(error.message).toContain(part);
});

test('rejects duplicate brands and a dead-letter topic that is the topic itself', () => {
  const twice = problemOf(() => loadConfig({ file: yaml('brands: [{ name: Acme }, { name: ACME }]'), env: {} }));
  expect(twice.message).toContain('brands.1.name');
  const same = problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_TOPIC: 'x', FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: 'x' } }));
  expect(same.message).toContain('kafka.deadLetterTopic');
});

test.each(['system', 'INFORMATION_SCHEMA'])('rejects the database %s, which belongs to ClickHouse', (name) => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_CLICKHOUSE_DATABASE: name } })).message).toContain('clickhouse.database');
});

test('rejects an unknown FEEDPULSE_ variable and ignores other variables', () => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_BROKER: 'a:1' } })).message).toContain('FEEDPULSE_KAFKA_BROKER');
  expect(loadConfig({ env: { PATH: '/bin' } }).dataDir).toBe('data');
  expect(environmentVariables().get('FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC')?.path).toEqual(['kafka', 'deadLetterTopic']);
});

test('reads a secret from a file without its trailing newline', () => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'pa ss\n');
  const config = loadConfig({ env: { FEEDPULSE_CLICKHOUSE_PASSWORD_FILE: secret } });
  expect(config.clickhouse.password).toBe('pa ss');
});

test('rejects a variable whose value is not of the type of its setting', () => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_SERVER_PORT: 'eighty' } })).message).toContain('server.port');
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_TLS: 'yes' } })).message).toContain('kafka.tls');
  expect(loadConfig({ env: { FEEDPULSE_KAFKA_TLS: 'true' } }).kafka.tls).toBe(true);
});

test('trusted proxies are IP addresses or networks, never host names', () => {
  const proxies = (list: string) => loadConfig({ env: { FEEDPULSE_SERVER_TRUSTED_PROXIES: list } }).server.trustedProxies;
  expect(proxies('10.0.0.0/8, ::1, 192.0.2.7')).toEqual(['10.0.0.0/8', '::1', '192.0.2.7']);
  for (const wrong of ['proxy.internal', '10.0.0.0/33', '*', '0x7f.1'])
    expect(problemOf(() => proxies(wrong)).message).toContain('server.trustedProxies.0');
});

test('reports a missing file and invalid YAML', () => {
  expect(problemOf(() => loadConfig({ file: join(folder, 'none.yaml'), env: {} })).code).toBe('FILE_INACCESSIBLE');
  expect(problemOf(() => loadConfig({ file: yaml('a: [1'), env: {} })).code).toBe('CONFIG_INVALID');
  expect(problemOf(() => loadConfig({ file: yaml('- a\n- b\n'), env: {} })).code).toBe('CONFIG_INVALID');
});

test('does not quote invalid YAML, which may hold a password', () => {
  for (const text of [
    'password: *canary',
    'password: "canary',
    'password: "\\canary"',
    'password: @canary',
    'password: [canary',
    'a: &canary\n b: c',
  ])
    expect(problemOf(() => loadConfig({ file: yaml(text), env: {} })).message).not.toContain('canary');
  expect(problemOf(() => loadConfig({ file: yaml('log:\n  level: "info'), env: {} })).message).toContain('line 2, column');
});

test.each(['https://me:canary@x', 'https://canary@x', 'https://x/?password=canary', 'ftp://me:canary@x'])(
  'rejects the URL %s without quoting it',
  (url) => {
    const problem = problemOf(() => loadConfig({ env: { FEEDPULSE_CLICKHOUSE_URL: url } }));
    expect(problem.message).toContain('clickhouse.url');
    expect(problem.message).not.toContain('canary');
  },
);

test.each(['me:canary@broker:9092', 'sasl://canary@broker:9092', 'a b:1'])('rejects the broker %s without quoting it', (broker) => {
  const problem = problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_BROKERS: broker } }));
  expect(problem.message).toMatch(/kafka\.brokers\.0: expected host:port/);
  expect(problem.message).not.toContain('canary');
});

test('requires certFile and keyFile together', () => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_CERT_FILE: 'x' } })).message).toContain(
    'certFile and keyFile must be set together',
  );
});

test('the loaded config is frozen', () => {
  const config = loadConfig({ env: {} });
  expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError);
});

test('requires a source that is named, and lists the choices', () => {
  const problem = problemOf(() => requireSource(loadConfig({ env: {} })));
  expect(problem.code).toBe('CONFIG_INVALID');
  expect(problem.message).toBe('source: required; set it to bluesky, demo, kafka, mastodon or ndjson in the config, or pass --source.');
  expect(requireSource(loadConfig({ env: { FEEDPULSE_SOURCE: 'kafka' } })).source).toBe('kafka');
  expect(requireSource(loadConfig({ env: {}, flags: { source: 'demo' } })).source).toBe('demo');
});

describe('references between settings', () => {
  const channels = { ops: { type: 'slack', url: 'https://receiver.example/' } };
  const messageOf = (settings: object): string => problemOf(() => loadConfig({ file: yaml(JSON.stringify(settings)), env: {} })).message;
  const brands = [{ name: 'Kestrel' }];

  test.each([
    [
      'a channel that does not exist',
      { alerts: { channels, rules: [{ name: 'r', metric: 'volume', channels: ['ops', 'opps'] }] } },
      'alerts.rules.0.channels: unknown channel opps; channels: ops',
    ],
    [
      'a channel, if none is configured',
      { alerts: { rules: [{ name: 'r', metric: 'volume', channels: ['ops'] }] } },
      'alerts.rules.0.channels: unknown channel ops (alerts.channels is empty)',
    ],
    [
      'a brand that does not exist',
      { brands, alerts: { rules: [{ name: 'r', metric: 'volume', brands: ['*', 'Heron'] }] } },
      'alerts.rules.0.brands: unknown brand Heron',
    ],
    [
      'a brand that does not exist, from a channel',
      { brands, alerts: { channels: { ops: { ...channels.ops, brands: ['Kestrel', 'kestrel'] } } } },
      'alerts.channels.ops.brands: unknown brand kestrel',
    ],
  ])('rejects %s', (_, settings, message) => {
    expect(messageOf(settings)).toContain(message);
  });

  test('accepts brands, `*` and channels that exist', () => {
    const rules = [{ name: 'r', metric: 'volume', brands: ['Kestrel', '*'], channels: ['ops'] }];
    const settings = { brands, alerts: { rules, channels: { ops: { ...channels.ops, brands: ['*', 'Kestrel'] } } } };
    expect(loadConfig({ file: yaml(JSON.stringify(settings)), env: {} }).alerts.rules).toHaveLength(1);
  });
});
