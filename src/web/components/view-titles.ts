import type { ViewName } from '../state/view-state.ts';

export const viewTitles: Readonly<Record<ViewName, string>> = {
  overview: 'Overview',
  posts: 'Posts',
  live: 'Live',
  compare: 'Compare',
  alerts: 'Alerts',
  health: 'Health',
};
