import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type MastodonServer, type MastodonServerOptions, startMastodonServer } from '../../../support/mastodon/server.ts';
import { hasStream, type RunOptions, runSource, until } from './run-source.ts';

const token = 'token-of-ines';
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startServer(options: MastodonServerOptions = {}): Promise<MastodonServer> {
  const server = await startMastodonServer({ token, heartbeatMs: 50, ...options });
  closers.push(() => server.stop());
  return server;
}

/** Starts a source; by default it follows all public posts of the server. */
async function follow(server: MastodonServer, options: Partial<RunOptions> & { readonly settings?: object } = {}) {
  const { settings, ...rest } = options;
  const run = runSource({ servers: [{ url: server.url, stream: 'public', accessToken: token, ...settings }], ...rest });
  closers.push(() => run.stop().catch(() => {}));
  return run;
}

const key = (server: MastodonServer, id: string): string => `${server.host}/${id}`;

/** Text by post ID of what the server has, as a client that missed nothing stores it. */
function expected(server: MastodonServer): Map<string, string> {
  const textOf = (html: string): string => html.replaceAll(/<[^>]+>/g, '');
  return new Map([...server.statuses.values()].map(({ id, content }) => [key(server, id), textOf(content)]));
}

describe('stream', () => {
  it('delivers posts, edits and deletions under IDs that name the server', async () => {
    const server = await startServer();
    const run = await follow(server);
    await hasStream(server);
    const kept = server.post({ text: 'The Brixomel kettle boils in a minute', acct: 'tomas@elsewhere.example' });
    const edited = server.post({ text: 'Brixomel is dreadful' });
    const deleted = server.post({ text: 'Brixomel sold me a broken kettle' });
    server.edit(edited.id, 'Brixomel is not so bad');
    server.delete(deleted.id);
    await until('all is stored', () => run.store.posts.get(key(server, deleted.id))?.deleted === true);
    expect(run.store.texts()).toEqual(expected(server));
    expect(run.store.posts.get(key(server, kept.id))).toMatchObject({
      platform: 'mastodon',
      author: { handle: 'tomas@elsewhere.example' },
      url: kept['url'],
    });
    expect(run.letters).toEqual([]);
    expect(run.source.healthIssue()).toBeUndefined();
    expect(run.source.progress()).toMatchObject({ gaps: 0, endpoint: server.url });
    expect(run.source.progress().behindSeconds).toBeLessThan(10);
  });

  it('skips what is no post, and posts that are not public', async () => {
    const server = await startServer();
    const run = await follow(server);
    await hasStream(server);
    server.sendRaw('event: announcement\ndata: {"id":"1","content":"<p>Maintenance at noon</p>"}\n\n');
    server.sendRaw('event: filters_changed\ndata: undefined\n\n');
    server.sendRaw(`event: update\ndata: {"id":"5","visibility":"private","content":"<p>Only for friends</p>"}\n\n`);
    server.post({ text: 'Hello' });
    await until('the post is stored', () => run.store.posts.size === 1);
    expect(run.skipped).toEqual(['filtered', 'filtered', 'filtered']);
    expect(run.letters).toEqual([]);
  });

  it('keeps an event that is not UTF-8 unchanged in the dead letters', async () => {
    const server = await startServer();
    const run = await follow(server);
    await hasStream(server);
    const data = Buffer.from('{"id":"5","visibility":"public","content":"<p>Caf\xe9 Brixomel</p>"}', 'latin1');
    server.sendRaw(Buffer.concat([Buffer.from('event: update\ndata: '), data, Buffer.from('\n\n')]));
    await until('it is a dead letter', () => run.letters.length === 1);
    expect(run.letters[0]).toMatchObject({ reason: 'not-json', bytes: data });
    expect(run.store.posts.size).toBe(0);
  });

  it('follows hashtags, each by a stream of its own', async () => {
    const server = await startServer();
    const run = await follow(server, { settings: { stream: 'hashtag', hashtags: ['Brixomel', 'kettles'] } });
    await until('both streams are open', () => server.streamCount() === 2);
    server.post({ text: 'Nothing to see here' });
    const both = server.post({ text: 'My #brixomel is the best of all #kettles' });
    await until('both streams have delivered it', () => run.store.cursors.size === 2);
    expect([...run.store.posts.keys()]).toEqual([key(server, both.id)]);
    expect([...run.store.cursors.keys()].sort()).toEqual([`${server.host}/hashtag:Brixomel`, `${server.host}/hashtag:kettles`]);
  });

  it('uses the streaming host that the server names', async () => {
    const server = await startServer({ hasStreamingHost: true });
    const run = await follow(server);
    await hasStream(server);
    server.post({ text: 'Hello' });
    await until('the post is stored', () => run.store.posts.size === 1);
  });

  it('opens a stream again when heartbeats stay away', async () => {
    const server = await startServer();
    const run = await follow(server, { stallMs: 300 });
    await hasStream(server);
    await sleep(500);
    expect(run.logged.filter((line) => line.startsWith('stream opened'))).toHaveLength(1);
    server.stall();
    server.post({ text: 'Written to nobody' });
    await until('the stream is opened again', () => run.logged.filter((line) => line.startsWith('stream opened')).length === 2);
    await until('the post is stored', () => run.store.posts.size === 1);
    expect(run.logged.join()).toContain('no data for');
  });
});

describe('catching up', () => {
  it('reads the newest page at the first start, and everything since at the next', async () => {
    const server = await startServer();
    for (let index = 0; index < 60; index += 1) server.post({ text: `Post ${index}` });
    const first = await follow(server);
    await until('the newest page is stored', () => first.store.posts.size === 40);
    await first.stop();
    for (let index = 60; index < 200; index += 1) server.post({ text: `Post ${index}` });
    const second = await follow(server, { store: first.store });
    await until('all later posts are stored', () => first.store.posts.size === 180);
    expect(second.source.progress().gaps).toBe(0);
    expect(second.letters).toEqual([]);
  });

  it('resumes also when the first run ends before it could read a page', async () => {
    const server = await startServer();
    server.fail('/api/v1/timelines/public', { status: 503 });
    const first = await follow(server);
    await hasStream(server);
    server.post({ text: 'The first one' });
    await until('it is stored', () => first.store.posts.size === 1);
    await first.stop();
    for (let index = 0; index < 100; index += 1) server.post({ text: `Post ${index}` });
    await follow(server, { store: first.store });
    await until('all posts are stored', () => first.store.posts.size === 101);
  });

  it('reads what it missed during a disconnect, edits and deletions of recent posts included', async () => {
    const server = await startServer();
    const run = await follow(server);
    await hasStream(server);
    const posts = Array.from({ length: 50 }, (_, index) => server.post({ text: `Post ${index}` }));
    await until('the posts are stored', () => run.store.posts.size === 50);
    server.disconnectInNextEvent();
    server.post({ text: 'Cut in the middle' });
    await until('the stream is closed', () => server.streamCount() === 0);
    server.edit(posts[3]?.id ?? '', 'Post 3, edited');
    server.delete(posts[7]?.id ?? '');
    server.post({ text: 'Written in between' });
    await until('the deletion is noticed', () => run.store.texts().size === 51 && run.store.posts.size === 52);
    expect(run.store.texts()).toEqual(expected(server));
    expect(run.letters).toEqual([]);
  });

  it('saves no position beyond the posts that are stored, although pages are read ahead', async () => {
    const server = await startServer();
    const first = await follow(server, { rewind: '0s' });
    await hasStream(server);
    server.post({ text: 'Hello' });
    await until('the cursor is saved', () => first.store.cursors.size > 0 && first.store.posts.size === 1);
    await first.stop();
    const missed = Array.from({ length: 300 }, (_, index) => server.post({ text: `Brixomel kettle ${index}` }).id);
    // Only the first batch becomes durable.
    let stored: string[] = [];
    const waiting: { nack(error: Error): void }[] = [];
    await follow(server, {
      rewind: '0s',
      store: first.store,
      onBatch: (batch) => {
        if (stored.length > 0) return void waiting.push(batch);
        stored = batch.items.map(({ post }) => post.id);
        batch.ack();
      },
    });
    const before = [...first.store.cursors.values()].join();
    await until('the cursor moved', () => [...first.store.cursors.values()].join() !== before);
    const position = BigInt(/\d{10,}/.exec([...first.store.cursors.values()].join())?.[0] ?? 0);
    expect(stored.length).toBeLessThan(300);
    expect(missed.filter((id) => BigInt(id) <= position && !stored.includes(key(server, id)))).toEqual([]);
    for (const batch of waiting) batch.nack(new Error('the process was killed'));
  });

  it('reads again what was new when the stream ended, because posts of other servers arrive late', async () => {
    const server = await startServer();
    const run = await follow(server, { rewind: '1s' });
    await until('the timeline is caught up', () => run.source.progress().behindSeconds !== null);
    server.post({ text: 'On time' });
    await until('it is stored', () => run.store.posts.size === 1);
    await sleep(500);
    server.disconnectInNextEvent();
    server.post({ text: 'Late', acct: 'hugo@trains.example', createdAt: Date.now() - 900 });
    await until('the late post is stored', () => run.store.posts.size === 2);
  });

  it('counts a gap when the server no longer has what was missed', async () => {
    const server = await startServer({ retention: 30 });
    server.post({ text: 'The first one' });
    const first = await follow(server, { rewind: '0s' });
    await until('it is stored', () => first.store.posts.size === 1);
    await first.stop();
    for (let index = 0; index < 100; index += 1) server.post({ text: `Post ${index}` });
    const second = await follow(server, { store: first.store, rewind: '0s' });
    await until('the rest is stored', () => first.store.posts.size === 31);
    expect(second.source.progress().gaps).toBe(1);
    expect(second.logged.join()).toContain('posts may be missing');
    expect(second.logged.join()).not.toMatch(/\d{18}/); // no ID of a post
  });

  it('waits before the rate limit is exceeded', async () => {
    const server = await startServer({ rateLimit: { requests: 5, windowMs: 400 } });
    const first = await follow(server);
    await hasStream(server);
    server.post({ text: 'The first one' });
    await until('it is stored', () => first.store.posts.size === 1);
    await first.stop();
    for (let index = 0; index < 400; index += 1) server.post({ text: `Post ${index}` });
    await follow(server, { store: first.store });
    await until('all posts are stored', () => first.store.posts.size === 401);
    expect(server.requests.filter((request) => request.endsWith(' 429'))).toEqual([]);
  });

  it('repeats requests that fail, as late as the server asks', async () => {
    const server = await startServer();
    server.post({ text: 'Hello' });
    server.fail('/api/v1/timelines/public', { status: 500 }, { status: 429, headers: { 'retry-after': '1' } });
    const startedAt = Date.now();
    const run = await follow(server);
    await until('the post is stored', () => run.store.posts.size === 1);
    expect(Date.now() - startedAt).toBeGreaterThan(1_400);
    expect(run.source.progress().gaps).toBe(0);
  });

  it('asks the database again for the posts to check, because an outage is no gap', async () => {
    const server = await startServer();
    const first = await follow(server);
    await hasStream(server);
    const { id } = server.post({ text: 'Soon gone' });
    await until('the post is stored', () => first.store.posts.size === 1);
    await first.stop();
    server.delete(id);
    const second = await follow(server, { store: first.store, failsFirstQuery: true });
    await until('the deletion is noticed', () => first.store.posts.get(key(server, id))?.deleted === true);
    expect(second.source.progress().gaps).toBe(0);
    expect(second.logged.join()).toContain('the database is away');
  });

  it('deletes nothing when the server shows none of the stored posts', async () => {
    const server = await startServer();
    const first = await follow(server, { rewind: '0s' });
    await hasStream(server);
    for (let index = 0; index < 60; index += 1) server.post({ text: `Post ${index}` });
    await until('the posts are stored', () => first.store.posts.size === 60);
    await first.stop();
    server.fail('/api/v1/statuses', ...Array.from({ length: 10 }, () => ({ status: 200, body: '[]' })));
    const second = await follow(server, { store: first.store, rewind: '0s' });
    await until('the gap is counted', () => second.source.progress().gaps === 1);
    expect(first.store.texts().size).toBe(60);
    expect(second.logged.join()).toContain('the server shows none of the stored posts');
  });

  it('goes on with the stream, and counts a gap, when a timeline may not be read', async () => {
    const server = await startServer();
    server.post({ text: 'Earlier' });
    server.fail('/api/v1/timelines/public', { status: 403 });
    const run = await follow(server);
    await until('the gap is counted', () => run.source.progress().gaps === 1);
    await hasStream(server);
    server.post({ text: 'Later' });
    await until('the post is stored', () => run.store.posts.size === 1);
  });
});
