/** A breath for the event loop: resolves at once, except that every `milliseconds` other work runs first. */
export function createYielder(milliseconds: number): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < milliseconds) return;
    await new Promise(setImmediate);
    since = performance.now();
  };
}
