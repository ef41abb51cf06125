import { signal } from '@preact/signals';
import type { ScoredPost } from '../../domain/post.ts';
import type { PipelineStatus } from '../../domain/status.ts';
import { fetchSession } from '../api/session.ts';
import { askForToken, isSignInNeeded } from './session.ts';

/** How the process is, once a second; undefined before the first time. */
export const status = signal<PipelineStatus | undefined>(undefined);
export const connection = signal<'connecting' | 'open' | 'lost'>('connecting');
/** Rises with each beginning and end of an alert. */
export const alertsChanged = signal(0);

export interface Moment extends Pick<PipelineStatus, 'postsPerSecond' | 'lag' | 'latencySeconds'> {
  /** Ms since 1970. */
  readonly at: number;
}

const mostMoments = 300;
/** The statuses of the last five minutes. */
export const moments = signal<readonly Moment[]>([]);

const listeners = new Set<(post: ScoredPost) => void>();
/** Tells each post as it becomes a row. Returns how to stop. */
export function onPost(listener: (post: ScoredPost) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const retryMs = 2_000;
/** A status comes every second: silence means that the connection is dead, whatever the browser believes. */
const longestSilenceMs = 10_000;

/** Listens to the live stream for as long as the page is open, over as many connections as it takes. */
export async function listen(): Promise<void> {
  await signedIn();
  const stream = new EventSource('/api/v1/stream');
  const giveUp = (): void => {
    clearTimeout(silence);
    stream.close();
    connection.value = 'lost';
    void afterSignIn().then(() => setTimeout(() => void listen(), retryMs));
  };
  let silence = setTimeout(giveUp, longestSilenceMs);
  // By itself the browser comes back after a broken connection, not after an answer that is no stream.
  stream.addEventListener('error', giveUp);
  stream.addEventListener('post', ({ data }) => {
    const post = JSON.parse(data) as ScoredPost; // the server's own JSON
    for (const listener of listeners) listener(post);
  });
  stream.addEventListener('alert', () => {
    alertsChanged.value += 1;
  });
  stream.addEventListener('status', ({ data }) => {
    clearTimeout(silence);
    silence = setTimeout(giveUp, longestSilenceMs);
    take(JSON.parse(data) as PipelineStatus); // the same
  });
}

function take(now: PipelineStatus): void {
  status.value = now;
  connection.value = 'open';
  const { postsPerSecond, lag, latencySeconds } = now;
  moments.value = [...moments.value.slice(1 - mostMoments), { at: Date.now(), postsPerSecond, lag, latencySeconds }];
}

/** A stream that ends may mean that the session has; then there is no use in asking again before somebody signs in. */
async function afterSignIn(): Promise<void> {
  const session = await fetchSession().catch(() => undefined);
  if (session?.required && session.name === undefined) askForToken();
  await signedIn();
}

async function signedIn(): Promise<void> {
  while (isSignInNeeded.value) await new Promise((resolve) => setTimeout(resolve, 200));
}
