import type { Unusual } from '../api/alerts.ts';
import { go } from '../state/router.ts';
import { aroundIt } from './anomaly-text.ts';

/** Shows something unusual on the chart of its brand, between what was usual before and after. */
export const lookAt = (unusual: Unusual): void =>
  go({ view: 'overview', brands: unusual.brand === '*' ? [] : [unusual.brand], span: aroundIt(unusual, Date.now()) });
