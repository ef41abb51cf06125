import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly text: string;
  /** Parsed from JSON. */
  readonly body: Record<string, unknown>;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: ReceivedRequest[];
  /** Status of the following responses; 0 resets the connection. */
  status: number;
  /** Leaves the following requests unanswered. */
  isSilent: boolean;
  close(): Promise<void>;
}

/** An HTTP server on a loopback port that records requests. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    received.push({ headers: request.headers, path: request.url ?? '', text, body: JSON.parse(text) as Record<string, unknown> });
    if (receiver.isSilent) return;
    if (receiver.status === 0) request.socket.destroy();
    else response.writeHead(receiver.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}`,
    received,
    status: 200,
    isSilent: false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}
