"""Quantise an ONNX model to int8: weights per channel ahead of time, activations while it runs.

    python quantise.py --model .work/onnx/model.onnx --out .work/onnx/model_quantized.onnx
"""

import argparse
import tempfile
from pathlib import Path

from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        # Folding constants lets MatMuls see their weights. The graph is not fused: fused attention ran slower here.
        quant_pre_process(args.model, prepared, skip_optimization=False, skip_symbolic_shape=True)
        quantize_dynamic(prepared, args.out, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm", "Gather"])
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
