/** Publishes items to listeners, synchronously and without a buffer: a slow listener must drop items itself. */
export interface EventBus<T> {
  publish(items: readonly T[]): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (item: T) => void): () => void;
}

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
