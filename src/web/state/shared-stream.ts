import { openEventSource, type StreamMessage } from './stream-source.ts';
import workerUrl from './stream-worker.ts?sharedworker&url';

type Listener = (message: StreamMessage) => void;

const renewMs = 5_000;
/** The worker reports a lost connection earlier than this; only a worker that has died says nothing. */
const silenceMs = 15_000;

/** Opens the live stream, shared with the other pages of this browser where it can be. Returns a function that closes it. */
export function openStream(onMessage: Listener): () => void {
  const url = new URL('api/v1/stream', document.baseURI).href;
  try {
    return typeof SharedWorker === 'undefined' ? openEventSource(url, onMessage) : openShared(url, onMessage);
  } catch {
    // A proxy may add a policy of its own that forbids workers.
    return openEventSource(url, onMessage);
  }
}

function openShared(url: string, onMessage: Listener): () => void {
  const worker = new SharedWorker(trusted(workerUrl), { type: 'module', name: 'feedpulse live stream' });
  let close = (): void => {
    clearTimeout(silence);
    clearInterval(renewal);
    worker.port.postMessage(null);
    worker.port.close();
  };
  const lose = (): void => {
    close();
    onMessage({ type: 'lost' });
  };
  let silence = setTimeout(lose, silenceMs);
  const renewal = setInterval(() => worker.port.postMessage(url), renewMs);
  worker.port.onmessage = ({ data }: MessageEvent<StreamMessage>) => {
    clearTimeout(silence);
    silence = setTimeout(lose, silenceMs);
    if (data.type === 'lost') lose();
    else onMessage(data);
  };
  // Some browsers have shared workers but do not start them, for example in a private window.
  worker.addEventListener('error', () => {
    close();
    close = openEventSource(url, onMessage);
  });
  worker.port.postMessage(url);
  return () => close();
}

/** Names the one script that the content security policy lets the page start. */
function trusted(url: string): string {
  // Not in the library of types; browsers without trusted types take the URL as it is.
  const { trustedTypes } = globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };
  };
  policy ??= trustedTypes?.createPolicy('stream-worker', { createScriptURL: () => workerUrl });
  return policy?.createScriptURL(url) ?? url;
}
let policy: { createScriptURL(url: string): string } | undefined;
