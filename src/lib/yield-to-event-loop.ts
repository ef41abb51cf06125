/** Lets other work of this thread run: I/O, timers, requests. */
const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Returns a function for long loops: it yields if `intervalMs` have passed since the last yield. */
export function createYielder(intervalMs: number): () => Promise<void> {
  let yieldedAt = performance.now();
  return async () => {
    if (performance.now() - yieldedAt < intervalMs) return;
    await yieldToEventLoop();
    yieldedAt = performance.now();
  };
}
