import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scoredPost } from '../../support/scored-post.ts';
import { healthy, problemType, send, startTestServer, type TestServer } from '../test-server.ts';

const hostile = 'line\r\n\nevent: status\ndata: {"ready":false}\n\nid: 7\u2028\u2029\0 <b>&amp; "quoted" 😀';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

interface Reader {
  readonly response: IncomingMessage;
  /** Everything received so far. */
  text(): string;
  /** Resolves when the text matches. */
  until(pattern: RegExp): Promise<void>;
}

function listen(): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const outgoing = get(`${server.url}/api/v1/stream`, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', () => {}); // ends are looked at by the tests that cause them
      const until = async (pattern: RegExp) => expect.poll(() => text, { timeout: 5_000 }).toMatch(pattern);
      resolve({ response, text: () => text, until });
    });
    outgoing.on('error', reject);
  });
}

test('a post is one event with one line of data, whatever its text contains', async () => {
  const reader = await listen();
  await reader.until(/event: status/);
  const post = scoredPost({ text: hostile });
  server.storedPosts.publish([post]);
  await reader.until(/event: post/);
  const events = reader.text().split('\n\n').filter(Boolean);
  const lines = events.find((event) => event.startsWith('event: post'))?.split('\n') ?? [];
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[1]?.replace(/^data: /, '') ?? '')).toEqual(post);
  expect(events.filter((event) => event.includes('"ready":false') && event.startsWith('event: status'))).toEqual([]);
});

test('the stream sends its content type, a status at once and every second, and the retry delay', async () => {
  const reader = await listen();
  expect(reader.response.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  await reader.until(/^retry: 2000\n\nevent: status\ndata: .*\n\n/);
  const [, status = ''] = /event: status\ndata: (.*)\n/.exec(reader.text()) ?? [];
  expect(JSON.parse(status)).toEqual(healthy);
  await reader.until(/(event: status[\s\S]*){3}/);
});

test('HEAD is answered at once and opens no stream', async () => {
  const answers = await Promise.all(Array.from({ length: 150 }, () => send(`${server.url}/api/v1/stream`, {}, 'HEAD')));
  expect(new Set(answers.map(({ status, headers, text }) => `${status} ${headers['content-type']} ${text}`))).toEqual(
    new Set(['200 text/event-stream ']),
  );
  await (await listen()).until(/event: status/);
});

test('closing the server ends the streams within a second', async () => {
  const reader = await listen();
  await reader.until(/event: status/);
  const ended = new Promise((resolve) => reader.response.once('close', resolve));
  const startedAt = Date.now();
  await server.close();
  await ended;
  expect(Date.now() - startedAt).toBeLessThan(1_000);
});

test('the hundred-and-first client is asked to retry later', async () => {
  const readers = await Promise.all(Array.from({ length: 100 }, () => listen()));
  const { status, headers } = await send(`${server.url}/api/v1/stream`);
  expect([status, headers['content-type'], headers['retry-after']]).toEqual([503, problemType, '10']);
  readers[0]?.response.destroy();
  await expect.poll(async () => (await listen()).response.statusCode).toBe(200);
});

test('a client that does not read misses posts, costs no memory, and is disconnected', async () => {
  const slow = await openWithoutReading();
  const text = 'x'.repeat(10_000);
  const before = process.memoryUsage().rss;
  for (let sent = 0; sent < 8_000; sent += 100) {
    server.storedPosts.publish(Array.from({ length: 100 }, (_, index) => scoredPost({ id: `${sent + index}`, text })));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect((process.memoryUsage().rss - before) / 1_048_576).toBeLessThan(40); // 80 MB were published
  const fast = await listen();
  server.storedPosts.publish([scoredPost({ id: 'for the fast one' })]);
  await fast.until(/for the fast one/);
  const gone = new Promise((resolve) => slow.once('close', resolve));
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  slow.resume();
  await gone;
  fast.response.destroy();
});

async function openWithoutReading(): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname).on('error', () => {}); // it is reset, which is the point
  socket.write('GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('readable', resolve));
  socket.pause();
  return socket;
}
