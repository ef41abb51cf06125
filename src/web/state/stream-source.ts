const eventTypes = ['post', 'status', 'alert'] as const;

/** An event of the live stream with its JSON, or the end of the connection. */
export type StreamMessage = { readonly type: (typeof eventTypes)[number]; readonly data: string } | { readonly type: 'lost' };

/** A status arrives every second: after this long without one the connection is dead, even if the browser has not noticed. */
const heartbeatTimeoutMs = 10_000;

/** Opens the live stream of this URL; returns a function that closes it. After `lost` it is closed. */
export function openEventSource(url: string, onMessage: (message: StreamMessage) => void): () => void {
  const source = new EventSource(url);
  const close = (): void => {
    clearTimeout(heartbeat);
    source.close();
  };
  // The browser reconnects by itself after a broken connection, but not after a response that is not a stream.
  const lose = (): void => {
    close();
    onMessage({ type: 'lost' });
  };
  let heartbeat = setTimeout(lose, heartbeatTimeoutMs);
  source.addEventListener('error', lose);
  for (const type of eventTypes) {
    source.addEventListener(type, ({ data }: MessageEvent<string>) => {
      if (type === 'status') {
        clearTimeout(heartbeat);
        heartbeat = setTimeout(lose, heartbeatTimeoutMs);
      }
      onMessage({ type, data });
    });
  }
  return close;
}
