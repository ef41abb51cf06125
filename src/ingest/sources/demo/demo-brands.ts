import type { BrandRule } from '../../../config/schema.ts';
import { voices } from './brands/brand-profiles.ts';

/** Invented companies, each of another trade. */
export const demoBrands: readonly BrandRule[] = voices.map(({ rule }) => rule);
