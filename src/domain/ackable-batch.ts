/**
 * Items together with the acknowledgement that their source waits for. Exactly one of `ack` and `nack` is called,
 * once: the source commits the positions of the items after `ack` and leaves them uncommitted after `nack`.
 */
export interface AckableBatch<T> {
  readonly items: readonly T[];
  /** Every item is durable. */
  ack(): void;
  /** At least one item cannot become durable. */
  nack(error: Error): void;
}

/** A batch, and a promise that resolves with its `ack` and rejects with its `nack`. */
export function openAckableBatch<T>(items: readonly T[]): { batch: AckableBatch<T>; acked: Promise<void> } {
  let ack = (): void => {};
  let nack = (_: Error): void => {};
  const acked = new Promise<void>((resolve, reject) => {
    ack = resolve;
    nack = reject;
  });
  return { batch: { items, ack, nack }, acked };
}

/** Where a source sends its batches. Nothing is buffered behind it: the source bounds how many batches are open. */
export type Emit<T> = (batch: AckableBatch<T>) => void;

/**
 * A feed of items. `run` resolves when the feed has ended, or `signal` was aborted, and every batch has been
 * acknowledged; it rejects on a fault that the source cannot recover from.
 */
export interface Source<T> {
  readonly name: string;
  run(emit: Emit<T>, signal: AbortSignal): Promise<void>;
  /** For /readyz: one sentence on what is wrong, undefined when the source is healthy. */
  healthIssue(): string | undefined;
}
