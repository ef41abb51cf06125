import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type AclEntry, AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, ResourcePatternTypes } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { checkKafkaRights } from '../../src/app/kafka-rights.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { createCertificateAuthority } from '../support/certificates.ts';
import { eventually, queryDataDir, type RunningFeedpulse, runCommand, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { writePosts } from '../support/post-file.ts';
import { quiet } from '../support/test-database.ts';

const posts = 300;
const reader = { name: 'reader', password: 'canary-1f0d-of-reader' };
/** A user without permissions. */
const unprivileged = { name: 'unprivileged', password: 'canary-77b2-of-unprivileged' };

const brokerCa = createCertificateAuthority('Brokers of the test');
const clientCa = createCertificateAuthority('Clients of the test');

let kafka: TestKafka;
let dir: string;
let posted: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  const certificate = brokerCa.issue('127.0.0.1');
  const listeners = [
    { name: 'LOGIN', certificate, sasl: true },
    { name: 'MUTUAL', certificate, clientCa: clientCa.ca },
    { name: 'ELSEWHERE', certificate: brokerCa.issue('kafka.example') },
    { name: 'EXPIRED', certificate: brokerCa.issue('127.0.0.1', { expired: true }) },
  ];
  kafka = await startKafka({ security: { listeners, users: [reader, unprivileged] } });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-kafka-security-'));
  posted = join(dir, 'posts.ndjson');
  const client = clientCa.issue('feedpulse');
  await Promise.all([
    writePosts(posted, posts).then(() => appendFile(posted, 'canary of an invalid message\n')),
    writeFile(join(dir, 'ca.pem'), brokerCa.ca),
    writeFile(join(dir, 'other-ca.pem'), clientCa.ca),
    writeFile(join(dir, 'client.pem'), client.cert),
    writeFile(join(dir, 'client.key'), client.key),
    withAdmin((admin) => grantAccess(admin, [`User:${reader.name}`, 'User:CN=feedpulse'])),
  ]);
});
afterEach(async () => {
  await running?.kill();
  running = undefined;
});
afterAll(async () => {
  await kafka?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function withAdmin(run: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await run(admin).finally(() => admin.disconnect());
}

/** Grants exactly the permissions in docs/security.md. */
async function grantAccess(admin: Admin, principals: readonly string[]): Promise<void> {
  const topics = { resourceType: AclResourceTypes.TOPIC, resourceName: 'posts', resourcePatternType: ResourcePatternTypes.PREFIXED };
  const groups = ['feedpulse', 'feedpulse-alerts'].map((resourceName) => ({
    resourceType: AclResourceTypes.GROUP,
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
  }));
  const permissions = [
    { ...topics, operation: AclOperationTypes.DESCRIBE },
    { ...topics, operation: AclOperationTypes.READ },
    { ...topics, operation: AclOperationTypes.WRITE },
    { ...topics, operation: AclOperationTypes.CREATE },
    ...groups.map((group) => ({ ...group, operation: AclOperationTypes.READ })),
  ];
  await allow(admin, principals, permissions);
}

type Permission = Pick<AclEntry, 'resourceType' | 'resourceName' | 'resourcePatternType' | 'operation'>;

async function allow(admin: Admin, principals: readonly string[], permissions: readonly Permission[]): Promise<void> {
  const anywhere = { host: '*', permissionType: AclPermissionTypes.ALLOW };
  await admin.createAcls({
    acl: principals.flatMap((principal) => permissions.map((permission) => ({ ...permission, ...anywhere, principal }))),
  });
}

type Settings = Readonly<Record<string, string>>;

/** Settings for a listener, with the brokers' CA as the trusted one. */
function connectTo(listener: string, overrides: Settings = {}): Record<string, string> {
  return {
    FEEDPULSE_KAFKA_BROKERS: kafka.broker(listener),
    FEEDPULSE_KAFKA_TLS: 'true',
    FEEDPULSE_KAFKA_GROUP_ID: 'feedpulse',
    FEEDPULSE_KAFKA_CA_FILE: join(dir, 'ca.pem'),
    FEEDPULSE_MODEL_WORKERS: '1',
    FEEDPULSE_LOG_LEVEL: 'debug',
    ...overrides,
  };
}

function login({ name, password }: typeof reader, mechanism = 'scram-sha-256'): Settings {
  return {
    FEEDPULSE_KAFKA_SASL_MECHANISM: mechanism,
    FEEDPULSE_KAFKA_SASL_USERNAME: name,
    FEEDPULSE_KAFKA_SASL_PASSWORD: password,
  };
}

/** Produces the posts to a topic, consumes them into a data directory, and checks the rows. */
async function expectRows(topic: string, env: Settings): Promise<void> {
  const settings = { ...env, FEEDPULSE_KAFKA_TOPIC: topic };
  const sent = await runCommand(['produce', posted], settings);
  expect(sent).toMatchObject({ code: 0, output: expect.stringContaining(`${posts + 1} messages sent to topic ${topic}.`) });
  const dataDir = join(dir, topic);
  running = await startFeedpulse(['--source', 'kafka', '--data-dir', dataDir], settings);
  const consumer = running;
  await eventually('every post is written', 60, async () => (await consumer.metric('feedpulse_rows_written_total')) >= posts);
  await eventually('the dead letter is written', 20, async () => (await consumer.metric('feedpulse_dead_letters_total')) === 1);
  expect(await consumer.stop()).toBe(0);
  // Contains neither the password nor the message.
  expect(sent.output + consumer.log()).not.toContain('canary');
  expect(await queryDataDir(dataDir, 'SELECT toUInt32(count()) AS rows FROM posts FINAL')).toEqual([{ rows: posts }]);
}

describe('with a trusted CA and valid credentials, posts are stored', () => {
  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])('over TLS and %s', async (mechanism) => {
    await expectRows(`posts-${mechanism}`, connectTo('LOGIN', login(reader, mechanism)));
  });

  test('with a client certificate', async () => {
    const files = { FEEDPULSE_KAFKA_CERT_FILE: join(dir, 'client.pem'), FEEDPULSE_KAFKA_KEY_FILE: join(dir, 'client.key') };
    await expectRows('posts-mutual', connectTo('MUTUAL', files));
  });
});

describe('is rejected at once, with a clear error and without the password:', () => {
  /** How many times longer than on an idle machine a process takes that connects to nothing: at least 1. */
  async function measureSlowness(): Promise<number> {
    const started = Date.now();
    await runCommand(['help', 'run']);
    return Math.max(1, (Date.now() - started) / 1_000);
  }

  /** Both `produce` and `run` exit within seconds, without trying again; `run` loads the model first. */
  async function expectRejection(env: Settings, code: string, words: RegExp): Promise<void> {
    const limitMs = 12_000 * (await measureSlowness());
    for (const command of [
      ['produce', posted],
      ['run', '--source', 'kafka', '--no-server', '--data-dir', join(dir, 'rejected')],
    ]) {
      const started = Date.now();
      const result = await runCommand(['--verbose', ...command], env);
      expect(result.output).toMatch(new RegExp(`^${code}: .*(?:${words.source})`, 'm'));
      expect(result.code).toBe(5);
      expect(result.output).not.toContain('canary');
      expect(Date.now() - started).toBeLessThan(limitMs);
    }
  }

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])('a wrong password with %s', async (mechanism) => {
    const wrong = { ...reader, password: 'canary-wrong' };
    await expectRejection(connectTo('LOGIN', login(wrong, mechanism)), 'KAFKA_REJECTED', /[Aa]uthentication failed/);
  });

  test('an untrusted CA', async () => {
    const env = connectTo('LOGIN', { ...login(reader), FEEDPULSE_KAFKA_CA_FILE: join(dir, 'other-ca.pem') });
    await expectRejection(env, 'KAFKA_UNTRUSTED', /certificate is signed by an unknown authority/);
  });

  test('the system CAs only', async () => {
    const { FEEDPULSE_KAFKA_CA_FILE: _, ...env } = connectTo('LOGIN', login(reader));
    await expectRejection(env, 'KAFKA_UNTRUSTED', /certificate is signed by an unknown authority/);
  });

  test('a certificate for another host', async () => {
    await expectRejection(connectTo('ELSEWHERE'), 'KAFKA_UNTRUSTED', /certificate is for another host name/);
  });

  test('an expired certificate', async () => {
    await expectRejection(connectTo('EXPIRED'), 'KAFKA_UNTRUSTED', /certificate has expired/);
  });

  test('a user without permission', async () => {
    await withAdmin((admin) => admin.createTopics({ topics: [{ topic: 'closed', numPartitions: 1 }] }));
    await expectRejection({ ...connectTo('LOGIN', login(unprivileged)), FEEDPULSE_KAFKA_TOPIC: 'closed' }, 'KAFKA_REJECTED', /[Aa]uthoriz/);
  });

  test('plaintext to another machine', async () => {
    await expectRejection({ ...login(reader), FEEDPULSE_KAFKA_BROKERS: 'kafka.example:9092' }, 'KAFKA_PLAINTEXT', /kafka\.example:9092/);
  });
});

test('doctor reports an untrusted broker', async () => {
  const result = await runCommand(['doctor', '--data-dir', join(dir, 'doctor')], { ...connectTo('EXPIRED'), FEEDPULSE_SOURCE: 'kafka' });
  expect(result).toMatchObject({ code: 1, output: expect.stringMatching(/✗ Kafka.*has expired \(CERT_HAS_EXPIRED\)/) });
});

describe('missing rights are named:', () => {
  const doctor = (env: Settings) => runCommand(['doctor', '--data-dir', join(dir, 'doctor')], { ...env, FEEDPULSE_SOURCE: 'kafka' });

  test('none, with the permissions in docs/security.md', async () => {
    await withAdmin((admin) => admin.createTopics({ topics: [{ topic: 'posts-doctor', numPartitions: 1 }] }));
    const { output } = await doctor({
      ...connectTo('LOGIN', login(reader)),
      FEEDPULSE_KAFKA_TOPIC: 'posts-doctor',
      FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: 'posts-doctor.dead',
    });
    expect(output).toMatch(/^✓ topic +READ on topic posts-doctor$/m);
    expect(output).toMatch(/^✓ group +READ on group feedpulse, which has 0 members$/m);
    expect(output).toMatch(/^✓ dead letters topic posts-doctor\.dead does not exist yet and may be created$/m);
    expect(output).not.toMatch(/^. alerts/m); // with the embedded database, no alert leader is elected
    expect(output).not.toContain('✗');
  });

  test('READ on the group', async () => {
    const topic = { resourceType: AclResourceTypes.TOPIC, resourceName: 'half-open', resourcePatternType: ResourcePatternTypes.LITERAL };
    await withAdmin(async (admin) => {
      await admin.createTopics({ topics: [{ topic: 'half-open', numPartitions: 1 }] });
      await allow(admin, [`User:${unprivileged.name}`], [{ ...topic, operation: AclOperationTypes.READ }]);
    });
    const env = { ...connectTo('LOGIN', login(unprivileged)), FEEDPULSE_KAFKA_TOPIC: 'half-open' };
    const missing = /KAFKA_REJECTED: .* consumer group feedpulse: READ on the group is missing/;
    const run = await runCommand(['run', '--source', 'kafka', '--no-server', '--data-dir', join(dir, 'half-open')], env);
    expect(run).toMatchObject({ code: 5, output: expect.stringMatching(missing) });
    const { code, output } = await doctor(env);
    expect(code).toBe(1);
    expect(output).toMatch(/^✓ topic +READ on topic half-open$/m);
    expect(output).toMatch(/^✗ group .* feedpulse: READ on the group is missing/m);
    expect(output).toMatch(/^✗ dead letters .*posts\.dead-letters/m);
    // With a ClickHouse server, which this test does without, the leader election is checked as well.
    const { kafka: config } = loadConfig({ env });
    const rejected: string[] = [];
    await checkKafkaRights({ kafka: config, alertsTopic: 'half-open.alerts', maxMembers: undefined, log: quiet }, (component, work) =>
      work().catch((thrown: unknown) => void rejected.push(`${component}: ${thrown}`)),
    );
    expect(rejected.filter((line) => line.startsWith('alerts'))).toEqual([
      expect.stringContaining('half-open.alerts'),
      expect.stringContaining('feedpulse-alerts: READ on the group is missing'),
    ]);
  });
});
