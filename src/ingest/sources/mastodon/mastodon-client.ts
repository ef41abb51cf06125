import type { IncomingHttpHeaders } from 'node:http';
import { createParser } from 'eventsource-parser';
import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import { minuteMs } from '../../../lib/duration.ts';
import { fetchText, type HttpResponse, openHttpStream } from '../../../lib/http-client.ts';
import { parseJson } from '../../../lib/json.ts';
import { version } from '../../../lib/version.ts';
import { ConnectionError, parseRetryAfter } from '../live/stay-connected.ts';
import type { Timeline } from './timeline.ts';

/** An event of a stream. */
export interface ServerEvent {
  readonly name: string;
  readonly data: Buffer;
}

/** A response with another status than 200. */
export class HttpStatusError extends ConnectionError {
  readonly status: number;

  constructor(path: string, { status, headers }: HttpResponse, now: number) {
    // IDs of posts stay out of the log.
    super(`HTTP ${status} for ${path.replace(/(?<=\/statuses\/).+/, '…')}${advice[status] ?? ''}`, {
      retryAfterMs: retryAfter(status, headers, now),
    });
    this.name = 'HttpStatusError';
    this.status = status;
  }

  /** True if the same request cannot succeed until the settings or the server change. */
  get isPermanent(): boolean {
    return [400, 401, 403, 404, 410, 422].includes(this.status);
  }
}

const advice: Readonly<Record<number, string>> = {
  401: ' (the access token is missing or not valid)',
  403: ' (the access token lacks the scope read:statuses, or the server does not allow this timeline)',
  429: ' (rate limit)',
};

/** Before it tries again, a rejected client waits for longer than an interrupted one. */
const rejectedDelayMs = 5 * minuteMs;

export interface MastodonClientOptions {
  /** Base URL of the server. */
  readonly url: string;
  /** Asked for with each request. */
  readonly accessToken: () => string | undefined;
  readonly clock: Clock;
}

/**
 * Requests to one server. All reject with an error of the network, or with a ConnectionError; those for pages and statuses
 * wait before a rate limit is exceeded, and while the server asks to.
 */
export interface MastodonClient {
  /** Domain of the accounts of the server, if it states one. Asked for by `openStream`. */
  domain(): string | undefined;
  /** Resolves once the server has opened the stream. It yields for every received chunk, with the events that it completes. */
  openStream(timeline: Timeline, signal: AbortSignal): Promise<AsyncGenerator<readonly ServerEvent[], void>>;
  /** A page of a timeline, newest first: the oldest statuses after `minId`, or the newest ones before `maxId`. */
  fetchPage(timeline: Timeline, bounds: PageBounds, signal: AbortSignal): Promise<readonly unknown[]>;
  /** Those of at most 20 statuses that are still visible; undefined if the server cannot tell (Mastodon before 4.3). */
  fetchStatuses(ids: readonly string[], signal: AbortSignal): Promise<readonly unknown[] | undefined>;
  hasStatus(id: string, signal: AbortSignal): Promise<boolean>;
}

export interface PageBounds {
  readonly minId?: string;
  readonly maxId?: string;
  readonly limit: number;
}

/** The most that a server returns. */
export const maxPageSize = 40;
export const maxLookupIds = 20;

const maxResponseBytes = 16 * 1_048_576;
const maxEventBytes = 1_048_576;
/** A stream whose heartbeats stay away is closed by the caller; this bounds all other requests. */
const requestTimeoutMs = 30_000;

export function createMastodonClient({ url, accessToken, clock }: MastodonClientOptions): MastodonClient {
  const base = new URL(url);
  const createHeaders = () => {
    const token = accessToken();
    return { 'user-agent': `feedpulse/${version}`, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  };
  const { get, getList } = createRequests({ base, createHeaders, clock });
  let streaming: { readonly base: URL; readonly domain: string | undefined } | undefined;

  const discover = async (signal: AbortSignal) => readInstance(await orIfNotFound(get('/api/v2/instance', signal), {}), base);

  return {
    domain: () => streaming?.domain,
    openStream: async ({ streamPath }, signal) => {
      streaming ??= await discover(signal);
      const target = new URL(`/api/v1/streaming/${streamPath}`, streaming.base);
      const accept = { ...createHeaders(), accept: 'text/event-stream' };
      const response = await openHttpStream(target, { headers: accept, signal });
      if (response.status === 200) return readEvents(response);
      await response.close();
      throw new HttpStatusError(target.pathname, response, clock.now());
    },
    fetchPage: ({ pagePath, pageQuery }, { minId, maxId, limit }, signal) => {
      const query = new URLSearchParams({
        ...pageQuery,
        limit: String(limit),
        ...(minId !== undefined && { min_id: minId }),
        ...(maxId !== undefined && { max_id: maxId }),
      });
      const page = getList(`${pagePath}?${query}`, signal);
      // A server does not know a hashtag before its first use.
      return pagePath.includes('/tag/') ? orIfNotFound(page, []) : page;
    },
    fetchStatuses: (ids, signal) => {
      const query = ids.map((id) => `id[]=${encodeURIComponent(id)}`).join('&');
      return orIfNotFound<readonly unknown[] | undefined>(getList(`/api/v1/statuses?${query}`, signal), undefined);
    },
    hasStatus: (id, signal) =>
      orIfNotFound(
        get(`/api/v1/statuses/${encodeURIComponent(id)}`, signal).then(() => true),
        false,
      ),
  };
}

interface RequestOptions {
  readonly base: URL;
  createHeaders(): Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** Requests for JSON, within the rate limit. */
function createRequests({ base, createHeaders, clock }: RequestOptions) {
  const limiter = createRateLimiter(clock);
  const get = async (path: string, signal: AbortSignal): Promise<unknown> => {
    await limiter.wait(signal);
    const target = new URL(path, base);
    const response = await fetchText(target, { headers: createHeaders(), signal, idleTimeoutMs: requestTimeoutMs }, maxResponseBytes);
    limiter.observe(response);
    if (response.status !== 200) throw new HttpStatusError(target.pathname, response, clock.now());
    return parseJson(response.text);
  };
  const getList = async (path: string, signal: AbortSignal): Promise<readonly unknown[]> => {
    const body = await get(path, signal);
    if (!Array.isArray(body)) throw new ConnectionError(`the response for ${path.replace(/\?.*/, '')} is not a list`);
    return body;
  };
  return { get, getList };
}

async function orIfNotFound<T>(promise: Promise<T>, fallback: T): Promise<T> {
  try {
    return await promise;
  } catch (thrown) {
    if (thrown instanceof HttpStatusError && thrown.status === 404) return fallback;
    throw thrown;
  }
}

/** The URL of the streaming server, which may be a host of its own, and the domain of the accounts. */
function readInstance(instance: unknown, base: URL): { base: URL; domain: string | undefined } {
  const { configuration, domain } = (instance ?? {}) as Instance; // every field is checked below
  const streaming = configuration?.urls?.streaming;
  const named = typeof streaming === 'string' && URL.canParse(streaming) ? new URL(streaming.replace(/^ws/i, 'http')) : base;
  // The token must not leave the encrypted connection that the settings name.
  const isSafe = named.protocol === base.protocol || named.protocol === 'https:';
  return { base: isSafe ? named : base, domain: typeof domain === 'string' ? domain.toLowerCase() : undefined };
}

interface Instance {
  readonly domain?: unknown;
  readonly configuration?: { readonly urls?: { readonly streaming?: unknown } };
}

/** Bytes pass through the parser as Latin-1, so that those that are not UTF-8 reach the dead letters unchanged. */
async function* readEvents({ body, close }: Awaited<ReturnType<typeof openHttpStream>>): AsyncGenerator<readonly ServerEvent[], void> {
  let events: ServerEvent[] = [];
  let isTooLarge = false;
  const parser = createParser({
    onEvent: ({ event = 'message', data }) => void events.push({ name: event, data: Buffer.from(data, 'latin1') }),
    onError: ({ type }) => {
      isTooLarge ||= type === 'max-buffer-size-exceeded';
    },
    maxBufferSize: maxEventBytes,
  });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      parser.feed(chunk.toString('latin1'));
      if (isTooLarge) throw new ConnectionError(`an event is larger than ${maxEventBytes} bytes`);
      yield events;
      events = [];
    }
  } finally {
    body.on('error', () => {}); // closing the connection early is not an error
    await close();
  }
}

/** So many requests are left to other users of the same token or address. */
const reservedRequests = 10;
const maxWaitMs = 15 * minuteMs;

/** Delays requests so that the rate limits that a server states are not exceeded. */
function createRateLimiter(clock: Clock) {
  let notBefore = 0;
  return {
    wait: (signal: AbortSignal): Promise<void> => clock.sleep(Math.max(0, notBefore - monotonicNow(clock)), signal),
    observe: ({ status, headers }: HttpResponse): void => {
      const now = clock.now();
      const remaining = Number(headers['x-ratelimit-remaining'] ?? Number.POSITIVE_INFINITY);
      const limit = Number(headers['x-ratelimit-limit'] ?? Number.POSITIVE_INFINITY);
      const isUsedUp = status === 429 || remaining <= Math.min(reservedRequests, limit / 10);
      if (isUsedUp) notBefore = monotonicNow(clock) + Math.min(retryAfter(429, headers, now) ?? minuteMs, maxWaitMs);
    },
  };
}

/** Milliseconds that a response asks to wait; undefined if it does not. */
function retryAfter(status: number, headers: IncomingHttpHeaders, now: number): number | undefined {
  const stated = parseRetryAfter(headers['retry-after'], now);
  if (stated !== undefined) return stated;
  const reset = Date.parse(String(headers['x-ratelimit-reset']));
  if (status === 429) return Number.isNaN(reset) ? minuteMs : Math.max(0, reset - now);
  return status === 401 || status === 403 ? rejectedDelayMs : undefined;
}
