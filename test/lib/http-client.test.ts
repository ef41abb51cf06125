import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { fetchText, openHttpStream, sendHttp } from '../../src/lib/http-client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path`);
}

test('sends method, headers and body, and returns status, headers and text', async () => {
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.writeHead(201, { 'x-answer': 'yes' });
    response.end(`${request.method} ${request.url} ${request.headers['x-asked']} ${Buffer.concat(chunks)}`);
  });
  const response = await fetchText(url, { method: 'POST', headers: { 'x-asked': 'it' }, body: 'é' }, 1_000);
  expect(response).toMatchObject({ status: 201, text: 'POST /path it é', headers: { 'x-answer': 'yes' } });
});

test('never follows a redirect', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect((await sendHttp(url, {})).status).toBe(302);
  expect(requests).toBe(1);
});

test('rejects a response body over the limit', async () => {
  const url = await serve((_, response) => response.end('x'.repeat(2_000)));
  await expect(fetchText(url, {}, 1_999)).rejects.toThrow('more than 1999 bytes');
  expect((await fetchText(url, {}, 2_000)).text).toHaveLength(2_000);
});

test('discards a body without end and closes the connection', async () => {
  let isClosed = false;
  const url = await serve((request, response) => {
    request.socket.once('close', () => {
      isClosed = true;
    });
    const timer = setInterval(() => response.write('x'.repeat(1_000)), 1);
    response.once('close', () => clearInterval(timer));
  });
  expect((await sendHttp(url, {})).status).toBe(200);
  await expect.poll(() => isClosed).toBe(true);
});

test('fails when no byte arrives in time, and when the signal aborts', async () => {
  const url = await serve((_, response) => void response.writeHead(200).write('first'));
  const { body, close } = await openHttpStream(url, { idleTimeoutMs: 50 });
  const read = async () => {
    for await (const _ of body);
  };
  await expect(read()).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
  await close();
  await expect(fetchText(url, { signal: AbortSignal.timeout(50) }, 1_000)).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('rejects with the error of the network, which keeps its code', async () => {
  await expect(sendHttp(new URL('http://127.0.0.1:1'), {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('connects only to an address that the given lookup returned, and passes its error on', async () => {
  const url = await serve((_, response) => response.end('found'));
  const named = new URL(`http://receiver.example:${url.port}/`);
  const found = await fetchText(
    named,
    {
      lookup: (_, options, callback) =>
        options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
    },
    100,
  );
  expect(found.text).toBe('found');
  const denied = new Error('denied');
  await expect(sendHttp(named, { lookup: (_host, _options, callback) => callback(denied, '', 0) })).rejects.toBe(denied);
});
