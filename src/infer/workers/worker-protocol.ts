import { join } from 'node:path';
import type { Calibration } from '../model/calibrate.ts';
import { onnxFiles } from '../model/manifest.ts';
import type { ModelInfo } from '../model/model.ts';

/** Start-up options of a worker thread. */
export interface WorkerOptions {
  /** Paths of the ONNX files, in the order in which they run: the whole model, or its lower and upper layers. */
  readonly files: readonly string[];
  /** Names of ONNX Runtime's graph optimizers that do not run. */
  readonly disabledOptimizers: readonly string[];
  readonly calibration: Calibration;
  /** If undefined, every post runs through the upper layers. */
  readonly exit: { readonly threshold: number; readonly calibration: Calibration } | undefined;
}

/** Worker options of a model. If `earlyExit` is off, every post runs through all layers. */
export function toWorkerOptions(model: ModelInfo, earlyExit: boolean): WorkerOptions {
  const calibrate = (temperature: number): Calibration => ({ labels: model.labels, temperature });
  const exit = model.format === 2 && earlyExit ? model.graph.exit : undefined;
  return {
    files: onnxFiles(model).map((file) => join(model.dir, file)),
    disabledOptimizers: model.session.disabledOptimizers,
    calibration: calibrate(model.temperature),
    exit: exit && { threshold: exit.threshold, calibration: calibrate(exit.temperature) },
  };
}

/** Message to a worker: score a batch, or exit after all earlier batches. */
export type WorkerRequest = ({ readonly kind: 'batch'; readonly id: number } & PaddedBatch) | { readonly kind: 'end' };

/** Message from a worker: `ready` once its sessions are loaded; then for each batch either a result or a failure. */
export type WorkerResponse =
  | { readonly kind: 'ready' }
  /** Some posts of the batch wait for the upper layers, and the worker can take another batch. The result follows. */
  | { readonly kind: 'parked'; readonly id: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: BatchResult }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };

/** The model's output for a batch. */
export interface BatchResult {
  /** Calibrated, of shape [rows, 3]: negative, neutral, positive. */
  readonly probabilities: Float64Array<ArrayBuffer>;
  /** Number of rows that left the model early. */
  readonly exits: number;
  /** How long the model, or its lower layers, ran. */
  readonly ms: number;
}

/** ONNX inputs of shape [rows, width]: token ids, and a mask that is 1 for tokens and 0 for padding. */
export interface PaddedBatch {
  /** Tokens of each row. */
  readonly lengths: readonly number[];
  /** Tokens of the longest row. */
  readonly width: number;
  readonly inputIds: BigInt64Array<ArrayBuffer>;
  readonly attentionMask: BigInt64Array<ArrayBuffer>;
}

/** Pads rows of token ids to the longest row with 0, BERT's [PAD]. */
export function padBatch(rows: readonly (readonly number[])[]): PaddedBatch {
  const lengths = rows.map(({ length }) => length);
  const width = Math.max(0, ...lengths);
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
  return { lengths, width, inputIds, attentionMask };
}
