import type { SessionState } from '../access.ts';
import type { AlertChange } from '../alert.ts';
import type { BrandFigures, Bucket, Grain, Summary } from '../history.ts';
import type { ScoredPost } from '../post.ts';
import type { Status } from '../status.ts';
import type { Span } from './view-state.ts';

export type Brand = BrandFigures & { readonly timezone: string };

export interface Trends {
  readonly grain: Grain;
  readonly from: string;
  readonly to: string;
  readonly buckets: readonly Bucket[];
}

export interface Driver {
  readonly term: string;
  /** Posts with it. */
  readonly n: number;
  readonly examples: readonly { readonly text: string }[];
}

export interface Drivers {
  readonly negative: readonly Driver[];
  readonly positive: readonly Driver[];
}

export interface ShownAlert extends Pick<AlertChange, 'brand'> {
  readonly id: string;
  readonly at: string;
  readonly resolvedAt: string | null;
  readonly verdict: Pick<AlertChange['verdict'], 'what' | 'direction' | 'observed' | 'expected' | 'posts'> & Span;
  readonly acked: { readonly by: string } | null;
  readonly mark: 'useful' | 'noise' | null;
}

/** What the page shows of a post, be it live or from the history. */
export type ShownPost = Pick<
  ScoredPost,
  | 'platform'
  | 'id'
  | 'text'
  | 'createdAt'
  | 'lang'
  | 'author'
  | 'url'
  | 'brands'
  | 'label'
  | 'negative'
  | 'neutral'
  | 'positive'
  | 'confidence'
>;

export const fetchBrands = (span: Span, signal: AbortSignal) => get<Brand[]>('brands', { ...span }, signal);
export const fetchSummary = (brand: string, span: Span, signal: AbortSignal) => get<Summary>('summary', { brand, ...span }, signal);
export const fetchTrends = (brand: string, span: Span, timeZone: string, signal: AbortSignal) =>
  get<Trends>('trends', { brand, ...span, timeZone }, signal);
export const fetchDrivers = (brand: string, span: Span, signal: AbortSignal) =>
  get<Drivers>('drivers', { brand, ...span, limit: '6' }, signal);
/** Of all posts those of every brand. */
export const fetchAlerts = (brand: string, span: Span, signal: AbortSignal) =>
  get<{ readonly alerts: readonly ShownAlert[] }>('alerts', { ...(brand !== '*' && { brand }), ...span, limit: '50' }, signal);
/** The posts of a range that most people reacted to. */
export const fetchEngaging = (brand: string, label: string, span: Span, signal: AbortSignal) =>
  get<{ readonly posts: readonly ShownPost[] }>('posts', { brand, label, ...span, sort: 'engagement', limit: '20' }, signal);
export const fetchPosts = (brand: string, limit: number, signal: AbortSignal) =>
  get<{ readonly posts: readonly ShownPost[] }>('posts', { brand, limit: String(limit) }, signal);

export const fetchSession = () => ask<SessionState>('session', {});
/** Opens a session. Rejects with the server's words when it does not know the token. */
export const openSession = (token: string) =>
  ask<SessionState>('session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
export const endSession = () => send('session', { method: 'DELETE' });

/** The server wants a token, or the session has ended. */
export class SignInNeeded extends Error {}

const get = <T>(path: string, query: Record<string, string>, signal: AbortSignal): Promise<T> =>
  ask<T>(`${path}?${new URLSearchParams(query)}`, { signal });

async function send(path: string, options: RequestInit): Promise<Response> {
  const response = await fetch(`/api/v1/${path}`, options).catch((fault: unknown) => {
    throw options.signal?.aborted ? fault : new Error('feedpulse does not answer. Is it still running?');
  });
  if (response.status === 401) throw new SignInNeeded(await problemOf(response));
  if (!response.ok) throw new Error(await problemOf(response));
  return response;
}

async function ask<T>(path: string, options: RequestInit): Promise<T> {
  const response = await send(path, options);
  // The server and this page are built from the same types.
  return (await response.json()) as T;
}

async function problemOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string }; // RFC 9457, or nothing of it
  return problem.detail ?? `The server answered ${response.status}.`;
}

export interface StreamListener {
  post(post: ScoredPost): void;
  status(status: Status): void;
  /** The connection is gone; a new one is tried when this resolves. */
  lost(): Promise<void>;
}

const retryMs = 3_000;
/** A status comes every second: silence means that the connection is dead, whatever the browser believes. */
const longestSilenceMs = 10_000;

/** Listens to the live stream for as long as the page is open, over as many connections as it takes. */
export function listen(listener: StreamListener): void {
  const stream = new EventSource('/api/v1/stream');
  const giveUp = (): void => {
    clearTimeout(silence);
    stream.close();
    const mayReturn = listener.lost();
    setTimeout(() => void mayReturn.then(() => listen(listener)), retryMs);
  };
  let silence = setTimeout(giveUp, longestSilenceMs);
  // By itself the browser comes back after a broken connection, not after an answer that is no stream.
  stream.addEventListener('error', giveUp);
  stream.addEventListener('post', (event) => listener.post(JSON.parse(event.data) as ScoredPost)); // the server's own JSON
  stream.addEventListener('status', (event) => {
    clearTimeout(silence);
    silence = setTimeout(giveUp, longestSilenceMs);
    listener.status(JSON.parse(event.data) as Status); // the same
  });
}
