import type { SessionState } from '../../domain/session.ts';

/** The server requires a token, or the session has expired. */
export class SignInRequired extends Error {}

/** The server rejected the request itself: sending it again would not help. */
export class RequestRejected extends Error {}

/** Query parameters. Undefined values are omitted, lists are repeated. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export const get = <T>(path: string, query: Query, signal: AbortSignal): Promise<T> => request<T>(`${path}${toSearch(query)}`, { signal });

export const post = <T>(path: string, body: object): Promise<T> =>
  request<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export const remove = (path: string, query: Query = {}): Promise<Response> => send(`${path}${toSearch(query)}`, { method: 'DELETE' });

function toSearch(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const item of typeof value === 'string' ? [value] : (value ?? [])) search.append(name, item);
  return search.size > 0 ? `?${search}` : '';
}

async function send(path: string, options: RequestInit): Promise<Response> {
  const response = await fetch(`api/v1/${path}`, options).catch((error: unknown) => {
    throw options.signal?.aborted ? error : new Error(navigator.onLine === false ? 'This device is offline.' : "Can't reach feedpulse.");
  });
  if (response.status === 401) throw new SignInRequired(await errorDetail(response));
  if (isRejection(response.status)) throw new RequestRejected(await errorDetail(response));
  if (!response.ok) throw new Error(await errorDetail(response));
  return response;
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
  readonly result?: Answer;
  readonly detail?: string;
}

const jobPollMs = 300;

/** Polls a job until it is done, calling `onProgress` with a fraction from 0 to 1. Rejects with the job's error if it fails. */
export async function waitForJob<Answer>(job: Job<Answer>, onProgress: (progress: number) => void, signal: AbortSignal): Promise<Answer> {
  for (let last = job; ; last = await get<Job<Answer>>(`jobs/${job.id}`, {}, signal)) {
    onProgress(last.total > 0 ? last.done / last.total : 0);
    if (last.state === 'failed') throw new Error(last.detail ?? 'The job failed.');
    if (last.state === 'done' && last.result) return last.result;
    await new Promise((resolve) => setTimeout(resolve, jobPollMs));
  }
}
