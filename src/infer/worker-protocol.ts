/** A batch on its way to a worker: token ids, row after row, each row padded with zeros to `width`. */
export interface Job {
  readonly id: number;
  readonly rows: number;
  readonly width: number;
  /** Tokens of each row; what follows them in the row is padding. */
  readonly lengths: Uint16Array;
  /** rows · width. */
  readonly ids: Int32Array;
}

export type Reply =
  | { readonly ready: true }
  /** Logits, rows · 3. */
  | { readonly id: number; readonly logits: Float32Array }
  | { readonly id: number; readonly error: string };

export interface WorkerFacts {
  readonly weights: string;
}
