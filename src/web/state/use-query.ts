import { signal } from '@preact/signals';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { errorMessage, SignInRequired } from '../api/client.ts';
import { runAfterUrgent, runFirst } from './request-priority.ts';
import { isSignInNeeded, requireSignIn } from './session.ts';

export interface QueryResult<T> {
  /** The latest response; that of the previous question while the current one is loading. */
  readonly data: T | undefined;
  /** Why the last attempt at this question failed. */
  readonly problem: string | undefined;
  /** Whether `data` is the response to another question. */
  readonly isStale: boolean;
  reload(): void;
}

/** Responses shown immediately when a page is opened again, until newer ones arrive. */
const cache = new Map<string, unknown>();
const maxCached = 60;
export const clearCache = (): void => cache.clear();

/** Errors of the queries on the page, by question. */
export const problems = signal<ReadonlyMap<string, string>>(new Map());

/** Incremented to reload every query, for example after a sign-in or a correction. */
const epoch = signal(0);
export const reloadAll = (): void => {
  epoch.value += 1;
};

const retryMs = 3_000;

/** Ms until the next request; may depend on the response. */
type RefreshInterval<T> = number | ((data: T) => number);

interface QueryOptions {
  /** Sent before other queries. */
  readonly isUrgent?: boolean;
  /** Not reloaded by `reloadAll`. */
  readonly keepsData?: boolean;
}

interface State<T> {
  /** The question that `data` answers. */
  readonly question: string;
  readonly data: T | undefined;
  readonly failure?: { readonly question: string; readonly problem: string };
}

/**
 * Loads data now, and again after each refresh interval while the page is visible. `question` identifies the request:
 * when it changes, the request in flight is aborted.
 */
export function useQuery<T>(
  question: string,
  load: (signal: AbortSignal) => Promise<T>,
  refresh: RefreshInterval<T>,
  { isUrgent = false, keepsData = false }: QueryOptions = {},
): QueryResult<T> {
  const [state, setState] = useState<State<T>>({ question: '', data: undefined });
  const [reloads, setReloads] = useState(0);
  const latest = useRef({ load, refresh });
  latest.current = { load, refresh };
  const key = `${question} ${keepsData ? '' : epoch.value} ${isSignInNeeded.value}`;

  // A layout effect runs before the browser paints, so the server starts earlier.
  useLayoutEffect(() => {
    if (isSignInNeeded.value) return undefined;
    const stop = new AbortController();
    const cached = cache.get(question) as T | undefined; // cached under the same question
    if (cached !== undefined) setState({ question, data: cached });
    const onSuccess = (data: T): number => {
      cacheAnswer(question, data);
      setState({ question, data });
      setProblem(question, undefined);
      const { refresh: interval } = latest.current;
      return typeof interval === 'number' ? interval : interval(data);
    };
    const onError = (thrown: unknown): number => {
      if (thrown instanceof SignInRequired) requireSignIn();
      const problem = errorMessage(thrown);
      setState((last) => ({ ...last, failure: { question, problem } }));
      if (!(thrown instanceof SignInRequired)) setProblem(question, problem);
      return retryMs;
    };
    const send = async (signal: AbortSignal): Promise<number> => {
      const request = (): Promise<T> => latest.current.load(signal);
      return (isUrgent ? runFirst(request) : runAfterUrgent(request, signal)).then(
        (data) => (signal.aborted ? 0 : onSuccess(data)),
        (thrown) => (signal.aborted ? 0 : onError(thrown)),
      );
    };
    void poll(send, stop.signal, () => !document.hidden || cache.size === 0);
    return () => {
      stop.abort();
      setProblem(question, undefined);
    };
  }, [key, reloads]);

  return {
    data: state.data,
    problem: state.failure?.question === question ? state.failure.problem : undefined,
    isStale: state.data !== undefined && state.question !== question,
    reload: () => setReloads((count) => count + 1),
  };
}

function cacheAnswer(question: string, data: unknown): void {
  cache.delete(question);
  cache.set(question, data);
  const [oldest] = cache.keys();
  if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest);
}

function setProblem(question: string, problem: string | undefined): void {
  if (problems.value.get(question) === problem) return;
  const next = new Map(problems.value);
  if (problem === undefined) next.delete(question);
  else next.set(question, problem);
  problems.value = next;
}

/** Also how often a hidden page checks whether it is visible again. */
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
