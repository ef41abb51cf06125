/** Urgent requests in flight. */
let urgentInFlight = 0;
/** Someone who clicks through ranges faster than this sends no requests for the lower part of the page. */
const settleMs = 300;

export async function runFirst<T>(request: () => Promise<T>): Promise<T> {
  urgentInFlight += 1;
  try {
    return await request();
  } finally {
    urgentInFlight -= 1;
  }
}

/**
 * Waits until no urgent request is in flight, then sends the request. Ten requests at once would slow each other down on a
 * small machine, and the charts at the top would come last. Rejects with the signal's reason if it is aborted first.
 */
export async function runAfterUrgent<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
  do await new Promise((resolve) => setTimeout(resolve, settleMs));
  while (urgentInFlight > 0 && !signal.aborted);
  signal.throwIfAborted();
  return request();
}
