"""Quantize an ONNX model to int8: weights per channel and embeddings per row ahead of time, activations at run time.

    python -m training.export.quantize --model training/.work/onnx/model.onnx --out training/.work/onnx/model_quantized.onnx
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

INT8_MAX = 127


def quantize_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float32 [rows, width] as int8 [rows, width] and the scale of each row, float32 [rows, 1]."""
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / INT8_MAX, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(table / scale).astype(np.int8), scale


def quantize_embeddings(model: onnx.ModelProto) -> None:
    """Quantizes each embedding table in place, per row. ONNX Runtime's own quantizer uses one scale for all 30,000 words, which the
    largest value determines and which is too coarse for the rest."""
    graph = model.graph
    tables = {value.name: value for value in graph.initializer if value.data_type == onnx.TensorProto.FLOAT and len(value.dims) == 2}
    nodes = []
    for node in graph.node:
        if node.op_type != "Gather" or node.input[0] not in tables:
            nodes.append(node)
            continue
        (name, rows), (out,) = node.input, node.output
        numbers, scale = quantize_rows(numpy_helper.to_array(tables[name]))
        graph.initializer.remove(tables[name])
        graph.initializer.extend([numpy_helper.from_array(numbers, f"{name}_quantized"), numpy_helper.from_array(scale, f"{name}_scale")])
        nodes += [
            helper.make_node("Gather", [f"{name}_quantized", rows], [f"{out}_quantized"]),
            helper.make_node("Gather", [f"{name}_scale", rows], [f"{out}_scale"]),
            helper.make_node("Cast", [f"{out}_quantized"], [f"{out}_cast"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Mul", [f"{out}_cast", f"{out}_scale"], [out]),
        ]
    del graph.node[:]
    graph.node.extend(nodes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        # Constant folding exposes the weights of MatMuls. The graph is not fused: fused attention ran slower here.
        quant_pre_process(args.model, prepared, skip_optimization=False, skip_symbolic_shape=True)
        quantize_dynamic(prepared, args.out, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"])
    model = onnx.load(args.out)
    quantize_embeddings(model)
    onnx.checker.check_model(model)
    onnx.save(model, args.out)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
