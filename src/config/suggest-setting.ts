import { closestMatch } from 'leven';
import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The part of a JSON Schema that leads to the names of settings. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** The JSON Schema of the config as it is written. */
export const configJsonSchema = (): JsonSchema => z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema; // zod's type is wider than what is read here

/** `; did you mean …?` for the candidate that is most similar to a misspelled name; empty if none is similar. */
export function suggest(name: string, candidates: readonly string[]): string {
  const original = new Map(candidates.map((candidate) => [candidate.toUpperCase(), candidate]));
  const typed = name.toUpperCase();
  const names = [...original.keys()];
  // Singular and plural differ at the end. Otherwise, two letters or 40% may be wrong: two swapped letters count as two.
  const maxDistance = Math.max(2, Math.floor(0.4 * name.length));
  const match = names.find((other) => other.startsWith(typed) || typed.startsWith(other)) ?? closestMatch(typed, names, { maxDistance });
  return match === undefined ? '' : `; did you mean ${original.get(match)}?`;
}

/** The names of the settings that may stand at a path of the config. */
export function settingsAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  const variants = expand(schema);
  const [step, ...rest] = path;
  if (step === undefined) return [...new Set(variants.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  return [...new Set(variants.flatMap((variant) => childrenAt(variant, step)).flatMap((child) => settingsAt(child, rest)))];
}

function childrenAt({ properties, items, additionalProperties }: JsonSchema, step: PropertyKey): JsonSchema[] {
  if (typeof step === 'number') return items ? [items] : [];
  const child = properties?.[String(step)] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  return child ? [child] : [];
}

/** A schema and, recursively, its alternatives. */
function expand(schema: JsonSchema): JsonSchema[] {
  return [schema, ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (list ?? []).flatMap(expand))];
}
