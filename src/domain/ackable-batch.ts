/**
 * Items together with the acknowledgement that their source awaits. Exactly one of `ack` and `nack` is called, once: the
 * source commits the items' positions after `ack` and leaves them uncommitted after `nack`.
 */
export interface AckableBatch<T> {
  readonly items: readonly T[];
  /** Every item is durable. */
  ack(): void;
  /** At least one item cannot become durable. */
  nack(error: Error): void;
}

/**
 * Creates a batch and a promise that resolves on `ack` and rejects on `nack`. The rejection is not lost if the source awaits the
 * promise later, nor does it end the process before: a source may be waiting for an earlier batch.
 */
export function createAckableBatch<T>(items: readonly T[]): { batch: AckableBatch<T>; acked: Promise<void> } {
  let ack = (): void => {};
  let nack = (_: Error): void => {};
  const acked = new Promise<void>((resolve, reject) => {
    ack = resolve;
    nack = reject;
  });
  acked.catch(() => {});
  return { batch: { items, ack, nack }, acked };
}

/** Accepts a source's batches. It applies no backpressure: the source limits its unacknowledged batches. */
export type Emit<T> = (batch: AckableBatch<T>) => void;

/**
 * A source of records. `run` resolves when the source has ended, or `signal` was aborted, and every batch has been
 * acknowledged; it rejects on an error that the source cannot recover from.
 */
export interface Source<T> {
  /** As configured; unique within the process. */
  readonly name: string;
  run(emit: Emit<T>, signal: AbortSignal): Promise<void>;
  /** For /readyz: one sentence on what is wrong, undefined when the source is healthy. */
  healthIssue(): string | undefined;
  /** How far a live source is behind its server. */
  progress?(): SourceProgress;
}

export interface SourceProgress {
  /** Age of the newest message in seconds; null before the first one. */
  readonly behindSeconds: number | null;
  /** Times that messages were lost, because the server no longer had them. */
  readonly gaps: number;
  /** The server to which it is connected; null if there is none. */
  readonly endpoint: string | null;
}
