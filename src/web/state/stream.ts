import { signal } from '@preact/signals';
import type { ScoredPost } from '../../domain/post.ts';
import type { PipelineStatus } from '../../domain/status.ts';
import { fetchSession } from '../api/client.ts';
import { isSignInNeeded, requireSignIn } from './session.ts';

/** The latest status, sent once a second; undefined before the first one. */
export const status = signal<PipelineStatus | undefined>(undefined);
export const connection = signal<'connecting' | 'open' | 'lost'>('connecting');
/** Incremented when an alert starts or resolves. */
export const alertsVersion = signal(0);

export interface StatusSample extends Pick<PipelineStatus, 'postsPerSecond' | 'lag' | 'latencySeconds'> {
  /** Ms since 1970. */
  readonly at: number;
}

const maxSamples = 300;
/** The last five minutes. */
export const statusSamples = signal<readonly StatusSample[]>([]);

const listeners = new Set<(post: ScoredPost) => void>();
/** Calls the listener with every stored post. Returns a function that unsubscribes. */
export function onPost(listener: (post: ScoredPost) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const retryMs = 2_000;
/** A status arrives every second: after this long without one the connection is dead, even if the browser has not noticed. */
const heartbeatTimeoutMs = 10_000;

/** Connects to the live stream, and reconnects whenever the connection is lost. */
export async function connectStream(): Promise<void> {
  await waitForSignIn();
  const stream = new EventSource('api/v1/stream');
  const reconnect = (): void => {
    clearTimeout(heartbeatTimer);
    stream.close();
    connection.value = 'lost';
    void checkSession().then(() => setTimeout(() => void connectStream(), retryMs));
  };
  let heartbeatTimer = setTimeout(reconnect, heartbeatTimeoutMs);
  // The browser reconnects by itself after a broken connection, but not after a response that is not a stream.
  stream.addEventListener('error', reconnect);
  stream.addEventListener('post', ({ data }) => {
    const post = JSON.parse(data) as ScoredPost; // the server serializes this type
    for (const listener of listeners) listener(post);
  });
  stream.addEventListener('alert', () => {
    alertsVersion.value += 1;
  });
  stream.addEventListener('status', ({ data }) => {
    clearTimeout(heartbeatTimer);
    heartbeatTimer = setTimeout(reconnect, heartbeatTimeoutMs);
    recordStatus(JSON.parse(data) as PipelineStatus); // the server serializes this type
  });
}

function recordStatus(latest: PipelineStatus): void {
  status.value = latest;
  connection.value = 'open';
  const { postsPerSecond, lag, latencySeconds } = latest;
  statusSamples.value = [...statusSamples.value.slice(1 - maxSamples), { at: Date.now(), postsPerSecond, lag, latencySeconds }];
}

/** A stream may end because the session has expired; then wait for a sign-in before reconnecting. */
async function checkSession(): Promise<void> {
  const session = await fetchSession().catch(() => undefined);
  if (session?.authRequired && session.name === undefined) requireSignIn();
  await waitForSignIn();
}

async function waitForSignIn(): Promise<void> {
  while (isSignInNeeded.value) await new Promise((resolve) => setTimeout(resolve, 200));
}
