import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, ResourcePatternTypes } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from '../support/certificates.ts';
import { eventually, queryDataDir, type RunningFeedpulse, runCommand, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { writePosts } from '../support/post-file.ts';

const posts = 300;
const feed = { name: 'feed', password: 'canary-1f0d-of-feed' };
/** Known to the broker, and allowed nothing. */
const onlooker = { name: 'onlooker', password: 'canary-77b2-of-onlooker' };

const ours = createCertificateAuthority('Brokers of the test');
const clients = createCertificateAuthority('Clients of the test');

let kafka: TestKafka;
let folder: string;
let posted: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  const certificate = ours.issue('127.0.0.1');
  const listeners = [
    { name: 'LOGIN', certificate, sasl: true },
    { name: 'MUTUAL', certificate, clientCa: clients.ca },
    { name: 'ELSEWHERE', certificate: ours.issue('kafka.example') },
    { name: 'EXPIRED', certificate: ours.issue('127.0.0.1', { expired: true }) },
  ];
  kafka = await startKafka({ security: { listeners, users: [feed, onlooker] } });
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-kafka-security-'));
  posted = join(folder, 'posts.ndjson');
  const client = clients.issue('feedpulse');
  await Promise.all([
    writePosts(posted, posts).then(() => appendFile(posted, 'canary of a message that is no post\n')),
    writeFile(join(folder, 'ca.pem'), ours.ca),
    writeFile(join(folder, 'other-ca.pem'), clients.ca),
    writeFile(join(folder, 'client.pem'), client.cert),
    writeFile(join(folder, 'client.key'), client.key),
    withAdmin((admin) => allowTheFeed(admin, [`User:${feed.name}`, 'User:CN=feedpulse'])),
  ]);
});
afterEach(async () => {
  await running?.kill();
  running = undefined;
});
afterAll(async () => {
  await kafka?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function withAdmin(act: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await act(admin).finally(() => admin.disconnect());
}

/** What docs/security.md asks for, and no more. */
async function allowTheFeed(admin: Admin, principals: readonly string[]): Promise<void> {
  const topics = { resourceType: AclResourceTypes.TOPIC, resourceName: 'posts', resourcePatternType: ResourcePatternTypes.PREFIXED };
  const group = { resourceType: AclResourceTypes.GROUP, resourceName: 'feedpulse', resourcePatternType: ResourcePatternTypes.LITERAL };
  const rights = [
    { ...topics, operation: AclOperationTypes.DESCRIBE },
    { ...topics, operation: AclOperationTypes.READ },
    { ...topics, operation: AclOperationTypes.WRITE },
    { ...topics, operation: AclOperationTypes.CREATE },
    { ...group, operation: AclOperationTypes.READ },
  ];
  const whom = { host: '*', permissionType: AclPermissionTypes.ALLOW };
  await admin.createAcls({ acl: principals.flatMap((principal) => rights.map((right) => ({ ...right, ...whom, principal }))) });
}

type Settings = Readonly<Record<string, string>>;

/** Settings for a listener, trusting the brokers' authority. */
function over(listener: string, more: Settings = {}): Record<string, string> {
  return {
    FEEDPULSE_KAFKA_BROKERS: kafka.broker(listener),
    FEEDPULSE_KAFKA_TLS: 'true',
    FEEDPULSE_KAFKA_GROUP_ID: 'feedpulse',
    FEEDPULSE_KAFKA_CA_FILE: join(folder, 'ca.pem'),
    FEEDPULSE_MODEL_WORKERS: '1',
    FEEDPULSE_LOG_LEVEL: 'debug',
    ...more,
  };
}

function login({ name, password }: typeof feed, mechanism = 'scram-sha-256'): Settings {
  return {
    FEEDPULSE_KAFKA_SASL_MECHANISM: mechanism,
    FEEDPULSE_KAFKA_SASL_USERNAME: name,
    FEEDPULSE_KAFKA_SASL_PASSWORD: password,
  };
}

/** Sends the posts to a topic, reads them into a data folder, and looks at the rows. */
async function expectRows(topic: string, env: Settings): Promise<void> {
  const settings = { ...env, FEEDPULSE_KAFKA_TOPIC: topic };
  const sent = await runCommand(['produce', posted], settings);
  expect(sent).toMatchObject({ code: 0, output: expect.stringContaining(`${posts + 1} messages sent to topic ${topic}.`) });
  const dataDir = join(folder, topic);
  running = await startFeedpulse(['--source', 'kafka', '--data-dir', dataDir], settings);
  const reading = running;
  await eventually('every post written', 60, async () => (await reading.metric('feedpulse_rows_written_total')) >= posts);
  await eventually('the dead letter written', 20, async () => (await reading.metric('feedpulse_dead_letters_total')) === 1);
  expect(await reading.stop()).toBe(0);
  // Neither the password nor the message.
  expect(sent.output + reading.log()).not.toContain('canary');
  expect(await queryDataDir(dataDir, 'SELECT toUInt32(count()) AS rows FROM posts FINAL')).toEqual([{ rows: posts }]);
}

describe('with the right authority and password, posts become rows', () => {
  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])('over TLS and %s', async (mechanism) => {
    await expectRows(`posts-${mechanism}`, over('LOGIN', login(feed, mechanism)));
  });

  test('with a certificate of our own', async () => {
    const files = { FEEDPULSE_KAFKA_CERT_FILE: join(folder, 'client.pem'), FEEDPULSE_KAFKA_KEY_FILE: join(folder, 'client.key') };
    await expectRows('posts-mutual', over('MUTUAL', files));
  });
});

describe('is rejected at once, with a clear error and without the password:', () => {
  /** `produce` and `run` alike end within seconds; `run` has to load the model first. */
  async function expectRefusal(env: Settings, code: string, words: RegExp): Promise<void> {
    for (const command of [
      ['produce', posted],
      ['run', '--source', 'kafka', '--no-server', '--data-dir', join(folder, 'refused')],
    ]) {
      const started = Date.now();
      const ended = await runCommand(['--verbose', ...command], env);
      expect(ended.output).toMatch(new RegExp(`^${code}: .*(?:${words.source})`, 'm'));
      expect(ended.code).toBe(5);
      expect(ended.output).not.toContain('canary');
      expect(Date.now() - started).toBeLessThan(12_000);
    }
  }

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])('a wrong password with %s', async (mechanism) => {
    const wrong = { ...feed, password: 'canary-wrong' };
    await expectRefusal(over('LOGIN', login(wrong, mechanism)), 'KAFKA_REJECTED', /[Aa]uthentication failed/);
  });

  test('an authority that is not ours', async () => {
    const env = over('LOGIN', { ...login(feed), FEEDPULSE_KAFKA_CA_FILE: join(folder, 'other-ca.pem') });
    await expectRefusal(env, 'KAFKA_UNTRUSTED', /certificate is signed by an unknown authority/);
  });

  test('the usual authorities alone', async () => {
    const { FEEDPULSE_KAFKA_CA_FILE: _, ...env } = over('LOGIN', login(feed));
    await expectRefusal(env, 'KAFKA_UNTRUSTED', /certificate is signed by an unknown authority/);
  });

  test('a certificate for another host', async () => {
    await expectRefusal(over('ELSEWHERE'), 'KAFKA_UNTRUSTED', /certificate is for another host name/);
  });

  test('a certificate out of date', async () => {
    await expectRefusal(over('EXPIRED'), 'KAFKA_UNTRUSTED', /certificate has expired/);
  });

  test('a user without permission', async () => {
    await withAdmin((admin) => admin.createTopics({ topics: [{ topic: 'closed', numPartitions: 1 }] }));
    await expectRefusal({ ...over('LOGIN', login(onlooker)), FEEDPULSE_KAFKA_TOPIC: 'closed' }, 'KAFKA_REJECTED', /[Aa]uthoriz/);
  });

  test('a connection without encryption to another machine', async () => {
    await expectRefusal({ ...login(feed), FEEDPULSE_KAFKA_BROKERS: 'kafka.example:9092' }, 'KAFKA_PLAINTEXT', /kafka\.example:9092/);
  });
});

test('doctor reports a broker that is not trusted', async () => {
  const ended = await runCommand(['doctor', '--data-dir', join(folder, 'doctor')], { ...over('EXPIRED'), FEEDPULSE_SOURCE: 'kafka' });
  expect(ended).toMatchObject({ code: 1, output: expect.stringMatching(/✗ Kafka.*has expired \(CERT_HAS_EXPIRED\)/) });
});
