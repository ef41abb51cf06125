import type { FieldMapping } from '../../config/schema.ts';

/** The keys that lead to a field, outermost first. */
export type FieldPath = readonly string[];

type MappedField = Exclude<keyof FieldMapping, 'platformName'>;

/** A mapping with its paths taken apart, so that this happens once and not for every post. */
export interface CompiledMapping {
  /** The platform of every message of this feed; messages name their own where it is absent. */
  readonly platformName: string | undefined;
  readonly paths: Readonly<Record<MappedField, FieldPath>>;
}

export function compileMapping({ platformName, ...fields }: FieldMapping): CompiledMapping {
  const paths = Object.fromEntries(Object.entries(fields).map(([field, path]) => [field, path.split('.')]));
  // The entries come from `fields`, which holds a path for every mapped field.
  return { platformName, paths: paths as unknown as Record<MappedField, FieldPath> };
}

/** What stands at the path, or undefined. Looks at own properties only, so that `__proto__` leads nowhere. */
export function pick(root: object, path: FieldPath): unknown {
  let found: unknown = root;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    // The own property was found just above.
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
