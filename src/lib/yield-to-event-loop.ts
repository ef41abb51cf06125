/** Lets other work of this thread run: I/O, timers, requests. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Returns a function that yields if `intervalMs` have passed since it last did. Call it inside long computations. */
export function createYielder(intervalMs: number): () => Promise<void> {
  let yieldedAt = performance.now();
  return async () => {
    if (performance.now() - yieldedAt < intervalMs) return;
    await yieldToEventLoop();
    yieldedAt = performance.now();
  };
}
