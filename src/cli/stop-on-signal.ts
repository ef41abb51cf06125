import type { Log } from '../lib/log.ts';

/** npm forwards SIGINT although the terminal already sent it to the process group; a second signal within this time is a duplicate. */
const duplicateSignalMs = 1_000;

/** `signal` is aborted by the first SIGINT or SIGTERM, then in-flight work is finished; a later one kills the process. */
export function stopOnSignal(log: Log): { signal: AbortSignal; release: () => void } {
  const stop = new AbortController();
  let first: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = performance.now();
      log.info({ signal }, 'stopping: finishing in-flight work');
      stop.abort();
    } else if (performance.now() - first > duplicateSignalMs) {
      // Not process.exit: ONNX Runtime aborts when its thread is torn down within a batch, and the embedded
      // ClickHouse takes minutes to dump core after an abort.
      process.kill(process.pid, 'SIGKILL');
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { signal: stop.signal, release: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal) };
}
