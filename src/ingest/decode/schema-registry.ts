import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type AvroRead, compileAvro, UnsupportedSchema } from './avro-schema.ts';
import type { RegistryClient, RegistryResponse } from './registry-client.ts';

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
const firstPauseMs = 200;
const longestPauseMs = 5_000;

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
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    const answer = await ask(`schemas/ids/${id}`, parts);
    if (answer !== 'unknown') return formatOf(answer.found, parts);
    if (clock.now() + pause > until) return 'unknown';
    await clock.sleep(pause, signal);
  }
}

/** One answer, however often it takes to get it. */
async function ask(path: string, { client, clock, log, signal }: SchemaRegistryParts): Promise<RegistryResponse> {
  const started = clock.now();
  for (let tries = 0; ; tries += 1) {
    try {
      return await client.get(path, signal);
    } catch (thrown) {
      const passes = thrown instanceof FeedpulseError && thrown.retry;
      if (!passes || signal.aborted || clock.now() - started > outageMs) throw thrown;
      if (tries === 0) log.warn({ error: asError(thrown).message }, 'The schema registry is in trouble: trying again');
      // Jitter, so that many processes do not come back at the same moment.
      await clock.sleep(Math.min(firstPauseMs * 2 ** tries, longestPauseMs) * (0.5 + Math.random() / 2), signal);
    }
  }
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
