import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { dictionaryId, loadZstd } from '../../../src/ingest/sources/bluesky/zstd.ts';
import type { Network } from './network.ts';
import { parseRequest, type Rejection, type SubscribeRequest } from './request.ts';
import { createSubscription, type Subscription } from './subscription.ts';

/** A zstd dictionary trained on generated frames. */
export const dictionaryFile = fileURLToPath(new URL('./dictionary.zstd', import.meta.url));
const dictionary = readFileSync(dictionaryFile);

export interface JetstreamOptions {
  readonly network: Network;
  /** Both if absent. */
  readonly protocols?: readonly ('v1' | 'v2')[];
  /** Difference between the server's sequence numbers and the network's indexes. */
  readonly seqOffset?: number;
  /** How much later than it happened the server sees an event. */
  readonly latencyMs?: number;
  /** v1 loses and reorders events when it changes from replay to live events. */
  readonly losesAtCutover?: boolean;
  readonly port?: number;
}

/** A Jetstream server that speaks the published protocols, v1 and v2, and misbehaves on demand. */
export interface TestJetstream {
  readonly url: string;
  /** Paths with queries of the requests for a stream so far. */
  readonly requests: readonly string[];
  connections(): number;
  /** Ends all connections; `midFrame`: after the beginning of a message. */
  disconnect(how?: 'close' | 'midFrame'): void;
  /** Answers requests for a stream with a status; undefined: no longer. */
  rejectWith(rejection: { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | undefined): void;
  /** Sends a message of any content to all connections. */
  inject(message: string | Buffer): void;
  /** Ranges of network indexes, end excluded, that a client asked for when they were already forgotten. */
  readonly missed: readonly { readonly from: number; readonly to: number }[];
  close(): Promise<void>;
}

export async function startJetstream(options: JetstreamOptions): Promise<TestJetstream> {
  const { network, protocols = ['v1', 'v2'], seqOffset = 0, latencyMs = 0, losesAtCutover = false } = options;
  await loadZstd();
  const subscriptions = new Map<WebSocket, { readonly subscription: Subscription; readonly raw: Duplex }>();
  const requests: string[] = [];
  const missed: { from: number; to: number }[] = [];
  let rejection: Parameters<TestJetstream['rejectWith']>[0];
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  const uncompressed = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].find((name) => name === 'xrpc.v1.json') ?? false,
  });
  const server = createServer((request, response) => serveDictionary(protocols, request, response));

  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    raw.on('error', () => {});
    requests.push(request.url ?? '');
    if (rejection) return refuse(raw, { ...rejection, body: '' });
    const parsed = parseRequest(new URL(request.url ?? '', 'http://local'), {
      protocols,
      network,
      seqOffset,
      latencyMs,
      dictionaryId: dictionaryId(dictionary) ?? 0,
    });
    if ('status' in parsed) return refuse(raw, parsed);
    if (parsed.missed) missed.push(parsed.missed);
    const upgrader = parsed.protocol === 'v2' || parsed.isCompressed ? uncompressed : webSockets;
    upgrader.handleUpgrade(request, raw, head, (socket) => open(socket, raw, parsed));
  });
  const open = (socket: WebSocket, raw: Duplex, request: SubscribeRequest): void => {
    const subscription = createSubscription(socket, request, { network, seqOffset, latencyMs, losesAtCutover, dictionary });
    subscriptions.set(socket, { subscription, raw });
    const unlisten = network.onEvents(subscription.pump);
    const timer = setInterval(subscription.pump, 20);
    socket.on('error', () => {});
    // The stream of v2 is one way only.
    socket.on('message', () => request.protocol === 'v2' && socket.close(1008));
    socket.on('close', () => {
      unlisten();
      clearInterval(timer);
      subscriptions.delete(socket);
    });
    subscription.pump();
  };
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, // listening on a port
    requests,
    missed,
    connections: () => subscriptions.size,
    disconnect: (how = 'close') => {
      for (const [socket, { raw }] of subscriptions) {
        // The header of a text frame of 5,000 bytes, and the first of them.
        if (how === 'midFrame') raw.write(Buffer.concat([Buffer.from([0x81, 126, 0x13, 0x88]), Buffer.from('{"did":"did:plc:')]));
        if (how === 'midFrame') raw.destroy();
        else socket.close(1001);
      }
    },
    rejectWith: (next) => {
      rejection = next;
    },
    inject: (message) => {
      for (const { subscription } of subscriptions.values()) subscription.inject(message);
    },
    close: async () => {
      for (const socket of subscriptions.keys()) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function refuse(raw: Duplex, { status, headers = {}, body }: Rejection): void {
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  raw.end(`HTTP/1.1 ${status} Rejected\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

function serveDictionary(protocols: readonly string[], request: IncomingMessage, response: ServerResponse): void {
  const isKnown = protocols.includes('v2') && request.url?.startsWith('/xrpc/network.bsky.jetstream.getZstdDictionary');
  response.statusCode = isKnown ? 200 : 404;
  response.setHeader('content-type', isKnown ? 'application/octet-stream' : 'text/plain');
  response.end(isKnown ? dictionary : 'not found');
}
