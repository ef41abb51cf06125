import { signal } from '@preact/signals';
import type { SessionState } from '../../domain/session.ts';

/** The server requires a token, or the session has expired. */
export class SignInRequired extends Error {}

/** The server rejected the request itself: sending it again would not help. */
export class RequestRejected extends Error {}

/** Query parameters. Undefined values are omitted, lists are repeated. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export const get = <T>(path: string, query: Query, signal: AbortSignal): Promise<T> => request<T>(`${path}${toSearch(query)}`, { signal });

export const post = <T>(path: string, body: object): Promise<T> => sendBody<T>('POST', path, body);
export const put = <T>(path: string, body: object): Promise<T> => sendBody<T>('PUT', path, body);

const sendBody = <T>(method: 'POST' | 'PUT', path: string, body: object): Promise<T> =>
  request<T>(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export const remove = (path: string, query: Query = {}): Promise<Response> => send(`${path}${toSearch(query)}`, { method: 'DELETE' });

function toSearch(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const item of typeof value === 'string' ? [value] : (value ?? [])) search.append(name, item);
  return search.size > 0 ? `?${search}` : '';
}

/** Longer than the server takes to give up a query itself. */
const timeoutMs = 50_000;
const slowMs = 10_000;
/** Requests that have waited for an answer for a while. */
export const slowRequests = signal(0);

async function send(path: string, { signal: stop, ...options }: RequestInit): Promise<Response> {
  // A change runs to its end on the server, so its answer is worth waiting for.
  const timeout = options.method === undefined ? [AbortSignal.timeout(timeoutMs)] : [];
  const response = await countSlow(
    fetch(`api/v1/${path}`, { ...options, signal: AbortSignal.any([...(stop ? [stop] : []), ...timeout]) }),
  ).catch((error: unknown) => {
    throw stop?.aborted ? error : new Error(describeFailure(error));
  });
  if (response.status === 401) throw new SignInRequired(await errorDetail(response));
  if (isRejection(response.status)) throw new RequestRejected(await errorDetail(response));
  if (!response.ok) throw new Error(await errorDetail(response));
  return response;
}

function describeFailure(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `feedpulse did not answer within ${timeoutMs / 1_000} seconds.`;
  return navigator.onLine === false ? 'This device is offline.' : "Can't reach feedpulse.";
}

/** Counts a request among the slow ones from `slowMs` until it ends. */
async function countSlow<T>(request: Promise<T>): Promise<T> {
  let isSlow = false;
  const timer = setTimeout(() => {
    isSlow = true;
    slowRequests.value += 1;
  }, slowMs);
  try {
    return await request;
  } finally {
    clearTimeout(timer);
    if (isSlow) slowRequests.value -= 1;
  }
}

async function request<T>(path: string, options: RequestInit): Promise<T> {
  const response = await send(path, options);
  // A network's sign-in page answers any request with status 200 and a page of its own.
  if (!response.headers.get('content-type')?.includes('json'))
    throw new Error('Something other than feedpulse answered, such as the sign-in page of a network or a proxy.');
  // The server and the web UI are built from the same types.
  return (await response.json()) as T;
}

/** A timeout and a rate limit pass; other client errors do not. */
const isRejection = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

async function errorDetail(response: Response): Promise<string> {
  const error = (await response.json().catch(() => ({}))) as { detail?: string }; // RFC 9457, unless a proxy answered
  return error.detail ?? `The server responded with status ${response.status}.`;
}

/** The message of a caught value. */
export const errorMessage = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

export const fetchSession = () => get<SessionState>('session', {}, AbortSignal.timeout(10_000));
/** Opens a session. Rejects with the server's message if the token is invalid. */
export const openSession = (token: string) => post<SessionState>('session', { token });
export const endSession = () => remove('session');

/** Work that the server does in the background. */
export interface Job<Answer> {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  readonly done: number;
  readonly total: number;
  /** Changed posts or minutes, once it is done. */
  readonly changed?: number;
  readonly result?: Answer;
  readonly detail?: string;
}

const jobPollMs = 300;

/** Polls a job until it is done, calling `onProgress` with a fraction from 0 to 1. Rejects with the job's error if it fails. */
export async function pollJob<Answer>(job: Job<Answer>, onProgress: (progress: number) => void, signal: AbortSignal): Promise<Job<Answer>> {
  for (let last = job; ; last = await get<Job<Answer>>(`jobs/${job.id}`, {}, signal)) {
    onProgress(last.total > 0 ? last.done / last.total : 0);
    if (last.state === 'failed') throw new Error(last.detail ?? 'The job failed.');
    if (last.state === 'done') return last;
    await new Promise((resolve) => setTimeout(resolve, jobPollMs));
  }
}

/** Like `pollJob`, for the result of a job that has one. */
export async function waitForJob<Answer>(job: Job<Answer>, onProgress: (progress: number) => void, signal: AbortSignal): Promise<Answer> {
  const { result } = await pollJob(job, onProgress, signal);
  if (result === undefined) throw new Error('The job has no result.');
  return result;
}
