/** Start-up options of a worker thread. */
export interface WorkerOptions {
  /** Path of the ONNX file. */
  readonly weights: string;
  /** Number of logits per row. */
  readonly classes: number;
}

/** Message to a worker: score a batch, or exit after all earlier batches. */
export type WorkerRequest = ({ readonly kind: 'batch'; readonly id: number } & PaddedBatch) | { readonly kind: 'end' };

/** Message from a worker: `ready` once its session is loaded, then one response per batch, in order. */
export type WorkerResponse =
  | { readonly kind: 'ready' }
  /** `logits` has shape [rows, classes]. */
  | { readonly kind: 'logits'; readonly id: number; readonly logits: Float32Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };

/** ONNX inputs of shape [rows, width]: token ids, and a mask that is 1 for tokens and 0 for padding. */
export interface PaddedBatch {
  readonly rows: number;
  readonly width: number;
  readonly inputIds: BigInt64Array<ArrayBuffer>;
  readonly attentionMask: BigInt64Array<ArrayBuffer>;
}

/** Pads rows of token ids to the longest row with 0, BERT's [PAD]. */
export function padBatch(rows: readonly (readonly number[])[]): PaddedBatch {
  const width = rows.reduce((longest, { length }) => Math.max(longest, length), 0);
  const inputIds = new BigInt64Array(rows.length * width);
  const attentionMask = new BigInt64Array(rows.length * width);
  // Writing 32-bit halves avoids a BigInt per token. The low half comes first: every platform of onnxruntime-node is little-endian.
  const idHalves = new Int32Array(inputIds.buffer);
  const maskHalves = new Int32Array(attentionMask.buffer);
  for (const [row, ids] of rows.entries()) {
    for (let column = 0; column < ids.length; column += 1) {
      const offset = 2 * (row * width + column);
      idHalves[offset] = ids[column] ?? 0;
      maskHalves[offset] = 1;
    }
  }
  return { rows: rows.length, width, inputIds, attentionMask };
}
