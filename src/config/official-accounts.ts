import { normalizeHandle } from '../lib/handle.ts';
import type { BrandConfig } from './schema.ts';

/**
 * Normalized handles of the brands' own accounts: those in `official`, or without that setting the aliases that are
 * handles.
 */
export const officialHandles = (brands: readonly BrandConfig[]): string[] => [
  ...new Set(brands.flatMap(({ official, aliases }) => (official ?? aliases.filter((alias) => /^[@＠]/.test(alias))).map(normalizeHandle))),
];
