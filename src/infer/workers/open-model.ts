import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { CascadeParts } from './cascade.ts';
import type { RunWhole } from './model-runner.ts';
import type { PaddedBatch, WorkerOptions } from './worker-protocol.ts';

export interface OpenedModel {
  readonly graphs: { readonly whole: RunWhole } | CascadeParts;
  release(): Promise<void>;
}

/**
 * Opens the ONNX files of a model.
 * @param exactProducts use the slower int8 products that do not saturate, for CPUs on which `doInt8ProductsSaturate`
 */
export async function openModel(
  { files, disabledOptimizers, calibration, exit }: WorkerOptions,
  exactProducts: boolean,
): Promise<OpenedModel> {
  const sessions: InferenceSession[] = [];
  for (const file of files) sessions.push(await openSession(file, disabledOptimizers, exactProducts));
  const [first, second] = sessions;
  if (!first) throw new Error('a model has at least one ONNX file');
  if (exit && !first.outputNames.includes('exit_logits')) throw new Error('the lower layers have no output `exit_logits`');
  const classes = calibration.labels.length;
  return {
    graphs: second ? { lower: lowerPart(first, classes), upper: upperPart(second, classes) } : { whole: wholeGraph(first, classes) },
    release: async () => {
      for (const session of sessions) await session.release();
    },
  };
}

/** `run` blocks the thread that calls it; two single-threaded sessions are faster than one session with two threads. */
function openSession(file: string, disabledOptimizers: readonly string[], exactProducts: boolean): Promise<InferenceSession> {
  return InferenceSession.create(file, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    enableMemPattern: false, // plans memory per input shape, and shapes rarely repeat
    logSeverityLevel: 4, // errors are also thrown, and the caller logs them
    extra: {
      optimization: { disable_specified_optimizers: disabledOptimizers.join(';') },
      session: { x64quantprecision: exactProducts ? '1' : '0' },
    },
  });
}

function wholeGraph(session: InferenceSession, classes: number): RunWhole {
  // BERT takes segment ids, which are all 0 for a single text. DistilBERT and RoBERTa do not have this input.
  const needsSegmentIds = session.inputNames.includes('token_type_ids');
  return async (batch) => {
    const inputs = tokenInputs(batch);
    const { dims, size } = inputs.input_ids;
    const segmentIds = needsSegmentIds && { token_type_ids: new Tensor('int64', new BigInt64Array(size), dims) };
    return floatOutput(await session.run({ ...inputs, ...segmentIds }), 'logits', [batch.lengths.length, classes]);
  };
}

function lowerPart(session: InferenceSession, classes: number): CascadeParts['lower'] {
  const hasExit = session.outputNames.includes('exit_logits');
  const noLogits = new Float32Array(0);
  return async (batch) => {
    const outputs = await session.run(tokenInputs(batch));
    const rows = batch.lengths.length;
    const stateSize = outputs['hidden']?.dims[2] ?? 0;
    return {
      hidden: floatOutput(outputs, 'hidden', [rows, batch.width, stateSize]),
      stateSize,
      exitLogits: hasExit ? floatOutput(outputs, 'exit_logits', [rows, classes]) : noLogits,
    };
  };
}

function upperPart(session: InferenceSession, classes: number): CascadeParts['upper'] {
  return async ({ rows, width, stateSize, hidden, attentionMask }) => {
    const outputs = await session.run({
      hidden: new Tensor('float32', hidden, [rows, width, stateSize]),
      attention_mask: new Tensor('int64', attentionMask, [rows, width]),
    });
    return floatOutput(outputs, 'logits', [rows, classes]);
  };
}

function tokenInputs({ lengths, width, inputIds, attentionMask }: PaddedBatch) {
  const shape = [lengths.length, width];
  return { input_ids: new Tensor('int64', inputIds, shape), attention_mask: new Tensor('int64', attentionMask, shape) };
}

/** @throws if the output is absent or has another type or shape */
function floatOutput(outputs: InferenceSession.ReturnType, name: string, shape: readonly number[]): Float32Array {
  const tensor = outputs[name];
  if (tensor?.data instanceof Float32Array && String(tensor.dims) === String(shape)) return tensor.data;
  throw new Error(`the model has no float32 output \`${name}\` of shape [${shape.join(', ')}]`);
}
