import { rootCertificates } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { fetchText } from '../../lib/http-client.ts';
import type { Log } from '../../lib/log.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { backoffDelay, type Failure, retry } from '../../lib/retry.ts';
import { readTlsFiles } from '../../lib/tls.ts';
import { type AvroRead, compileAvro, UnsupportedSchema } from './avro.ts';

/** How messages with a schema are decoded. */
export type MessageFormat =
  | { readonly kind: 'avro'; readonly read: AvroRead }
  | { readonly kind: 'json' }
  | { readonly kind: 'unsupported' };

export interface SchemaRegistry {
  /**
   * The format of messages with this schema id; `schemaNotFound` if the registry does not have it a minute after
   * `sentAt` (milliseconds since 1970). A registry that is unavailable is retried for five minutes.
   * @throws REGISTRY_UNAVAILABLE, REGISTRY_REJECTED
   */
  getFormat(id: number, sentAt: number): Promise<MessageFormat | SchemaNotFound> | MessageFormat | SchemaNotFound;
}

export interface SchemaRegistryDeps {
  readonly client: RegistryClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts requests. */
  readonly signal: AbortSignal;
}

/** A topic has a handful of schemas, but the ids come from messages, so the caches are bounded. */
const maxSchemas = 1_000;
const maxUnknownIds = 10_000;
/** Milliseconds after a message was sent during which its schema may still be replicated to this registry. */
const replicationMs = 60_000;
/** Minimum retry time (ms) for an ID, even of an old message, and how long an unknown ID is cached. */
const minRetryMs = 2_000;
const maxOutageMs = 300_000;
const backoff = { firstMs: 200, maxMs: 5_000 };

/** Schemas by id, each fetched once: the schema of an id never changes. */
export function createSchemaRegistry(deps: SchemaRegistryDeps): SchemaRegistry {
  const { clock } = deps;
  const known = new LRUCache<number, MessageFormat>({ max: maxSchemas });
  /** When the registry last responded that it does not have the ID. */
  const unknown = new LRUCache<number, number>({ max: maxUnknownIds });
  const inFlight = new Map<number, Promise<MessageFormat | SchemaNotFound>>();
  const fetchAndCache = async (id: number, sentAt: number): Promise<MessageFormat | SchemaNotFound> => {
    const format = await fetchFormat(id, sentAt, deps);
    if (format === schemaNotFound) unknown.set(id, monotonicNow(clock));
    else known.set(id, format);
    return format;
  };
  return {
    getFormat: (id, sentAt) => {
      const format = known.get(id);
      if (format) return format;
      const missedAt = unknown.get(id);
      if (missedAt !== undefined && monotonicNow(clock) - missedAt < minRetryMs) return schemaNotFound;
      const fetching = inFlight.get(id) ?? fetchAndCache(id, sentAt).finally(() => inFlight.delete(id));
      inFlight.set(id, fetching);
      return fetching;
    },
  };
}

async function fetchFormat(id: number, sentAt: number, deps: SchemaRegistryDeps): Promise<MessageFormat | SchemaNotFound> {
  const { clock, signal } = deps;
  const started = monotonicNow(clock);
  const deadline = Math.max(started + minRetryMs, Math.min(sentAt, started) + replicationMs);
  for (let failures = 1; ; failures += 1) {
    const response = await request(`schemas/ids/${id}`, deps);
    if (response !== schemaNotFound) return toFormat(response.found, deps);
    const pause = backoffDelay(backoff, failures);
    if (monotonicNow(clock) + pause > deadline) return schemaNotFound;
    await clock.sleep(pause, signal);
  }
}

/** Requests JSON from the registry, with retries while it is unavailable. */
function request(path: string, { client, clock, log, signal }: SchemaRegistryDeps): Promise<RegistryResponse> {
  const options = {
    clock,
    backoff,
    jitter: 'half',
    onFailure: (thrown: unknown, { failures, elapsedMs }: Failure): void => {
      const isTransient = thrown instanceof FeedpulseError && thrown.retry;
      if (!isTransient || signal.aborted || elapsedMs > maxOutageMs) throw thrown;
      if (failures === 1) log.warn({ error: asError(thrown).message }, 'schema registry unavailable; retrying with backoff');
    },
  } as const;
  return retry(() => client.get(path, signal), options, signal);
}

const referenceSchema = z.object({ subject: z.string(), version: z.number() });
const responseSchema = z.object({
  schema: z.string(),
  schemaType: z.string().default('AVRO'),
  references: z.array(referenceSchema).default([]),
});

async function toFormat(found: unknown, deps: SchemaRegistryDeps): Promise<MessageFormat> {
  const response = responseSchema.safeParse(found);
  if (!response.success) return { kind: 'unsupported' };
  const { schema, schemaType, references } = response.data;
  // JSON Schema only restricts messages; the mapping decides whether one is a post.
  if (schemaType === 'JSON') return { kind: 'json' };
  if (schemaType !== 'AVRO') return { kind: 'unsupported' };
  try {
    return { kind: 'avro', read: compileAvro([...(await referencedSchemas(references, deps, new Set())), schema]) };
  } catch (thrown) {
    if (thrown instanceof UnsupportedSchema) return { kind: 'unsupported' };
    throw thrown;
  }
}

const maxReferences = 100;

/** The schemas that a schema refers to, dependencies first. */
async function referencedSchemas(
  references: readonly z.infer<typeof referenceSchema>[],
  deps: SchemaRegistryDeps,
  seen: Set<string>,
): Promise<string[]> {
  const texts: string[] = [];
  for (const { subject, version } of references) {
    const path = `subjects/${encodeURIComponent(subject)}/versions/${version}`;
    if (seen.has(path)) continue;
    if (seen.add(path).size > maxReferences) throw new UnsupportedSchema();
    const response = await request(path, deps);
    const found = responseSchema.safeParse(response === schemaNotFound ? undefined : response.found);
    if (!found.success) throw new UnsupportedSchema();
    texts.push(...(await referencedSchemas(found.data.references, deps, seen)), found.data.schema);
  }
  return texts;
}

/** Settings of the registry, and those of Kafka that apply to both. */
export interface RegistryConfig {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly caFile?: string | undefined;
  readonly allowPlaintext: boolean;
}

/** The registry does not have the requested schema. */
export const schemaNotFound = Symbol('schema not found');
export type SchemaNotFound = typeof schemaNotFound;

export type RegistryResponse = { readonly found: unknown } | SchemaNotFound;

export interface RegistryClient {
  /**
   * The JSON at a path.
   * @throws REGISTRY_REJECTED if a retry does not help, else REGISTRY_UNAVAILABLE
   */
  get(path: string, signal: AbortSignal): Promise<RegistryResponse>;
}

const responseTimeoutMs = 10_000;
/** Maximum size of a response in bytes; a schema has a few thousand. */
const maxResponseBytes = 2 * 1_048_576;

/** @throws KAFKA_PLAINTEXT for an unencrypted connection to another machine without `allowPlaintext` */
export function createRegistryClient(config: RegistryConfig): RegistryClient {
  const { url, username, caFile, allowPlaintext } = config;
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const isPlain = base.protocol === 'http:';
  if (isPlain && !allowPlaintext && !isLoopback(base.hostname))
    throw new FeedpulseError('KAFKA_PLAINTEXT', `The connection to the schema registry at ${base.host} would not be encrypted.`);
  const tls = isPlain ? {} : readTlsFiles('kafka', { caFile });
  /** Anew for each request: password and certificate may have changed. */
  const createOptions = () => ({
    headers: {
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(username !== undefined && { authorization: `Basic ${Buffer.from(`${username}:${config.password ?? ''}`).toString('base64')}` }),
    },
    ...(tls.ca && { ca: [...rootCertificates, tls.ca] }),
  });
  return {
    get: async (path, signal) => {
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(responseTimeoutMs)]);
      const { status, text } = await fetchText(new URL(path, base), { ...createOptions(), signal: abortSignal }, maxResponseBytes).catch(
        (thrown: unknown) => {
          throw unavailable(base, asError(thrown).message, thrown);
        },
      );
      return parseResponse(base, status, text);
    },
  };
}

function parseResponse(base: URL, status: number, body: string): RegistryResponse {
  if (status === 200) {
    try {
      return { found: JSON.parse(body) };
    } catch (thrown) {
      throw unavailable(base, 'its response is not JSON', thrown);
    }
  }
  // A proxy may return 404 too, but without the registry's error code.
  if (status === 404 && /"error_code"\s*:\s*404\d\d/.test(body)) return schemaNotFound;
  if (status === 401 || status === 403)
    throw new FeedpulseError(
      'REGISTRY_REJECTED',
      `The schema registry at ${base.host} responded with HTTP ${status}. Check kafka.schemaRegistry.username and its password.`,
    );
  throw unavailable(base, `it responded with HTTP ${status}`);
}

function unavailable(base: URL, reason: string, cause?: unknown): FeedpulseError {
  return new FeedpulseError('REGISTRY_UNAVAILABLE', `The schema registry at ${base.host} is unavailable: ${reason}.`, { cause });
}
