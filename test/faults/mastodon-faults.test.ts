import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { cleanAudit } from '../support/audit.ts';
import { sleep } from '../support/faults/kafka-fixture.ts';
import { createSeededRandom, record, repetitions } from '../support/faults/record.ts';
import { eventually, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { type MastodonServer, startMastodonServer } from '../support/mastodon/server.ts';
import { isListed } from '../support/mastodon/status-store.ts';
import { createTraffic } from '../support/mastodon/traffic.ts';
import { countWrongGroups } from '../support/rollup-oracle.ts';

const token = 'token-of-ines';
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface StoredRow {
  readonly id: string;
  readonly text: string;
  readonly deleted: boolean;
}

test('kills, disconnects and server restarts lose no post that the server still has; edits and deletions count', async () => {
  const { random } = createSeededRandom('mastodon');
  // Far more requests than a server allows, in a shorter window, so that the test also waits for the limit.
  const server = await startMastodonServer({ token, heartbeatMs: 1_000, rateLimit: { requests: 150, windowMs: 5_000 } });
  const dir = await mkdtemp(join(tmpdir(), 'feedpulse-mastodon-'));
  const config = join(dir, 'feedpulse.yaml');
  // A short rewind, so that older posts are checked by ID.
  await writeFile(
    config,
    `source: mastodon\nmastodon: { rewind: 3s, servers: [{ url: '${server.url}', stream: public, accessTokenFile: '${join(dir, 'token')}' }] }\n`,
  );
  await writeFile(join(dir, 'token'), `${token}\n`);
  const start = (): Promise<RunningFeedpulse> => startFeedpulse(['--config', config, '--data-dir', join(dir, 'data')]);
  let feedpulse = await start();
  await eventually('the stream is open', 10, async () => server.streamCount() === 1);
  const traffic = createTraffic(server, random);
  const timer = setInterval(() => traffic.step(), 25);
  closers.push(
    () => rm(dir, { recursive: true, force: true }),
    () => server.stop(),
    () => feedpulse.kill(),
    async () => clearInterval(timer),
  );
  const faults = [
    async () => server.disconnect(),
    async () => server.disconnectInNextEvent(),
    async () => {
      await feedpulse.kill();
      feedpulse = await start();
    },
    async () => {
      await server.stop();
      await sleep(1_000);
      await server.restart();
    },
  ];
  const rounds = repetitions(12, 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const fault of faults) {
      await sleep(500 + random() * 2_000);
      await fault();
    }
  }
  await sleep(1_000);
  clearInterval(timer);
  const expected = expectedTexts(server);
  await eventually('all posts are counted', 60, async () => (await countPosts(feedpulse)) === expected.size);
  await sleep(2_000);
  expect(await feedpulse.metric('feedpulse_dead_letters_total')).toBe(0);
  expect(await feedpulse.stop()).toBe(0);

  const query = <T>(sql: string): Promise<T[]> => queryDataDir<T>(join(dir, 'data'), sql);
  const rows = await query<StoredRow>('SELECT id, text, deleted FROM posts FINAL');
  const stored = new Map(rows.filter(({ deleted }) => !deleted).map(({ id, text }) => [id, text]));
  const result = {
    ...cleanAudit,
    lost: [...expected].filter(([id, text]) => stored.get(id) !== text).length,
    duplicated: rows.length - new Set(rows.map(({ id }) => id)).size,
    unexpected: [...stored.keys()].filter((id) => !expected.has(id)).length,
    wrongBuckets: await countWrongGroups(query, 'feedpulse'),
  };
  record({ fault: 'Mastodon: kills, disconnects, server restarts', attempts: rounds * faults.length, result });
  expect(result).toEqual(cleanAudit);
  expect(traffic.ledger.deleted.size).toBeGreaterThan(10);
  expect(traffic.ledger.edited.size).toBeGreaterThan(10);
});

async function countPosts(feedpulse: RunningFeedpulse): Promise<number> {
  const { current } = await feedpulse.get<{ current: { volume: number } }>('/api/v1/summary?from=now-1h');
  return current.volume;
}

/** Text by post ID of what the server lists. */
function expectedTexts(server: MastodonServer): Map<string, string> {
  return new Map([...server.statuses.values()].filter(isListed).map((status) => [`${server.host}/${status.id}`, plainText(status)]));
}

/** The text that a reader sees: the content warning first, then the content without markup. */
function plainText({ content, spoiler_text: warning }: { readonly content: string; readonly [field: string]: unknown }): string {
  const text = content
    .replaceAll('</p><p>', '\n\n')
    .replaceAll('<br />', '\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return warning === '' ? text : `${warning}\n\n${text}`;
}
