import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { fetchText } from '../../lib/http-client.ts';
import type { Log } from '../../lib/log.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { backoffDelay, type Failure, retry } from '../../lib/retry.ts';
import { type AvroRead, compileAvro, UnsupportedSchema } from './avro.ts';

/** How messages of a schema are read. */
export type Format = { readonly kind: 'avro'; readonly read: AvroRead } | { readonly kind: 'json' } | { readonly kind: 'unsupported' };

export interface SchemaRegistry {
  /**
   * How messages with this schema are read; `unknown` when the registry says, for as long as `sentAt` allows
   * (milliseconds since 1970), that there is none. A registry in trouble is asked again for five minutes.
   * @throws REGISTRY_UNAVAILABLE, REGISTRY_REJECTED
   */
  format(id: number, sentAt: number): Promise<Format | 'unknown'> | Format | 'unknown';
}

export interface SchemaRegistryParts {
  readonly client: RegistryClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** Schemas of one topic are a handful; ids come from messages, so there must be a bound. */
const mostSchemas = 1_000;
const mostUnknown = 10_000;
/** How long after a message was sent its schema may still be on its way to this registry, in milliseconds. */
const arrivalMs = 60_000;
/** A message that has waited for long is asked for at least so long, and an unknown id is remembered so long. */
const shortestMs = 2_000;
const outageMs = 300_000;
const backoff = { firstMs: 200, maxMs: 5_000 };

/** Schemas by id, each fetched once: what an id stands for never changes. */
export function createSchemaRegistry(parts: SchemaRegistryParts): SchemaRegistry {
  const { clock } = parts;
  const known = new LRUCache<number, Format>({ max: mostSchemas });
  /** When it was last said that there is no such id. */
  const unknown = new LRUCache<number, number>({ max: mostUnknown });
  const underWay = new Map<number, Promise<Format | 'unknown'>>();
  const learn = async (id: number, sentAt: number): Promise<Format | 'unknown'> => {
    const format = await fetchFormat(id, sentAt, parts);
    if (format === 'unknown') unknown.set(id, clock.now());
    else known.set(id, format);
    return format;
  };
  return {
    format: (id, sentAt) => {
      const format = known.get(id);
      if (format) return format;
      const said = unknown.get(id);
      if (said !== undefined && clock.now() - said < shortestMs) return 'unknown';
      const asking = underWay.get(id) ?? learn(id, sentAt).finally(() => underWay.delete(id));
      underWay.set(id, asking);
      return asking;
    },
  };
}

async function fetchFormat(id: number, sentAt: number, parts: SchemaRegistryParts): Promise<Format | 'unknown'> {
  const { clock, signal } = parts;
  const started = clock.now();
  const until = Math.max(started + shortestMs, Math.min(sentAt, started) + arrivalMs);
  for (let failures = 1; ; failures += 1) {
    const answer = await ask(`schemas/ids/${id}`, parts);
    if (answer !== 'unknown') return formatOf(answer.found, parts);
    const pause = backoffDelay(backoff, failures);
    if (clock.now() + pause > until) return 'unknown';
    await clock.sleep(pause, signal);
  }
}

/** Asks the registry for JSON, and retries while it is unavailable. */
function ask(path: string, { client, clock, log, signal }: SchemaRegistryParts): Promise<RegistryResponse> {
  const options = {
    clock,
    backoff,
    jitter: 'half',
    onFailure: (thrown: unknown, { failures, elapsedMs }: Failure): void => {
      const isTransient = thrown instanceof FeedpulseError && thrown.retry;
      if (!isTransient || signal.aborted || elapsedMs > outageMs) throw thrown;
      if (failures === 1) log.warn({ error: asError(thrown).message }, 'schema registry unavailable; retrying with backoff');
    },
  } as const;
  return retry(() => client.get(path, signal), options, signal);
}

const referenceSchema = z.object({ subject: z.string(), version: z.number() });
const answerSchema = z.object({
  schema: z.string(),
  schemaType: z.string().default('AVRO'),
  references: z.array(referenceSchema).default([]),
});

async function formatOf(found: unknown, parts: SchemaRegistryParts): Promise<Format> {
  const answer = answerSchema.safeParse(found);
  if (!answer.success) return { kind: 'unsupported' };
  const { schema, schemaType, references } = answer.data;
  // The schema of JSON says what a message may be; what it must be to become a post, the mapping says.
  if (schemaType === 'JSON') return { kind: 'json' };
  if (schemaType !== 'AVRO') return { kind: 'unsupported' };
  try {
    return { kind: 'avro', read: compileAvro([...(await referencedSchemas(references, parts, new Set())), schema]) };
  } catch (thrown) {
    if (thrown instanceof UnsupportedSchema) return { kind: 'unsupported' };
    throw thrown;
  }
}

const mostReferences = 100;

/** The schemas that a schema refers to, each before those that need it. */
async function referencedSchemas(
  references: readonly z.infer<typeof referenceSchema>[],
  parts: SchemaRegistryParts,
  seen: Set<string>,
): Promise<string[]> {
  const texts: string[] = [];
  for (const { subject, version } of references) {
    const path = `subjects/${encodeURIComponent(subject)}/versions/${version}`;
    if (seen.has(path)) continue;
    if (seen.add(path).size > mostReferences) throw new UnsupportedSchema();
    const answer = await ask(path, parts);
    const found = answerSchema.safeParse(answer === 'unknown' ? undefined : answer.found);
    if (!found.success) throw new UnsupportedSchema();
    texts.push(...(await referencedSchemas(found.data.references, parts, seen)), found.data.schema);
  }
  return texts;
}

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
  const options = {
    headers: {
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(username !== undefined && { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` }),
    },
    ...(caFile !== undefined && !isPlain && { ca: [...rootCertificates, readCertificate(caFile)] }),
  };
  return {
    get: async (path, signal) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
      const { status, text } = await fetchText(new URL(path, base), { ...options, signal: limited }, largestAnswer).catch(
        (thrown: unknown) => {
          throw unavailable(base, asError(thrown).message, thrown);
        },
      );
      return answerOf(base, status, text);
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

function readCertificate(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new FeedpulseError('FILE_UNREADABLE', `The certificate in kafka.caFile cannot be read: ${path}`, { cause: thrown });
  }
}
