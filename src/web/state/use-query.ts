import { signal } from '@preact/signals';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { errorMessage, RequestRejected, SignInRequired } from '../api/client.ts';
import { runAfterUrgent, runUrgent } from './request-priority.ts';
import { isSignInNeeded, requireSignIn } from './session.ts';

export interface QueryResult<T> {
  /** The latest response; that of the previous key while the current one is loading. */
  readonly data: T | undefined;
  /** Message of the last request's error, if it failed. */
  readonly error: string | undefined;
  /** Whether `data` belongs to another key. */
  readonly isStale: boolean;
  reload(): void;
}

/** Responses shown immediately when a page is opened again, until newer ones arrive. */
const cache = new Map<string, unknown>();
const maxCached = 60;
export const clearCache = (): void => cache.clear();

/** Errors of the queries on the page that are retried, by key. */
export const queryErrors = signal<ReadonlyMap<string, string>>(new Map());

/** Incremented to reload every query, for example after a sign-in or a correction. */
const reloadCount = signal(0);
export const reloadAll = (): void => {
  reloadCount.value += 1;
};

const retryMs = 3_000;
/** A rejected request is only right again once something else has changed, such as the config. */
const rejectedRetryMs = 60_000;

/** Ms until the next request; may depend on the response. */
type RefreshInterval<T> = number | ((data: T) => number);

interface QueryOptions {
  /** Sent before other queries. */
  readonly isUrgent?: boolean;
  /** Not reloaded by `reloadAll`. */
  readonly ignoresReloadAll?: boolean;
  /** A change reloads the data, which is not stale meanwhile. */
  readonly version?: number;
}

interface State<T> {
  /** The key that `data` belongs to. */
  readonly queryKey: string;
  readonly data: T | undefined;
  readonly failure?: { readonly queryKey: string; readonly error: string };
}

/**
 * Loads data now, and again after each refresh interval while the page is visible. `queryKey` identifies the request:
 * when it changes, the request in flight is aborted.
 */
export function useQuery<T>(
  queryKey: string,
  load: (signal: AbortSignal) => Promise<T>,
  refresh: RefreshInterval<T>,
  { isUrgent = false, ignoresReloadAll = false, version = 0 }: QueryOptions = {},
): QueryResult<T> {
  const [state, setState] = useState<State<T>>({ queryKey: '', data: undefined });
  const [reloads, setReloads] = useState(0);
  const latest = useRef({ load, refresh });
  latest.current = { load, refresh };
  const key = `${queryKey} ${ignoresReloadAll ? '' : reloadCount.value} ${version} ${isSignInNeeded.value}`;

  // A layout effect runs before the browser paints, so the request is sent earlier.
  useLayoutEffect(() => {
    if (isSignInNeeded.value) return undefined;
    const stop = new AbortController();
    const cached = cache.get(queryKey) as T | undefined; // cached under the same key
    if (cached !== undefined) setState({ queryKey, data: cached });
    const onSuccess = (data: T): number => {
      cacheResponse(queryKey, data);
      setState({ queryKey, data });
      setQueryError(queryKey, undefined);
      const { refresh: interval } = latest.current;
      return typeof interval === 'number' ? interval : interval(data);
    };
    const onError = (thrown: unknown): number => {
      if (thrown instanceof SignInRequired) requireSignIn();
      const error = errorMessage(thrown);
      setState((last) => ({ ...last, failure: { queryKey, error } }));
      if (thrown instanceof RequestRejected) {
        setQueryError(queryKey, undefined);
        return rejectedRetryMs;
      }
      if (!(thrown instanceof SignInRequired)) setQueryError(queryKey, error);
      return retryMs;
    };
    const send = async (signal: AbortSignal): Promise<number> => {
      const request = (): Promise<T> => latest.current.load(signal);
      return (isUrgent ? runUrgent(request) : runAfterUrgent(request, signal)).then(
        (data) => (signal.aborted ? 0 : onSuccess(data)),
        (thrown) => (signal.aborted ? 0 : onError(thrown)),
      );
    };
    void poll(send, stop.signal, () => !document.hidden || cache.size === 0);
    return () => {
      stop.abort();
      setQueryError(queryKey, undefined);
    };
  }, [key, reloads]);

  return {
    data: state.data,
    error: state.failure?.queryKey === queryKey ? state.failure.error : undefined,
    isStale: state.data !== undefined && state.queryKey !== queryKey,
    reload: () => setReloads((count) => count + 1),
  };
}

function cacheResponse(queryKey: string, data: unknown): void {
  cache.delete(queryKey);
  cache.set(queryKey, data);
  const [oldest] = cache.keys();
  if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest);
}

function setQueryError(queryKey: string, error: string | undefined): void {
  if (queryErrors.value.get(queryKey) === error) return;
  const next = new Map(queryErrors.value);
  if (error === undefined) next.delete(queryKey);
  else next.set(queryKey, error);
  queryErrors.value = next;
}

/** Also the interval at which a hidden page checks its visibility. */
const minIntervalMs = 1_000;

/** Calls `send` repeatedly until the signal is aborted. It resolves to the ms until the next call; skipped while `canSend` is false. */
export async function poll(send: (signal: AbortSignal) => Promise<number>, signal: AbortSignal, canSend: () => boolean): Promise<void> {
  while (!signal.aborted) {
    // Data may be outdated when the page becomes visible again, so a hidden page only waits the minimum.
    const interval = canSend() ? await send(signal) : 0;
    await sleep(Math.max(interval, minIntervalMs), signal);
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
