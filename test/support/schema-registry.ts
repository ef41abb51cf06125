import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KafkaConfig } from '../../src/config/schema.ts';
import type { IssuedCertificate } from './certificates.ts';

/** A registered schema. */
export interface RegisteredSchema {
  readonly schema: string;
  /** Default: Avro, as in Confluent's registry. */
  readonly schemaType?: 'JSON' | 'PROTOBUF';
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[];
}

/** A schema registry on a loopback port, with the endpoints that consumers use and fault injection. */
export interface TestRegistry {
  readonly config: NonNullable<KafkaConfig['schemaRegistry']>;
  /** Requests so far. */
  requests(): number;
  register(id: number, schema: RegisteredSchema): void;
  registerSubject(subject: string, version: number, schema: RegisteredSchema): void;
  /** The next `count` requests fail with this status or a reset. */
  fail(count: number, how: number | 'reset'): void;
  stop(): Promise<void>;
}

const account = { username: 'reader', password: 'not a secret: é:' };

/** Starts a registry; with `tls`, HTTPS only. */
export async function startRegistry(tls?: IssuedCertificate): Promise<TestRegistry> {
  const ids = new Map<string, RegisteredSchema>();
  const faults: (number | 'reset')[] = [];
  let requests = 0;
  const listen: RequestListener = (request, response) => {
    requests += 1;
    const respond = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body));
    };
    const fault = faults.shift();
    if (fault === 'reset') return void request.socket.destroy();
    if (fault !== undefined) return respond(fault, { error_code: fault * 100 + 1, message: 'injected fault' });
    const expected = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return respond(401, { error_code: 401, message: 'Unauthorized' });
    const found = ids.get(decodeURIComponent(request.url ?? ''));
    if (found) respond(200, found);
    else respond(404, { error_code: 40_403, message: 'Schema not found' });
  };
  const server = tls ? createTlsServer(tls, listen) : createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    config: { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, ...account },
    requests: () => requests,
    register: (id, schema) => void ids.set(`/schemas/ids/${id}`, schema),
    registerSubject: (subject, version, schema) => void ids.set(`/subjects/${subject}/versions/${version}`, schema),
    fail: (count, how) => void faults.push(...Array.from({ length: count }, () => how)),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A value in Confluent's wire format. */
export function framed(id: number, value: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, value]);
}
