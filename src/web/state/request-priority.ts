/** How many urgent questions are on their way. */
let urgent = 0;
/** Who goes through ranges faster than this does not ask for what stands further down. */
const settleMs = 300;

export async function urgently<T>(ask: () => Promise<T>): Promise<T> {
  urgent += 1;
  try {
    return await ask();
  } finally {
    urgent -= 1;
  }
}

/**
 * Asks once a moment has passed without an urgent question: on a small machine ten answers at once would all
 * come late, those that are looked at first among them. Rejects with the reason of the signal when that is faster.
 */
export async function afterUrgent<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  do await new Promise((resolve) => setTimeout(resolve, settleMs));
  while (urgent > 0 && !signal.aborted);
  signal.throwIfAborted();
  return ask();
}
