import type { BrandRule } from '../../config.ts';
import { voices } from './brands/voices.ts';

/** Invented companies, each of another trade. */
export const demoBrands: readonly BrandRule[] = voices.map(({ rule }) => rule);
