import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { isLoopback } from '../../lib/loopback.ts';

/** Settings of the registry, and of Kafka where they hold for both. */
export interface RegistryConfig {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly caFile?: string | undefined;
  readonly allowPlaintext: boolean;
}

/** An answer of the registry: a value, or that it knows nothing of the kind. */
export type RegistryResponse = { readonly found: unknown } | 'unknown';

export interface RegistryClient {
  /**
   * The JSON at a path. Rejects with REGISTRY_REJECTED for what trying again will not change, and with
   * REGISTRY_UNAVAILABLE for everything else.
   */
  get(path: string, signal: AbortSignal): Promise<RegistryResponse>;
}

const answerMs = 10_000;
/** Bytes of an answer; a schema has a few thousand. */
const largestAnswer = 2 * 1_048_576;

/** Throws KAFKA_PLAINTEXT for an unencrypted connection that leaves this machine without leave to do so. */
export function createRegistryClient({ url, username, password, caFile, allowPlaintext }: RegistryConfig): RegistryClient {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const isPlain = base.protocol === 'http:';
  if (isPlain && !allowPlaintext && !isLoopback(base.hostname))
    throw new FeedpulseError('KAFKA_PLAINTEXT', `The connection to the schema registry at ${base.host} would not be encrypted.`);
  const options: RequestOptions = {
    headers: { accept: 'application/vnd.schemaregistry.v1+json, application/json' },
    ...(username === undefined ? {} : { auth: `${username}:${password ?? ''}` }),
    ...(caFile === undefined || isPlain ? {} : { ca: [...rootCertificates, readCertificate(caFile)] }),
  };
  const send = isPlain ? httpRequest : httpsRequest;
  return {
    get: async (path, signal) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
      const { status, body } = await new Promise<{ status: number; body: string }>((resolve, reject) => {
        const sent = send(new URL(path, base), { ...options, signal: limited }, (answer) => {
          readBody(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
        });
        sent.once('error', reject);
        sent.end();
      }).catch((thrown: unknown) => {
        throw unavailable(base, asError(thrown).message, thrown);
      });
      return answerOf(base, status, body);
    },
  };
}

function answerOf(base: URL, status: number, body: string): RegistryResponse {
  if (status === 200) {
    try {
      return { found: JSON.parse(body) };
    } catch (thrown) {
      throw unavailable(base, 'its answer is no JSON', thrown);
    }
  }
  // A proxy in between also says 404, but not with a code of the registry.
  if (status === 404 && /"error_code"\s*:\s*404\d\d/.test(body)) return 'unknown';
  if (status === 401 || status === 403)
    throw new FeedpulseError('REGISTRY_REJECTED', `The schema registry at ${base.host} answered ${status}.`);
  throw unavailable(base, `it answered ${status}`);
}

function unavailable(base: URL, why: string, cause?: unknown): FeedpulseError {
  return new FeedpulseError('REGISTRY_UNAVAILABLE', `The schema registry at ${base.host} cannot be asked: ${why}.`, { cause });
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestAnswer) throw new Error('its answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readCertificate(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new FeedpulseError('FILE_UNREADABLE', `The certificate in kafka.caFile cannot be read: ${path}`, { cause: thrown });
  }
}
