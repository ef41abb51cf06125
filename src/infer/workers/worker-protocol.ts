import type { PaddedBatch } from './pad-batch.ts';

/** What a worker thread starts with. */
export interface WorkerOptions {
  /** Path of the ONNX file. */
  readonly weights: string;
  /** Logits that the model gives for each row. */
  readonly classes: number;
}

/** What a worker is told: a batch to score, or to end once it has answered every batch before. */
export type WorkerRequest = ({ readonly kind: 'batch'; readonly id: number } & PaddedBatch) | { readonly kind: 'end' };

/** What a worker says: once that its session is loaded, then an answer to each batch, in order. */
export type WorkerResponse =
  | { readonly kind: 'ready' }
  /** One logit a class for each row. */
  | { readonly kind: 'logits'; readonly id: number; readonly logits: Float32Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };
