import type { Shape } from '../shape.ts';
import { chatShapes } from './chat-shapes.ts';
import { collectorShapes } from './collector-shapes.ts';
import { forumShapes } from './forum-shapes.ts';
import { laterPublicShapes } from './later-public-shapes.ts';
import { mixedShapes } from './mixed-shapes.ts';
import { monitoringShapes } from './monitoring-shapes.ts';
import { networkShapes } from './network-shapes.ts';
import { reviewShapes } from './review-shapes.ts';

/** Formats of public interfaces that no preset covers, with the names that their documentation gives to the fields. */
export const publicShapes: readonly Shape[] = [
  ...forumShapes,
  ...networkShapes,
  ...chatShapes,
  ...reviewShapes,
  ...monitoringShapes,
  ...mixedShapes,
  ...collectorShapes,
  ...laterPublicShapes,
];
