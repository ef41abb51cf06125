import type { ScoredPost } from '../domain/post.ts';

/** What happens, for whoever looks on. A listener that falls behind is its own problem. */
export interface EventBus<T> {
  publish(items: readonly T[]): void;
  subscribe(listener: (item: T) => void): () => void;
}

/** Posts as they become rows. */
export type PostBus = EventBus<ScoredPost>;

export function createEventBus<T>(): EventBus<T> {
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

export const createPostBus = (): PostBus => createEventBus<ScoredPost>();
