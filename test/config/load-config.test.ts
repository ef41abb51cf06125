import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { environmentVariables } from '../../src/config/environment.ts';
import { loadConfig, requireSource } from '../../src/config/load-config.ts';
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

test('lists twenty problems at most, and how many there are', () => {
  const names = Array.from({ length: 300 }, () => '{ name: Kestrel }').join(', ');
  const { message } = problemOf(() => loadConfig({ file: yaml(`brands: [${names}]`), env: {} }));
  expect(message).toContain('299 problems:');
  expect(message).toContain('and 279 more');
  expect(message.trimEnd().split('\n')).toHaveLength(22);
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

test('a model from the environment or a flag is the only one', () => {
  const file = yaml('models: [{ path: a }, { path: b, languages: [de] }]');
  expect(loadConfig({ file, env: {} }).models).toEqual([{ path: 'a' }, { path: 'b', languages: ['de'] }]);
  for (const inputs of [{ env: { FEEDPULSE_MODEL_PATH: 'c' } }, { env: {}, flags: { 'model.path': 'c' } }]) {
    const { models, model } = loadConfig({ file, ...inputs });
    expect(models).toBeUndefined();
    expect(model.path).toBe('c');
  }
});

test('rejects an unknown FEEDPULSE_ variable and ignores other variables', () => {
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_KAFKA_BROKER: 'a:1' } })).message).toContain('FEEDPULSE_KAFKA_BROKER');
  expect(loadConfig({ env: { PATH: '/bin' } }).dataDir).toBe('data');
  expect(environmentVariables().get('FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC')?.path).toEqual(['kafka', 'deadLetterTopic']);
});

test('ignores the variables that Kubernetes injects for a Service, whatever its name, but no misspelled setting', () => {
  const forService = (name: string, port: number) => ({
    [`${name}_SERVICE_HOST`]: '10.0.0.7',
    [`${name}_SERVICE_PORT`]: String(port),
    [`${name}_SERVICE_PORT_HTTP`]: String(port),
    [`${name}_PORT`]: `tcp://10.0.0.7:${port}`,
    [`${name}_PORT_${port}_TCP`]: `tcp://10.0.0.7:${port}`,
    [`${name}_PORT_${port}_TCP_PROTO`]: 'tcp',
    [`${name}_PORT_${port}_TCP_PORT`]: String(port),
    [`${name}_PORT_${port}_TCP_ADDR`]: '10.0.0.7',
  });
  const services = { ...forService('FEEDPULSE', 8080), ...forService('FEEDPULSE_SERVER', 80), ...forService('FEEDPULSE_KAFKA', 9092) };
  expect(loadConfig({ env: services })).toEqual(loadConfig({ env: {} }));
  expect(loadConfig({ env: { ...services, FEEDPULSE_SERVER_PORT: '9000' } }).server.port).toBe(9000);
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_PORT: '9000' } })).message).toContain('FEEDPULSE_PORT: unknown setting');
  expect(problemOf(() => loadConfig({ env: { FEEDPULSE_SERVER_PORTS: '9000' } })).message).toContain('did you mean FEEDPULSE_SERVER_PORT?');
});

describe('a misspelled setting', () => {
  test.each([
    ['servr: { port: 1 }', 'servr: unknown setting; did you mean server?'],
    ['server: { prot: 1 }', 'server.prot: unknown setting; did you mean port?'],
    ['brands: [{ name: Kestrel, alias: [K] }]', 'brands.0.alias: unknown setting; did you mean aliases?'],
    [
      'alerts: { channels: { ops: { type: slack, url: "https://receiver.example/", severites: [critical] } } }',
      'alerts.channels.ops.severites: unknown setting; did you mean severities?',
    ],
    ['sources: [{ type: kafka, kafka: { topics: x } }]', 'topics: unknown setting; did you mean topic?'],
    ['kafka: { zzzzzzzz: 1 }', 'kafka.zzzzzzzz: unknown setting.'],
  ])('%s', (text, message) => {
    expect(problemOf(() => loadConfig({ file: yaml(text), env: {} })).message).toContain(message);
  });
});

test.each(['a: &a\n  b: *a', 'a: &a [*a]', 'a: &a [x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*missing]'])(
  'rejects the YAML aliases of %j',
  (text) => {
    const problem = problemOf(() => loadConfig({ file: yaml(text), env: {} }));
    expect(problem.code).toBe('CONFIG_INVALID');
    expect(problem.message).toContain('alias');
  },
);

test('rejects files that are not UTF-8, and empty files of secrets', () => {
  const latin1 = join(folder, 'latin1.yaml');
  writeFileSync(latin1, Buffer.from('brands: [{ name: "Caf\xe9" }]\n', 'latin1'));
  expect(problemOf(() => loadConfig({ file: latin1, env: {} })).message).toContain('not valid UTF-8');
  const empty = join(folder, 'empty-secret');
  for (const content of ['', '\n', ' \n']) {
    writeFileSync(empty, content);
    const problem = problemOf(() => loadConfig({ env: { FEEDPULSE_CLICKHOUSE_PASSWORD_FILE: empty } }));
    expect(problem.message).toContain('passwordFile: ');
    expect(problem.message).toContain('is empty');
  }
});

test.each([
  ['brands: [{ name: "  " }]', 'brands.0.name: must not be blank'],
  ['brands: [{ name: Kestrel, aliases: ["\\t"] }]', 'brands.0.aliases.0: must not be blank'],
  ['kafka: { topic: "my posts" }', 'kafka.topic: expected a Kafka topic'],
  ['kafka: { topic: ".." }', 'kafka.topic: expected a Kafka topic'],
  ['kafka: { deadLetterTopic: "a/b" }', 'kafka.deadLetterTopic: expected a Kafka topic'],
  ['alerts: { topic: "ä" }', 'alerts.topic: expected a Kafka topic'],
  ['kafka: { brokers: ["broker"] }', 'kafka.brokers.0: expected host:port'],
  ['kafka: { brokers: ["broker:0"] }', 'kafka.brokers.0: expected host:port'],
  ['kafka: { brokers: ["broker:99999"] }', 'kafka.brokers.0: expected host:port'],
  ['kafka: { brokers: ["::1:9092"] }', 'kafka.brokers.0: expected host:port'],
  ['kafka: { brokers: ["[::1]:9092"] }', 'kafka.brokers.0: expected host:port'],
  ['server: { host: "127.0.0.1:8080" }', 'server.host: expected a host name or an IP address'],
  ['server: { host: "http://localhost" }', 'server.host: expected a host name or an IP address'],
])('rejects %s', (text, message) => {
  expect(problemOf(() => loadConfig({ file: yaml(text), env: {} })).message).toContain(message);
});

test.each([
  ['europe/berlin', 'Europe/Berlin'],
  ['EUROPE/BERLIN', 'Europe/Berlin'],
  ['utc', 'UTC'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['Etc/GMT+3', 'Etc/GMT+3'],
])('corrects the case of the time zone %s', (name, expected) => {
  expect(loadConfig({ file: yaml(`brands: [{ name: Kestrel, timeZone: ${name} }]`), env: {} }).brands[0]?.timeZone).toBe(expected);
});

test('reads a secret from a file without its trailing newline', () => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'pa ss\n');
  const config = loadConfig({ env: { FEEDPULSE_CLICKHOUSE_PASSWORD_FILE: secret } });
  expect(config.clickhouse.password).toBe('pa ss');
});

test('a secret follows its file; a new content that cannot be one is ignored', () => {
  const [passwordFile, urlFile] = [join(folder, 'rotated'), join(folder, 'hook')];
  writeFileSync(passwordFile, 'before\n');
  writeFileSync(urlFile, 'https://hooks.example/before\n');
  const text = `kafka: { sasl: { mechanism: plain, username: ines, passwordFile: ${passwordFile} } }
alerts: { channels: { chat: { type: slack, urlFile: ${urlFile} } } }\n`;
  const { kafka, alerts } = loadConfig({ file: yaml(text), env: {} });
  const secrets = () => [kafka.sasl?.password, alerts.channels['chat']?.type === 'slack' && alerts.channels['chat'].url];
  expect(secrets()).toEqual(['before', 'https://hooks.example/before']);
  writeFileSync(passwordFile, 'after');
  writeFileSync(urlFile, 'https://hooks.example/after');
  expect(secrets()).toEqual(['after', 'https://hooks.example/after']);
  writeFileSync(passwordFile, '\n');
  writeFileSync(urlFile, 'no URL');
  expect(secrets()).toEqual(['after', 'https://hooks.example/after']);
});

test('a secret from a pipe is read once, as a shell passes it', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', `printf 'from a pipe' > ${pipe}`]);
  const { kafka } = loadConfig({
    file: yaml(`kafka: { sasl: { mechanism: plain, username: ines, passwordFile: ${pipe} } }`),
    env: {},
  });
  if (writer.exitCode === null) await once(writer, 'close');
  expect([kafka.sasl?.password, kafka.sasl?.password]).toEqual(['from a pipe', 'from a pipe']);
}, 5_000);

test('a channel needs a URL, from the config or from a file', () => {
  const channel = (fields: string) =>
    problemOf(() => loadConfig({ file: yaml(`alerts: { channels: { chat: { ${fields} } } }`), env: {} })).message;
  for (const type of ['webhook', 'slack', 'teams', 'alertmanager'])
    expect(channel(`type: ${type}`)).toContain('alerts.channels.chat.url: required; set it, or urlFile.');
  writeFileSync(join(folder, 'no-url'), 'hooks.example');
  expect(channel(`type: slack, urlFile: ${join(folder, 'no-url')}`)).toContain('alerts.channels.chat.url: expected a URL');
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
