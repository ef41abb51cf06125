/** What an ONNX session takes: [rows, width] of 64-bit token ids, and a mask with 1 where there is a token. */
export interface PaddedBatch {
  readonly rows: number;
  readonly width: number;
  readonly inputIds: BigInt64Array<ArrayBuffer>;
  readonly attentionMask: BigInt64Array<ArrayBuffer>;
}

/** Rows of token ids, padded to the longest with 0: BERT's [PAD], which the mask hides. */
export function padBatch(rows: readonly (readonly number[])[]): PaddedBatch {
  const width = rows.reduce((longest, { length }) => Math.max(longest, length), 0);
  const inputIds = new BigInt64Array(rows.length * width);
  const attentionMask = new BigInt64Array(rows.length * width);
  // Through 32-bit halves no BigInt is made. The lower half is the first: wherever Node runs ONNX, it is little-endian.
  const idHalves = new Int32Array(inputIds.buffer);
  const maskHalves = new Int32Array(attentionMask.buffer);
  for (const [row, ids] of rows.entries()) {
    for (let column = 0; column < ids.length; column += 1) {
      const at = 2 * (row * width + column);
      idHalves[at] = ids[column] ?? 0;
      maskHalves[at] = 1;
    }
  }
  return { rows: rows.length, width, inputIds, attentionMask };
}
