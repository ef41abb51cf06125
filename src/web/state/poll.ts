/** Also how often a hidden page looks whether it is seen again. */
const soonestMs = 1_000;

/** Asks again and again until the signal. `ask` resolves to how long its answer holds, in ms; while `mayAsk` says no, nothing is asked. */
export async function keepAsking(ask: (signal: AbortSignal) => Promise<number>, signal: AbortSignal, mayAsk: () => boolean): Promise<void> {
  while (!signal.aborted) {
    // An answer may be old by the time that the page is seen again: then nothing is waited for.
    const holds = mayAsk() ? await ask(signal) : 0;
    await sleep(Math.max(holds, soonestMs), signal);
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
