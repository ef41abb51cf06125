import type { Log } from '../log.ts';

/** Aborted by the first SIGINT or SIGTERM, upon which everything in flight is finished; a second one ends at once. */
export function stopSignal(log: Log): AbortSignal {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(130);
    log.info({ signal }, 'stopping: finishing what is in flight');
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}
