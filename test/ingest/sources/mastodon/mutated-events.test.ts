import { expect, it } from 'vitest';
import { deadLetterReasons } from '../../../../src/ingest/dead-letters/dead-letter.ts';
import { skipReasons } from '../../../../src/ingest/mapping/parse-message.ts';
import { createRandom, pick, type Random } from '../../../../src/lib/random.ts';
import { startMastodonServer } from '../../../support/mastodon/server.ts';
import type { TestStatus } from '../../../support/mastodon/status.ts';
import { mutateJson } from '../../../support/mutate-json.ts';
import { runSource, until } from './run-source.ts';

const mutations = 300;
const eventNames = ['update', 'status.update', 'delete', 'UPDATE', 'update.x', '', 'conversation', 'constructor'] as const;

/** A block of an event stream that carries a damaged event; it ends with a blank line, as every block does. */
function mutateEvent(random: Random, status: TestStatus): Buffer {
  const json = JSON.stringify(status);
  if (random() < 0.8) return toBlock('update', mutateJson(random, json));
  return toBlock(pick(random, eventNames), pick(random, [json, '', 'undefined', 'null', '[]', '12', '"12"', '{', '1\n2', 'a/b', '../1']));
}

function toBlock(event: string, data: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(`event: ${event}\ndata: `), Buffer.from(data), Buffer.from('\n\n')]);
}

it('skips, dead-letters or stores each of 300 damaged events, and goes on', async () => {
  const server = await startMastodonServer({ heartbeatMs: 50 });
  const run = runSource({ servers: [{ url: server.url, stream: 'public' }], rewind: '0s' });
  await until('the timeline is caught up', () => run.source.progress().behindSeconds !== null);
  const random = createRandom(20261128);
  for (let index = 0; index < mutations; index += 1) {
    const status = server.post({ text: `Post ${index} & more` });
    server.sendRaw(mutateEvent(random, { ...status, id: `7${status.id}` }));
  }
  const texts = run.store.texts;
  await until('all valid posts are stored', () => [...server.statuses.keys()].every((id) => texts().has(`${server.host}/${id}`)));
  for (const { id } of server.statuses.values()) expect(texts().get(`${server.host}/${id}`)).toMatch(/^Post \d+ & more$/);
  for (const { id, platform, createdAt } of run.store.posts.values()) {
    expect(platform).toBe('mastodon');
    expect(id.startsWith(`${server.host}/`)).toBe(true);
    expect(Date.parse(createdAt)).not.toBeNaN();
  }
  for (const { reason } of run.letters) expect(Object.keys(deadLetterReasons)).toContain(reason);
  for (const reason of run.skipped) expect(Object.keys(skipReasons)).toContain(reason);
  const damaged = run.store.posts.size - server.statuses.size;
  process.stdout.write(
    `of ${mutations} damaged events: ${damaged} posts, ${run.letters.length} dead letters, ${run.skipped.length} skipped\n`,
  );
  expect(run.letters.length).toBeGreaterThan(50);
  expect(run.skipped.length).toBeGreaterThan(10);
  expect(run.logged.filter((line) => line.startsWith('stream opened'))).toHaveLength(1);
  expect(run.source.healthIssue()).toBeUndefined();
  await run.stop();
  const cursor = JSON.parse(run.store.cursors.get(`${server.host}/public`) ?? '{}') as { statusId?: string }; // the source wrote it
  expect([...server.statuses.keys()]).toContain(cursor.statusId);
  await server.stop();
});
