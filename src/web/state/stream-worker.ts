import { openEventSource, type StreamMessage } from './stream-source.ts';

/**
 * A shared worker: one live stream for all pages of a browser. A browser opens at most six connections to a server over
 * HTTP/1.1, and with a stream of its own each page would take one. A page subscribes by sending the URL of the stream,
 * again and again, because a page that was closed cannot always say so; it unsubscribes by sending null.
 */

/** A page that has not renewed its subscription for this long is gone. */
const leaseMs = 20_000;

/** The ms since 1970 until which each page is subscribed. */
const pages = new Map<MessagePort, number>();
let closeStream: (() => void) | undefined;

function broadcast(message: StreamMessage): void {
  for (const [page, until] of pages) {
    if (until < Date.now()) pages.delete(page);
    else page.postMessage(message);
  }
  if (message.type === 'lost') {
    closeStream = undefined;
    // Each page decides when to try again.
    pages.clear();
  }
  closeIfUnused();
}

function closeIfUnused(): void {
  if (pages.size > 0) return;
  closeStream?.();
  closeStream = undefined;
}

// The library of types is that of a page, which has no shared worker's global scope.
const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void };
scope.onconnect = ({ ports: [page] }) => {
  if (!page) return;
  page.onmessage = ({ data: url }: MessageEvent<string | null>) => {
    if (url === null) pages.delete(page);
    else pages.set(page, Date.now() + leaseMs);
    if (url !== null) closeStream ??= openEventSource(url, broadcast);
    closeIfUnused();
  };
};
