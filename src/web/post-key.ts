import type { ShownPost } from './api/history.ts';

/** Ids are unique within a platform only. */
export const keyOf = ({ platform, id }: Pick<ShownPost, 'platform' | 'id'>): string => JSON.stringify([platform, id]);
