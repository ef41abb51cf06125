import { afterEach, describe, expect, it } from 'vitest';
import type { AckableBatch } from '../../../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../../../src/domain/post.ts';
import { type MastodonServer, type MastodonServerOptions, startMastodonServer } from '../../../support/mastodon/server.ts';
import { createStore, type RunOptions, runSource, until } from './run-source.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startServer(options: MastodonServerOptions = {}): Promise<MastodonServer> {
  const server = await startMastodonServer({ heartbeatMs: 50, ...options });
  closers.push(() => server.stop());
  return server;
}

function follow(options: RunOptions) {
  const run = runSource(options);
  closers.push(() => run.stop().catch(() => {}));
  return run;
}

describe('several servers', () => {
  it('leave a post to the server of its author, if that one delivers it', async () => {
    const [first, second] = [await startServer({ domain: 'social.example' }), await startServer({ domain: 'trains.example' })];
    const run = follow({
      servers: [
        { url: first.url, stream: 'public' },
        { url: second.url, stream: 'hashtag', hashtags: ['Kestrivo'] },
      ],
    });
    await until('both streams are open', () => first.streamCount() === 1 && second.streamCount() === 1);
    second.post({ text: 'Late again #kestrivo' });
    first.post({ text: 'Late again #kestrivo', acct: 'hugo@trains.example' });
    first.post({ text: 'The kettle is quiet', acct: 'hugo@trains.example' });
    first.post({ text: 'Hello', acct: 'ines' });
    await until('the posts are stored', () => run.store.posts.size === 3);
    expect([...run.store.texts().values()].sort()).toEqual(['Hello', 'Late again #kestrivo', 'The kettle is quiet']);
    expect(new Set(run.skipped)).toEqual(new Set(['filtered']));
    expect(run.source.progress().endpoint).toBe(`${first.url}, ${second.url}`);
  });

  it('do not wait for one that is down', async () => {
    const [first, second] = [await startServer(), await startServer()];
    const store = createStore();
    const run = follow({
      store,
      servers: [
        { url: first.url, stream: 'public' },
        { url: second.url, stream: 'public' },
      ],
    });
    await until('both streams are open', () => first.streamCount() === 1 && second.streamCount() === 1);
    await second.stop();
    first.post({ text: 'The first goes on' });
    second.post({ text: 'The second is down' });
    await until('the post of the first is stored', () => store.posts.size === 1);
    expect(run.source.progress().endpoint).toBe(first.url);
    await second.restart();
    await until('the post of the second is stored', () => store.posts.size === 2);
    await until('each has a cursor', () => store.cursors.has(`${first.host}/public`) && store.cursors.has(`${second.host}/public`));
  });

  it('leave a post to a server that has been down since the start, though it has not named its domain', async () => {
    const [first, second] = [await startServer(), await startServer({ domain: 'trains.example' })];
    await second.stop();
    const run = follow({
      servers: [
        { url: first.url, stream: 'public' },
        { url: second.url, stream: 'public' },
      ],
    });
    await until('the stream is open', () => first.streamCount() === 1);
    const late = { text: 'Late again', acct: 'hugo@trains.example' };
    first.post({ ...late, origin: second.host });
    second.post({ ...late, acct: 'hugo' });
    first.post({ text: 'On time', acct: 'mia@elsewhere.example' });
    await until('a post is stored', () => run.store.posts.size === 1);
    await second.restart();
    await until('the post of the second is stored', () => run.store.posts.size === 2);
    expect([...run.store.posts.keys()].filter((id) => id.startsWith(second.host))).toHaveLength(1);
    expect([...run.store.texts().values()].sort()).toEqual(['Late again', 'On time']);
  });

  it('have their own access tokens, which never appear in the log', async () => {
    const [first, second] = [await startServer({ token: 'secret-of-ines' }), await startServer({ token: 'secret-of-tomas' })];
    const run = follow({
      accessToken: 'secret-of-ines',
      servers: [
        { url: first.url, stream: 'public' },
        { url: second.url, stream: 'public', accessToken: 'secret-of-nobody' },
      ],
    });
    await until('the second rejects the token', () => run.logged.some((line) => line.includes('HTTP 401')));
    first.post({ text: 'Hello' });
    await until('the post of the first is stored', () => run.store.posts.size === 1);
    expect(run.source.healthIssue()).toMatch(/^The source mastodon \(.+\) is not connected: HTTP 401 for .+ \(the access token is .+\)\.$/);
    expect(run.logged.join()).not.toContain('secret');
    expect(run.logged.join()).toMatch(/"delayMs":(299\d{3}|300000)/);
  });
});

describe('backpressure', () => {
  it('closes the stream while posts come faster than they are stored, and loses none', async () => {
    const server = await startServer();
    const waiting: AckableBatch<SourceRecord>[] = [];
    let isSlow = true;
    const run = follow({
      servers: [{ url: server.url, stream: 'public' }],
      onBatch: (batch) => (isSlow ? void waiting.push(batch) : batch.ack()),
    });
    await until('the stream is open', () => server.streamCount() === 1);
    const write = setInterval(() => {
      for (let index = 0; index < 100; index += 1) server.post({ text: `Post ${server.statuses.size}` });
    }, 20);
    closers.push(async () => clearInterval(write));
    await until('the stream is closed', () => run.logged.some((line) => line.startsWith('stream closed until posts are stored')));
    clearInterval(write);
    expect(run.store.cursors.size).toBe(0);
    isSlow = false;
    for (const batch of waiting) batch.ack();
    await until('all posts are stored', () => run.store.posts.size === server.statuses.size);
    expect(run.source.progress().gaps).toBe(0);
  });

  it('ends with the error of a post that cannot be stored, without moving the cursor past it', async () => {
    const server = await startServer();
    const run = follow({ servers: [{ url: server.url, stream: 'public' }], onBatch: (batch) => batch.nack(new Error('the disk is full')) });
    await until('the stream is open', () => server.streamCount() === 1);
    server.post({ text: 'Hello' });
    await expect(run.ended).rejects.toThrow('the disk is full');
    expect(run.store.cursors.size).toBe(0);
  });
});
