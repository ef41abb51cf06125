import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, request as send } from 'undici';

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Aborts the request, its connection and its body. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which the request fails. */
  readonly idleTimeoutMs?: number;
  /** Certificate authorities to trust instead of the default ones, PEM. */
  readonly ca?: readonly (string | Buffer)[];
  /** Resolves the host name. The connection is made to an address that it returned. */
  readonly lookup?: LookupFunction;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface HttpStream extends HttpResponse {
  /** The body. It must be read, or `close` called. */
  readonly body: Readable;
  /** Closes the connection. */
  close(): Promise<void>;
}

const defaultIdleTimeoutMs = 300_000;

/**
 * Sends a request over a connection of its own, which is closed afterwards. Redirects are never followed, and proxy
 * environment variables are ignored: a request goes to the host that the caller has checked.
 * @throws the error of the network, TLS or the signal, unwrapped
 */
export async function openHttpStream(url: URL, request: HttpRequest): Promise<HttpStream> {
  const { method = 'GET', headers, body, signal, idleTimeoutMs = defaultIdleTimeoutMs, ca, lookup } = request;
  const agent = new Agent({
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
    connect: { ...(ca && { ca: [...ca] }), ...(lookup && { lookup }) },
  });
  try {
    const options = {
      dispatcher: agent,
      method,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    };
    const response = await send(url, options);
    return { status: response.statusCode, headers: response.headers, body: response.body, close: () => agent.destroy() };
  } catch (thrown) {
    await agent.destroy();
    throw thrown;
  }
}

/** Sends a request and discards the response body. */
export async function sendHttp(url: URL, request: HttpRequest): Promise<HttpResponse> {
  const { status, headers, body, close } = await openHttpStream(url, request);
  body.on('error', () => {}); // closing the body early is not an error
  await close();
  return { status, headers };
}

/** Sends a request and reads the response body as UTF-8. @throws Error if it has more than `maxBytes` */
export async function fetchText(url: URL, request: HttpRequest, maxBytes: number): Promise<HttpResponse & { readonly text: string }> {
  const { bytes, ...response } = await fetchBytes(url, request, maxBytes);
  return { ...response, text: bytes.toString('utf8') };
}

/** Sends a request and reads the response body. @throws Error if it has more than `maxBytes` */
export async function fetchBytes(url: URL, request: HttpRequest, maxBytes: number): Promise<HttpResponse & { readonly bytes: Buffer }> {
  const { status, headers, body, close } = await openHttpStream(url, request);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`the response has more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return { status, headers, bytes: Buffer.concat(chunks) };
  } finally {
    await close();
  }
}
