import type { BrandConfig } from '../../../config/schema.ts';
import type { BrandProfile } from './brand-profile.ts';
import { brixomel } from './brands/brixomel.ts';
import { brunoko } from './brands/brunoko.ts';
import { kestrivo } from './brands/kestrivo.ts';
import { puddlefit } from './brands/puddlefit.ts';
import { quillbeam } from './brands/quillbeam.ts';
import { tarnwick } from './brands/tarnwick.ts';

/** Invented companies from six industries. */
export const brandProfiles: readonly BrandProfile[] = [brixomel, brunoko, kestrivo, tarnwick, puddlefit, quillbeam];

export const demoBrands: readonly BrandConfig[] = brandProfiles.map(({ rule }) => rule);
