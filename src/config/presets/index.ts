import type { MappingFields } from '../mapping-fields.ts';

/** Mappings for well-known formats, by the name that `mapping.preset` takes. */
export const presets = {} as const satisfies Record<string, MappingFields>;
