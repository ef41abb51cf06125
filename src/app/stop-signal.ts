import type { Log } from '../lib/log.ts';

/** `npm start` passes on a signal that the terminal has sent to the whole group: that is no second one. */
const sameSignalMs = 1_000;

/** Aborted by the first SIGINT or SIGTERM, upon which everything in flight is finished; a later one ends at once. */
export function stopSignal(log: Log): AbortSignal {
  const stop = new AbortController();
  let first: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = performance.now();
      log.info({ signal }, 'stopping: finishing what is in flight');
      stop.abort();
    } else if (performance.now() - first > sameSignalMs) {
      // Not process.exit, which tears down inference threads: ONNX Runtime aborts in one that is amid a batch, and
      // the embedded ClickHouse takes minutes over an abort.
      process.kill(process.pid, 'SIGKILL');
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}
