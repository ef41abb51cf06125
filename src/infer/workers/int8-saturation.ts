import { InferenceSession, Tensor } from 'onnxruntime-node';

/** An ONNX graph with one node: c = MatMulInteger(a, b), of uint8 and int8. The test of this file writes the same bytes. */
export const productGraph = 'CAg6PgoYCgFhCgFiEgFjIg1NYXRNdWxJbnRlZ2VyEgFnWgkKAWESBAoCCAJaCQoBYhIECgIIA2IJCgFjEgQKAggGQgQKABAN';

/**
 * Whether products of uint8 activations and int8 weights saturate on this CPU. On x86-64 without VNNI or AMX, ONNX Runtime adds
 * pairs of products in 16 bits, and 255 · 127 · 2 does not fit. Multiplying is more reliable than CPU flags, which not every
 * system shows: it runs the same kernels as the model. Takes milliseconds.
 */
export async function doInt8ProductsSaturate(): Promise<boolean> {
  const session = await InferenceSession.create(Buffer.from(productGraph, 'base64'), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const { c } = await session.run({
      a: new Tensor('uint8', Uint8Array.of(255, 255), [1, 2]),
      b: new Tensor('int8', Int8Array.of(127, 127), [2, 1]),
    });
    return c?.data[0] !== 2 * 255 * 127;
  } finally {
    await session.release();
  }
}
