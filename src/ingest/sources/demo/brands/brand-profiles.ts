import type { BrandVoice } from '../brand-profile.ts';
import { brixomel } from './brixomel.ts';
import { brunoko } from './brunoko.ts';
import { kestrivo } from './kestrivo.ts';
import { puddlefit } from './puddlefit.ts';
import { quillbeam } from './quillbeam.ts';
import { tarnwick } from './tarnwick.ts';

export const voices: readonly BrandVoice[] = [brixomel, brunoko, kestrivo, tarnwick, puddlefit, quillbeam];
