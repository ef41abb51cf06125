import type { ScoredPost } from '../domain/post.ts';

/** What happens, for whoever looks on. A listener that falls behind is its own problem. */
export interface Hub<T> {
  publish(items: readonly T[]): void;
  subscribe(listener: (item: T) => void): () => void;
}

/** Posts as they become rows. */
export type LiveHub = Hub<ScoredPost>;

export function createHub<T>(): Hub<T> {
  const listeners = new Set<(item: T) => void>();
  return {
    publish: (items) => {
      for (const listener of listeners) for (const item of items) listener(item);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const createLiveHub = (): LiveHub => createHub<ScoredPost>();
