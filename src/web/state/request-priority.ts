/** Urgent requests in flight. */
let urgentInFlight = 0;
/** Debounces requests for the lower part of the page while the user switches ranges. */
const debounceMs = 300;

export async function runUrgent<T>(request: () => Promise<T>): Promise<T> {
  urgentInFlight += 1;
  try {
    return await request();
  } finally {
    urgentInFlight -= 1;
  }
}

/**
 * Waits until no urgent request is in flight, then sends the request. Ten concurrent requests would delay the charts at the
 * top. Rejects with the signal's reason if it is aborted first.
 */
export async function runAfterUrgent<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
  do await new Promise((resolve) => setTimeout(resolve, debounceMs));
  while (urgentInFlight > 0 && !signal.aborted);
  signal.throwIfAborted();
  return request();
}
