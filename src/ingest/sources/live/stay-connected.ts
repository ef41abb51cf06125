import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import { backoffDelay, jitter } from '../../../lib/retry.ts';

/** Why a connection was refused or ended. */
export class ConnectionError extends Error {
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { retryAfterMs, ...options }: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {}) {
    super(message, options);
    this.name = 'ConnectionError';
    this.retryAfterMs = retryAfterMs;
  }
}

/** A connection that ended, and what happens next. */
export interface Disconnection {
  readonly endpoint: string;
  readonly error: Error;
  readonly nextEndpoint: string;
  /** Milliseconds until the next attempt. */
  readonly delayMs: number;
}

/** What a connection reports, so that a stall is noticed. */
export interface Activity {
  /** Must be called for every event. */
  onData(): void;
  /** Nothing is read until the promise settles, so silence meanwhile is no stall. Returns the promise. */
  pause<T>(pause: Promise<T>): Promise<T>;
}

export interface StayConnectedOptions {
  readonly endpoints: readonly string[];
  /**
   * Connects, and delivers events until the connection ends: resolves if this side ended it in order to connect again at
   * once, rejects otherwise. Ends without delay when `signal` is aborted.
   */
  connect(endpoint: string, activity: Activity, signal: AbortSignal): Promise<void>;
  /** A connection that delivers nothing for this long (ms), though it is read, is closed. */
  readonly stallMs: number;
  readonly clock: Clock;
  onDisconnect(disconnection: Disconnection): void;
}

interface Endpoint {
  readonly url: string;
  /** Consecutive failures. */
  failures: number;
  /** No attempt before this time, by the monotonic clock (ms). */
  notBefore: number;
}

interface Outcome {
  readonly error: Error | undefined;
  readonly hadData: boolean;
  readonly isStalled: boolean;
}

const backoff = { firstMs: 1_000, maxMs: 60_000 };
/** A longer wait that a server asks for is cut to this. */
const maxRetryAfterMs = 15 * 60_000;
/** A connection that delivered data for this long (ms) was healthy: its failures are forgotten. */
const healthyMs = 10_000;
/** So many interrupted connections in a row are resumed at the same endpoint, where the cursor is exact. */
const maxResumes = 2;

/**
 * Keeps a connection to one of several equal endpoints until `signal` is aborted. An interrupted connection is resumed at
 * its endpoint; an endpoint that refuses, stalls or keeps interrupting is left for the next one. Each endpoint has its own
 * exponential backoff with jitter, and a server's Retry-After is obeyed.
 */
export async function stayConnected(options: StayConnectedOptions, signal: AbortSignal): Promise<void> {
  const { clock, onDisconnect } = options;
  const endpoints: readonly Endpoint[] = options.endpoints.map((url) => ({ url, failures: 0, notBefore: 0 }));
  let current = endpoints[0] as Endpoint; // the config requires one
  while (!signal.aborted) {
    await clock.sleep(Math.max(0, current.notBefore - monotonicNow(clock)), signal);
    if (signal.aborted) return;
    const startedAt = monotonicNow(clock);
    const { error, hadData, isStalled } = await attempt(options, current.url, signal);
    if (signal.aborted) return;
    if (hadData && monotonicNow(clock) - startedAt >= healthyMs) current.failures = 0;
    if (error === undefined && hadData) continue;
    const failed = current;
    failed.failures += 1;
    failed.notBefore = monotonicNow(clock) + delayAfter(failed.failures, error);
    const resumes = hadData && !isStalled && failed.failures <= maxResumes;
    if (!resumes) current = firstAvailable(endpoints, failed);
    onDisconnect({
      endpoint: failed.url,
      error: error ?? new ConnectionError('the connection ended without data'),
      nextEndpoint: current.url,
      delayMs: Math.max(0, Math.round(current.notBefore - monotonicNow(clock))),
    });
  }
}

async function attempt({ connect, stallMs, clock }: StayConnectedOptions, endpoint: string, signal: AbortSignal): Promise<Outcome> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  signal.addEventListener('abort', abort, { once: true });
  let lastDataAt = monotonicNow(clock);
  let hadData = false;
  let isStalled = false;
  let pauses = 0;
  const activity: Activity = {
    onData: () => {
      lastDataAt = monotonicNow(clock);
      hadData = true;
    },
    pause: (pause) => {
      pauses += 1;
      return pause.finally(() => {
        pauses -= 1;
        lastDataAt = monotonicNow(clock);
      });
    },
  };
  const watch = async (): Promise<void> => {
    for (let idleMs = 0; !stop.signal.aborted; idleMs = pauses > 0 ? 0 : monotonicNow(clock) - lastDataAt) {
      if (idleMs >= stallMs) {
        isStalled = true;
        return abort();
      }
      await clock.sleep(Math.min(stallMs, stallMs - idleMs), stop.signal);
    }
  };
  const watching = watch();
  try {
    await connect(endpoint, activity, stop.signal);
    return { error: isStalled ? stalled(stallMs) : undefined, hadData, isStalled };
  } catch (thrown) {
    return { error: isStalled ? stalled(stallMs) : asError(thrown), hadData, isStalled };
  } finally {
    signal.removeEventListener('abort', abort);
    abort();
    await watching;
  }
}

function stalled(stallMs: number): ConnectionError {
  return new ConnectionError(`no data for ${Math.round(stallMs / 1_000)} seconds`);
}

function delayAfter(failures: number, error: Error | undefined): number {
  const retryAfterMs = error instanceof ConnectionError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(jitter.half(backoffDelay(backoff, failures)), Math.min(retryAfterMs, maxRetryAfterMs));
}

/** The endpoint that may be tried first; of several, the one that follows `failed` in the list. */
function firstAvailable(endpoints: readonly Endpoint[], failed: Endpoint): Endpoint {
  const next = endpoints.indexOf(failed) + 1;
  const others = [...endpoints.slice(next), ...endpoints.slice(0, next)];
  return others.reduce((best, endpoint) => (endpoint.notBefore < best.notBefore ? endpoint : best));
}

/** Milliseconds from a Retry-After header (seconds or a date); undefined without a valid one. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
