import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { type Clock, withTimeout } from '../../../lib/clock.ts';
import { version } from '../../../lib/version.ts';
import { ConnectionError, parseRetryAfter } from '../live/stay-connected.ts';

/** The server answered the request for a WebSocket with an HTTP status. */
export class HandshakeRejected extends ConnectionError {
  readonly status: number;
  /** Beginning of the response. */
  readonly body: string;

  constructor(status: number, body: string, retryAfterMs: number | undefined) {
    super(`the server answered HTTP ${status}`, { retryAfterMs });
    this.name = 'HandshakeRejected';
    this.status = status;
    this.body = body;
  }
}

export interface WebSocketOptions {
  readonly url: URL;
  readonly perMessageDeflate: boolean;
  readonly clock: Clock;
  onOpen(): void;
  /**
   * Called for every message. Reading pauses until a returned promise resolves. `close` ends the connection, and an error
   * rejects it.
   */
  onMessage(data: Buffer, isBinary: boolean): Promise<void> | 'close' | undefined;
}

const handshakeTimeoutMs = 10_000;
const pingMs = 30_000;
/** Servers drop a reader that pauses for long. A connection that is paused longer than this is closed instead. */
const maxPauseMs = 10_000;
/** Records of the AT Protocol have at most 1 MiB. */
const maxPayloadBytes = 16 * 1_048_576;
const maxBodyBytes = 16_384;

/**
 * Reads a WebSocket until it ends. Resolves if `onMessage` closed it, paused it for too long, or `signal` was aborted.
 * @throws ConnectionError if the connection fails or the server closes it; HandshakeRejected
 */
export function readWebSocket({ url, perMessageDeflate, clock, onOpen, onMessage }: WebSocketOptions, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    const socket = new WebSocket(url, {
      handshakeTimeout: handshakeTimeoutMs,
      maxPayload: maxPayloadBytes,
      perMessageDeflate,
      // Invalid UTF-8 in one message is that message's problem; the connection would end, and get it again.
      skipUTF8Validation: true,
      headers: { 'user-agent': `feedpulse/${version}` },
    });
    const pings = setInterval(() => socket.readyState === WebSocket.OPEN && socket.ping(), pingMs);
    let isOver = false;
    const end = (error?: Error, after: Promise<void> = Promise.resolve()): void => {
      if (isOver) return;
      isOver = true;
      clearInterval(pings);
      signal.removeEventListener('abort', abort);
      socket.terminate();
      if (error) reject(error);
      else after.then(resolve, reject);
    };
    const abort = (): void => end();
    signal.addEventListener('abort', abort, { once: true });
    const pauseFor = async (room: Promise<void>): Promise<void> => {
      socket.pause();
      const hasRoom = await withTimeout(
        room.then(() => true),
        maxPauseMs,
        clock,
      );
      if (!hasRoom) await room.finally(() => end());
      else if (!isOver) socket.resume();
    };
    socket.on('open', onOpen);
    socket.on('message', (data, isBinary) => {
      if (isOver) return;
      try {
        const next = onMessage(data as Buffer, isBinary); // binaryType is nodebuffer
        if (next === 'close') end();
        else if (next && !socket.isPaused) pauseFor(next).catch(end);
      } catch (thrown) {
        end(thrown as Error); // onMessage throws ConnectionError
      }
    });
    socket.on('unexpected-response', (_, response) => void readRejection(response, clock).then(end));
    socket.on('error', (error) => end(new ConnectionError(error.message || error.name, { cause: error })));
    socket.on('close', (code) => end(new ConnectionError(`the server closed the connection (code ${code})`)));
  });
}

async function readRejection(response: IncomingMessage, clock: Pick<Clock, 'now'>): Promise<HandshakeRejected> {
  let body = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      body += chunk;
      if (body.length >= maxBodyBytes) break;
    }
  } catch {
    // The status is what matters.
  }
  return new HandshakeRejected(response.statusCode ?? 0, body, parseRetryAfter(response.headers['retry-after'], clock.now()));
}
