import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A fault in the response to one request. */
export type HubFault =
  | { readonly cutAfter: number }
  | { readonly status: number }
  | { readonly location: string }
  /** Ignores the Range header and sends the whole file. */
  | 'ignores ranges'
  /** Sends another range than the requested one. */
  | 'another range'
  /** An endless body without Content-Length. */
  | 'never ends';

/** A hub on a loopback port, laid out like Hugging Face, with ranges and faults. */
export interface TestHub {
  readonly url: string;
  /** `FILE` or `FILE from BYTE` of each request, in order. */
  readonly requests: string[];
  /** Injects one fault into each of the next requests for a file. */
  fail(file: string, ...faults: readonly HubFault[]): void;
  stop(): Promise<void>;
}

/** Serves `files` of one repository and revision. */
export async function startHub(files: ReadonlyMap<string, Buffer>, repo = 'someone/tiny', revision = 'main'): Promise<TestHub> {
  const requests: string[] = [];
  const faults = new Map<string, HubFault[]>();
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    const prefix = `/${repo}/resolve/${revision}/`;
    const file = (request.url ?? '').replace(prefix, '');
    const content = request.url?.startsWith(prefix) ? files.get(file) : undefined;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    requests.push(from > 0 ? `${file} from ${from}` : file);
    const fault = faults.get(file)?.shift();
    if (!content) return void response.writeHead(404).end();
    respond(response, content, from, fault);
  };
  const server = createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    fail: (file, ...next) => void faults.set(file, [...next]),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function respond(response: ServerResponse, content: Buffer, from: number, fault: HubFault | undefined): void {
  if (fault === 'never ends') {
    response.writeHead(200);
    const send = (): void => void response.write(Buffer.alloc(1_048_576), (error) => (error ? undefined : send()));
    send();
    return;
  }
  if (typeof fault === 'object' && 'status' in fault) return void response.writeHead(fault.status).end();
  if (typeof fault === 'object' && 'location' in fault) return void response.writeHead(302, { location: fault.location }).end();
  const start = fault === 'ignores ranges' ? 0 : fault === 'another range' ? from + 1 : from;
  if (start > content.length) return void response.writeHead(416).end();
  const rest = content.subarray(start);
  const range = start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length, ...range });
  if (typeof fault !== 'object') return void response.end(rest);
  response.write(rest.subarray(0, fault.cutAfter), () => response.destroy());
}

/** SHA-256 digests by file. */
export function hashFiles(files: ReadonlyMap<string, Buffer>): Map<string, string> {
  return new Map([...files].map(([file, content]) => [file, sha256(content)]));
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
