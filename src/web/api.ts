import type { BrandFigures, Bucket, Grain, Summary } from '../history.ts';
import type { ScoredPost } from '../post.ts';
import type { Status } from '../status.ts';

export type Brand = BrandFigures & { readonly timezone: string };

export interface Trends {
  readonly grain: Grain;
  readonly from: string;
  readonly to: string;
  readonly buckets: readonly Bucket[];
}

export const fetchBrands = (range: string, signal: AbortSignal) => get<Brand[]>('brands', { from: `now-${range}` }, signal);
export const fetchSummary = (brand: string, range: string, signal: AbortSignal) =>
  get<Summary>('summary', { brand, from: `now-${range}` }, signal);
export const fetchTrends = (brand: string, range: string, timeZone: string, signal: AbortSignal) =>
  get<Trends>('trends', { brand, from: `now-${range}`, timeZone }, signal);

async function get<T>(path: string, query: Record<string, string>, signal: AbortSignal): Promise<T> {
  const response = await fetch(`/api/v1/${path}?${new URLSearchParams(query)}`, { signal });
  if (!response.ok) throw new Error(await problemOf(response));
  // The server and this page are built from the same types.
  return (await response.json()) as T;
}

async function problemOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  return problem.detail ?? `The server answered ${response.status}.`;
}

export interface StreamListener {
  post(post: ScoredPost): void;
  status(status: Status): void;
  connected(isConnected: boolean): void;
}

/** Listens to the live stream; the browser reconnects by itself. */
export function listen(listener: StreamListener): void {
  const stream = new EventSource('/api/v1/stream');
  stream.addEventListener('open', () => listener.connected(true));
  stream.addEventListener('error', () => listener.connected(false));
  stream.addEventListener('post', (event) => listener.post(JSON.parse(event.data) as ScoredPost)); // the server's own JSON
  stream.addEventListener('status', (event) => listener.status(JSON.parse(event.data) as Status));
}
