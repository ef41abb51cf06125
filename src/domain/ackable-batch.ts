/**
 * Items and the promise they carry. A source opens one per slice of its feed; whoever makes the items
 * durable settles it. The source commits the slice's positions only after that.
 */
export interface AckableBatch<T> {
  readonly items: readonly T[];
  /** Call once: without an argument when every item is durable, with the error when they never will be. */
  settle(error?: Error): void;
}

/** An envelope and the promise that follows its settling. */
export function openAckableBatch<T>(items: readonly T[]): { envelope: AckableBatch<T>; settled: Promise<void> } {
  let settle: (error?: Error) => void = () => {};
  const settled = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  return { envelope: { items, settle }, settled };
}

/** Where a source puts its envelopes. It never buffers: a source awaits each envelope it offers. */
export type Emit<T> = (envelope: AckableBatch<T>) => void;

/**
 * A feed. `run` resolves when the feed has ended or `signal` was aborted and every envelope is settled;
 * it rejects on a fault that the source could not recover from by itself.
 */
export interface Source<T> {
  readonly name: string;
  run(offer: Emit<T>, signal: AbortSignal): Promise<void>;
  /** Readiness, for /readyz: a sentence when something is wrong, nothing when all is well. */
  healthIssue(): string | undefined;
}
