import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { environmentVariables, loadConfig } from '../../src/config/load-config.ts';
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

test('flags beat environment variables, these beat the file, and the file beats the defaults', () => {
  const file = yaml('server: { port: 1, host: 127.0.0.2 }\nkafka: { topic: from-file }\n');
  const env = { FEEDPULSE_SERVER_PORT: '2', FEEDPULSE_KAFKA_BROKERS: 'a:1, b:2' };
  const config = loadConfig({ file, env, flags: { 'server.port': 3, 'log.level': undefined } });
  expect(config.server).toMatchObject({ port: 3, host: '127.0.0.2', enabled: true });
  expect(config.kafka).toMatchObject({ topic: 'from-file', brokers: ['a:1', 'b:2'], groupId: 'feedpulse' });
  expect(loadConfig({ file, env }).server.port).toBe(2);
  expect(config.log.level).toBe('info');
});

test('every problem is named at once', () => {
  const file = yaml('source: twitter\nserver: { port: 99999 }\nbrands: [{ name: "*" }, { name: A, timeZone: Mars/Base }]\nsurprise: 1\n');
  const error = problemOf(() => loadConfig({ file, env: {} }));
  expect(error.code).toBe('CONFIG_INVALID');
  for (const part of ['source', 'server.port', 'brands.0.name', 'brands.1.timeZone', 'surprise']) expect(error.message).toContain(part);
});

test('a brand may stand once, and the dead letters need a topic of their own', () => {
  const twice = problemOf(() => loadConfig({ file: yaml('brands: [{ name: Acme }, { name: ACME }]'), env: {} }));
  expect(twice.message).toContain('brands.1.name');
  const same = problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_TOPIC: 'x', FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: 'x' } }));
  expect(same.message).toContain('kafka.deadLetterTopic');
});

test.each(['system', 'INFORMATION_SCHEMA'])("the database %s, which is the server's own, is refused", (name) => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_CLICKHOUSE_DATABASE: name } })).message).toContain('clickhouse.database');
});

test('an environment variable of ours that is no setting is an error, others are none of our business', () => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_BROKER: 'a:1' } })).message).toContain('FEEDPULSE_KAFKA_BROKER');
  expect(loadConfig({ env: { PATH: '/bin' } }).source).toBe('demo');
  expect(environmentVariables().get('FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC')?.path).toEqual(['kafka', 'deadLetterTopic']);
});

test('a secret can come from a file, without its last line end', () => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'pa ss\n');
  const config = loadConfig({ env: { FEEDPULSE_CLICKHOUSE_PASSWORD_FILE: secret } });
  expect(config.clickhouse.password).toBe('pa ss');
});

test('numbers and flags in variables must be such', () => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_SERVER_PORT: 'eighty' } })).message).toContain('server.port');
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_TLS: 'yes' } })).message).toContain('kafka.tls');
  expect(loadConfig({ env: { FEEDPULSE_KAFKA_TLS: 'true' } }).kafka.tls).toBe(true);
});

test('trusted proxies are addresses or networks, never names', () => {
  const proxies = (list: string) => loadConfig({ env: { FEEDPULSE_SERVER_TRUSTED_PROXIES: list } }).server.trustedProxies;
  expect(proxies('10.0.0.0/8, ::1, 192.0.2.7')).toEqual(['10.0.0.0/8', '::1', '192.0.2.7']);
  for (const wrong of ['proxy.internal', '10.0.0.0/33', '*', '0x7f.1'])
    expect(problemOf(() => proxies(wrong)).message).toContain('server.trustedProxies.0');
});

test('a file that is not there, or is no YAML, is named', () => {
  expect(problemOf(() => loadConfig({ file: join(folder, 'none.yaml'), env: {} })).code).toBe('FILE_UNREADABLE');
  expect(problemOf(() => loadConfig({ file: yaml('a: [1'), env: {} })).code).toBe('CONFIG_INVALID');
  expect(problemOf(() => loadConfig({ file: yaml('- a\n- b\n'), env: {} })).code).toBe('CONFIG_INVALID');
});

test('a file that is no YAML is not quoted: a password may stand there', () => {
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

test.each(['https://me:canary@x', 'https://canary@x', 'https://x/?password=canary', 'ftp://me:canary@x'])('%s is no address', (url) => {
  const problem = problemOf(() => loadConfig({ env: { FEEDPULSE_CLICKHOUSE_URL: url } }));
  expect(problem.message).toContain('clickhouse.url');
  expect(problem.message).not.toContain('canary');
});

test.each(['me:canary@broker:9092', 'sasl://canary@broker:9092', 'a b:1'])('%s is no broker', (broker) => {
  const problem = problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_BROKERS: broker } }));
  expect(problem.message).toMatch(/kafka\.brokers\.0: a broker is host:port/);
  expect(problem.message).not.toContain('canary');
});

test('a certificate of our own needs its key', () => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_CERT_FILE: 'x' } })).message).toContain('certFile and keyFile go together');
});

test('the config can not be changed once it is loaded', () => {
  const config = loadConfig({ env: {} });
  expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError);
});
