import { signal } from '@preact/signals';
import type { ScoredPost } from '../../domain/post.ts';
import type { PipelineStatus } from '../../domain/status.ts';
import { fetchSession } from '../api/client.ts';
import { isSignInNeeded, requireSignIn } from './session.ts';
import { openStream } from './shared-stream.ts';

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

/** Incremented when the stream is opened: what was stored while it was closed has to be read. */
export const streamOpened = signal(0);

const retryMs = 2_000;
/** A hidden page closes its stream after this long; a short look at another tab does not. */
const hiddenMs = 10_000;

/** Connects to the live stream while the page is visible, and reconnects whenever the connection is lost. */
export async function connectStream(): Promise<void> {
  for (;;) {
    await waitForSignIn();
    await waitUntilVisible();
    if ((await readStream()) === 'lost') {
      connection.value = 'lost';
      await checkSession();
    }
    // A page that is being left runs no timers, so it does not connect again.
    await new Promise((resolve) => setTimeout(resolve, connection.value === 'lost' ? retryMs : 0));
  }
}

/** Reads the stream until it is lost, or until the page has been hidden for a while. */
function readStream(): Promise<'lost' | 'hidden'> {
  return new Promise((resolve) => {
    let isFirst = true;
    let hiding: ReturnType<typeof setTimeout> | undefined;
    const end = (reason: 'lost' | 'hidden'): void => {
      clearTimeout(hiding);
      document.removeEventListener('visibilitychange', watchVisibility);
      removeEventListener('pagehide', leave);
      close();
      resolve(reason);
    };
    const leave = (): void => end('hidden');
    const watchVisibility = (): void => {
      clearTimeout(hiding);
      if (document.hidden) hiding = setTimeout(leave, hiddenMs);
    };
    const close = openStream((message) => {
      if (message.type === 'lost') return end('lost');
      if (isFirst) {
        streamOpened.value += 1;
        alertsVersion.value += 1;
      }
      isFirst = false;
      handle(message.type, message.data);
    });
    document.addEventListener('visibilitychange', watchVisibility);
    addEventListener('pagehide', leave);
  });
}

function handle(type: 'post' | 'status' | 'alert', data: string): void {
  if (type === 'alert') alertsVersion.value += 1;
  else if (type === 'status')
    recordStatus(JSON.parse(data) as PipelineStatus); // the server serializes this type
  else {
    const post = JSON.parse(data) as ScoredPost; // the server serializes this type
    for (const listener of listeners) listener(post);
  }
}

async function waitUntilVisible(): Promise<void> {
  while (document.hidden) await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
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
