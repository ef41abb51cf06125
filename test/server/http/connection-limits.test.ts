import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { defaultMaxConnections, limitConnections } from '../../../src/server/http/connection-limits.ts';

const sockets: Socket[] = [];
let server: Server | undefined;
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

async function listen(max: number, trustedProxies: readonly string[] = []): Promise<number> {
  server = createServer((_request, response) => response.end('ok'));
  limitConnections(server, max, trustedProxies);
  await once(server.listen(0, '0.0.0.0'), 'listening');
  return (server.address() as AddressInfo).port; // an IP socket has an AddressInfo
}

/** Opens a connection that stays idle. */
async function idle(port: number, localAddress: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const openOnes = (all: readonly Socket[]): number => all.filter((socket) => !socket.destroyed && !socket.readableEnded).length;

const answers = (port: number, localAddress: string): Promise<boolean> =>
  new Promise((resolve) => {
    get({ port, host: '127.0.0.1', localAddress, agent: false }, (response) => resolve(response.statusCode === 200)).on('error', () =>
      resolve(false),
    );
  });

test('idle connections of one address do not shut out another, and count no longer once they are closed', async () => {
  const port = await listen(40);
  const all = await Promise.all(Array.from({ length: 60 }, () => idle(port, '127.0.0.1')));
  for (const socket of all) socket.resume();
  await expect.poll(() => openOnes(all)).toBe(10);
  expect(await answers(port, '127.0.0.1')).toBe(false);
  expect(await answers(port, '127.0.0.2')).toBe(true);
  for (const socket of all) socket.destroy();
  await expect.poll(() => answers(port, '127.0.0.1')).toBe(true);
});

test.each([[['127.0.0.1']], [['127.0.0.0/8']]])('the trusted proxies %j may hold all connections', async (proxies) => {
  const port = await listen(40, proxies);
  const all = await Promise.all(Array.from({ length: 30 }, () => idle(port, '127.0.0.1')));
  for (const socket of all) socket.resume();
  expect(await answers(port, '127.0.0.1')).toBe(true);
  expect(openOnes(all)).toBe(30);
});

test('at most a thousand connections are open', () => {
  expect(defaultMaxConnections()).toBeGreaterThan(0);
  expect(defaultMaxConnections()).toBeLessThanOrEqual(1_000);
});
