import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';

/** Which version of a post wins, where only some of its versions carry the platform's time. */

let kafka: TestKafka;
let dir: string;

beforeAll(async () => {
  kafka = await startKafka();
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-versions-'));
});
afterAll(async () => {
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Dates within the day before the test, so that they are older than any timestamp of a message. */
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const [created, edited, deleted, restored] = [ago(120), ago(90), ago(60), ago(30)];

type Version = Readonly<Record<string, unknown>> | null;

/** The versions of posts in the order of the feed, and the text that is left; undefined if the post is deleted. */
const histories: Readonly<Record<string, { readonly versions: readonly Version[]; readonly text: string | undefined }>> = {
  edit: {
    versions: [
      { text: 'wonderful', createdAt: created },
      { text: 'awful', createdAt: created, updatedAt: edited },
    ],
    text: 'awful',
  },
  'edit-before-copy': {
    versions: [
      { text: 'awful', createdAt: created, updatedAt: edited },
      { text: 'old', createdAt: created },
    ],
    text: 'awful',
  },
  'later-position': {
    versions: [
      { text: 'one', createdAt: created },
      { text: 'two', createdAt: created },
    ],
    text: 'two',
  },
  'no-dates': { versions: [{ text: 'one' }, { text: 'two' }], text: 'two' },
  'dated-deletion': {
    versions: [
      { text: 'forget me', createdAt: created },
      { deleted: true, updatedAt: deleted },
    ],
    text: undefined,
  },
  'deletion-of-edit': { versions: [{ text: 'x', createdAt: created, updatedAt: edited }, { deleted: true }], text: undefined },
  'late-copy': {
    versions: [{ text: 'forget me', createdAt: created }, { deleted: true }, { text: 'forget me', createdAt: created }],
    text: undefined,
  },
  'copy-as-new-as-the-deletion': {
    versions: [
      { deleted: true, createdAt: created },
      { text: 'forget me', createdAt: created },
    ],
    text: undefined,
  },
  restored: {
    versions: [
      { text: 'x', createdAt: created },
      { deleted: true, updatedAt: deleted },
      { text: 'back', createdAt: created, updatedAt: restored },
    ],
    text: 'back',
  },
};
const tombstoned: typeof histories = {
  tombstone: { versions: [{ text: 'forget me', createdAt: created }, null, { text: 'forget me', createdAt: created }], text: undefined },
};

/** Every history's first version, then every history's second one, and so on. */
function interleave(of: typeof histories): { readonly id: string; readonly version: Version }[] {
  return [0, 1, 2].flatMap((turn) =>
    Object.entries(of).flatMap(([id, { versions }]) => {
      const version = versions[turn];
      return version === undefined ? [] : [{ id, version }];
    }),
  );
}

const toJson = (id: string, version: Version): string => JSON.stringify({ platform: 'fedi', id, ...version });

async function expectTexts(running: RunningFeedpulse, dataDir: string, expected: typeof histories): Promise<void> {
  await eventually(
    'every version is read',
    60,
    async () => (await running.metric('feedpulse_posts_read_total')) >= interleave(expected).length,
  );
  expect(await running.stop()).toBe(0);
  const rows = await queryDataDir<{ id: string; text: string; deleted: boolean }>(dataDir, 'SELECT id, text, deleted FROM posts FINAL');
  const texts = Object.fromEntries(rows.map(({ id, text, deleted }) => [id, deleted ? undefined : text]));
  expect(texts).toEqual(Object.fromEntries(Object.entries(expected).map(([id, { text }]) => [id, text])));
}

test('from NDJSON, the newest version wins by the clock of the platform', async () => {
  const [file, dataDir] = [join(dir, 'posts.ndjson'), join(dir, 'ndjson')];
  await writeFile(
    file,
    `${interleave(histories)
      .map(({ id, version }) => toJson(id, version))
      .join('\n')}\n`,
  );
  const running = await startFeedpulse(['--source', 'ndjson', '--in', file, '--data-dir', dataDir]);
  await expectTexts(running, dataDir, histories);
});

test('from Kafka, the newest version wins by the clock of the platform, and a tombstone deletes', async () => {
  const topic = 'versions';
  const client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const all = { ...histories, ...tombstoned };
  const producer = client.producer();
  await producer.connect();
  const messages = interleave(all).map(({ id, version }) => ({ key: `fedi:${id}`, value: version === null ? null : toJson(id, version) }));
  await producer.send({ topic, messages });
  await producer.disconnect();
  const dataDir = join(dir, 'kafka');
  const env = { FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','), FEEDPULSE_KAFKA_TOPIC: topic };
  const running = await startFeedpulse(['--source', 'kafka', '--data-dir', dataDir], {
    ...env,
    FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: `${topic}.dead`,
  });
  await expectTexts(running, dataDir, all);
});
