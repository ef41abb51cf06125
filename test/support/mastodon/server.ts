import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StatusInput, TestStatus } from './status.ts';
import { hasTag, isListed, isLocalStatus, StatusStore } from './status-store.ts';

export interface MastodonServerOptions {
  /** The access token that streaming requires. Timelines can be read without one. */
  readonly token?: string;
  /** Milliseconds between heartbeats. */
  readonly heartbeatMs?: number;
  /** Requests per window, streaming excluded. */
  readonly rateLimit?: { readonly requests: number; readonly windowMs: number };
  /** Statuses kept; older ones are forgotten. */
  readonly retention?: number;
  /** Domain of the accounts, which may differ from the host. */
  readonly domain?: string;
  /** Streams from another port, as servers with a separate streaming host do. */
  readonly hasStreamingHost?: boolean;
}

/**
 * A Mastodon server on loopback ports that speaks the published protocol: discovery, server-sent events with heartbeats,
 * timelines in pages, lookups by ID, access tokens, rate limits. A stream does not repeat what an absent client missed.
 */
export interface MastodonServer {
  readonly url: string;
  /** Host and port. */
  readonly host: string;
  /** `PATH STATUS` of each answered request, in order. */
  readonly requests: readonly string[];
  /** What the API still returns, by ID. */
  readonly statuses: ReadonlyMap<string, TestStatus>;
  streamCount(): number;
  post(input: StatusInput): TestStatus;
  edit(id: string, text: string): void;
  delete(id: string): void;
  /** Writes bytes to every stream. */
  sendRaw(bytes: string | Buffer): void;
  /** Drops every stream. */
  disconnect(): void;
  /** Sends half of the next event to each stream, then drops it. */
  disconnectInNextEvent(): void;
  /** Stops sending, heartbeats included, while the streams stay open. */
  stall(): void;
  /** Answers each of the next requests whose path starts with `path` with a status. */
  fail(path: string, ...failures: readonly Failure[]): void;
  /** Drops all connections and closes the ports; the statuses stay. */
  stop(): Promise<void>;
  /** Opens the same ports again. */
  restart(): Promise<void>;
}

interface Failure {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Stream {
  readonly response: ServerResponse;
  matches(status: TestStatus): boolean;
}

const json = { 'content-type': 'application/json; charset=utf-8' };
const maxIdsPerLookup = 20;
const maxPageSize = 40;

export async function startMastodonServer(options: MastodonServerOptions = {}): Promise<MastodonServer> {
  const { token, heartbeatMs = 15_000, domain = 'social.example', hasStreamingHost = false } = options;
  const streams = new Set<Stream>();
  const requests: string[] = [];
  const failures: { readonly path: string; readonly failure: Failure }[] = [];
  const isWithinLimit = createRateLimit(options.rateLimit ?? { requests: 300, windowMs: 300_000 });
  let isStalled = false;
  let cutsNextEvent = false;

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://server.invalid');
    response.on('finish', () => void requests.push(`${pathname} ${response.statusCode}`));
    const failure = takeFailure(failures, pathname);
    if (failure) {
      const { status, headers, body = '{"error":"This is a test"}' } = failure;
      return void response.writeHead(status, { ...json, ...headers }).end(body);
    }
    const isStreaming = pathname.startsWith('/api/v1/streaming');
    const isAuthorized = token === undefined || request.headers.authorization === `Bearer ${token}`;
    if ((isStreaming || request.headers.authorization !== undefined) && !isAuthorized)
      return void response.writeHead(401, json).end('{"error":"Invalid access token"}');
    if (isStreaming) return void openStream(pathname, searchParams, response);
    if (!isWithinLimit(response)) return void response.writeHead(429, json).end('{"error":"Too many requests"}');
    sendJson(response, pathname, searchParams);
  };

  const openStream = (path: string, query: URLSearchParams, response: ServerResponse): void => {
    const matches = streamFilter(path, query);
    if (!matches) return void response.writeHead(400, json).end('{"error":"Unknown channel requested"}');
    requests.push(`${path} 200`);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(':)\n');
    const stream = { response, matches };
    streams.add(stream);
    response.on('close', () => streams.delete(stream));
  };

  const instance = (): object => {
    const { url } = hasStreamingHost ? ports.streaming : ports.main;
    return { domain, version: '4.4.0', configuration: { urls: { streaming: url.replace('http', 'ws') } } };
  };

  const sendJson = (response: ServerResponse, path: string, query: URLSearchParams): void => {
    const body = path === '/api/v2/instance' ? instance() : apiResponse(store, path, query);
    if (body === undefined) return void response.writeHead(404, json).end('{"error":"Record not found"}');
    response.writeHead(200, { ...json, ...pageLinks(ports.main.url, path, query, body) }).end(JSON.stringify(body));
  };

  const publish = (event: string, payload: string, status: TestStatus): void => {
    const block = Buffer.from(`event: ${event}\ndata: ${payload}\n\n`);
    for (const { response, matches } of streams) {
      if (isStalled || !isListed(status) || !matches(status)) continue;
      if (cutsNextEvent) response.write(block.subarray(0, block.length >> 1), () => response.destroy());
      else response.write(block);
    }
    cutsNextEvent = false;
  };

  const main = createServer(answer);
  const streaming = createServer(answer);
  const ports = { main: await listen(main, 0), streaming: await listen(streaming, 0) };
  const store = new StatusStore(ports.main.host, options.retention ?? 100_000);
  setInterval(() => {
    if (!isStalled) for (const { response } of streams) response.write(':thump\n');
  }, heartbeatMs).unref();

  const disconnect = (): void => {
    isStalled = false;
    for (const { response } of streams) response.destroy();
  };
  return {
    ...ports.main,
    requests,
    statuses: store.statuses,
    streamCount: () => streams.size,
    post: (input) => {
      const status = store.post(input);
      publish('update', JSON.stringify(status), status);
      return status;
    },
    edit: (id, text) => {
      const status = store.edit(id, text);
      publish('status.update', JSON.stringify(status), status);
    },
    delete: (id) => publish('delete', id, store.delete(id)),
    sendRaw: (bytes) => {
      for (const { response } of streams) response.write(bytes);
    },
    disconnect,
    disconnectInNextEvent: () => {
      cutsNextEvent = true;
    },
    stall: () => {
      isStalled = true;
    },
    fail: (path, ...next) => void failures.push(...next.map((failure) => ({ path, failure }))),
    stop: async () => {
      disconnect();
      await Promise.all([close(main), close(streaming)]);
    },
    restart: async () => {
      await listen(main, ports.main.port);
      await listen(streaming, ports.streaming.port);
    },
  };
}

/** Which statuses a stream carries; undefined for an unknown stream. */
function streamFilter(path: string, query: URLSearchParams): ((status: TestStatus) => boolean) | undefined {
  const tag = query.get('tag');
  if (path === '/api/v1/streaming/public') return () => true;
  if (path === '/api/v1/streaming/public/local') return isLocalStatus;
  if (path === '/api/v1/streaming/hashtag' && tag) return (status) => hasTag(status, tag);
  return undefined;
}

/** Statuses and timelines; undefined for 404. */
function apiResponse(store: StatusStore, path: string, query: URLSearchParams): unknown {
  if (path === '/api/v1/statuses') {
    const ids = query.getAll('id[]');
    return ids.length > maxIdsPerLookup ? undefined : ids.flatMap((id) => store.statuses.get(id) ?? []);
  }
  const lookup = /^\/api\/v1\/statuses\/(\d+)$/.exec(path);
  if (lookup) return store.statuses.get(lookup[1] ?? '');
  const timeline = /^\/api\/v1\/timelines\/(public|tag\/(.+))$/.exec(path);
  if (!timeline) return undefined;
  return store.timeline({
    ...(timeline[2] !== undefined && { tag: decodeURIComponent(timeline[2]) }),
    isLocal: query.get('local') === 'true',
    ...bound('minId', query.get('min_id')),
    ...bound('sinceId', query.get('since_id')),
    ...bound('maxId', query.get('max_id')),
    limit: Math.min(Number(query.get('limit') ?? 20), maxPageSize),
  });
}

const bound = (name: string, id: string | null): object => (id === null ? {} : { [name]: BigInt(id) });

/** The Link header of a timeline page: `next` is older, `prev` newer. */
function pageLinks(url: string, path: string, query: URLSearchParams, body: unknown): { link?: string } {
  if (!path.startsWith('/api/v1/timelines/') || !Array.isArray(body) || body.length === 0) return {};
  const link = (name: string, id: string): string => {
    const copy = new URLSearchParams(query);
    for (const key of ['min_id', 'max_id', 'since_id']) copy.delete(key);
    copy.set(name, id);
    return `<${url}${path}?${copy}>`;
  };
  const page = body as TestStatus[]; // timelines are lists of statuses
  return { link: `${link('max_id', page.at(-1)?.id ?? '')}; rel="next", ${link('min_id', page[0]?.id ?? '')}; rel="prev"` };
}

/** Counts requests, sets the X-RateLimit headers, and tells whether the request is within the limit. */
function createRateLimit({ requests, windowMs }: { requests: number; windowMs: number }): (response: ServerResponse) => boolean {
  let endsAt = 0;
  let used = 0;
  return (response) => {
    if (Date.now() >= endsAt) {
      endsAt = Date.now() + windowMs;
      used = 0;
    }
    used += 1;
    response.setHeader('X-RateLimit-Limit', requests);
    response.setHeader('X-RateLimit-Remaining', Math.max(0, requests - used));
    response.setHeader('X-RateLimit-Reset', new Date(endsAt).toISOString());
    return used <= requests;
  };
}

function takeFailure(failures: { readonly path: string; readonly failure: Failure }[], path: string): Failure | undefined {
  const index = failures.findIndex((entry) => path.startsWith(entry.path));
  return index < 0 ? undefined : failures.splice(index, 1)[0]?.failure;
}

async function listen(server: Server, port: number): Promise<{ url: string; host: string; port: number }> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo; // it listens on TCP
  return { url: `http://127.0.0.1:${address.port}`, host: `127.0.0.1:${address.port}`, port: address.port };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
