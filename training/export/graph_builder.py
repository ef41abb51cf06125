"""Builds ONNX graphs whose linear layers are int8: weights per output channel, activations per row, where a row is one token.

A post's result depends on neither the other posts of its batch nor the padding, down to the last bit. Quantization needs
that: a difference in the last bit of an activation can round to another int8 value, and so move the logits a thousand times as
far. Hence every activation has a scale of its own, and every float32 sum runs over a fixed number of values, or over tokens
in their order within a matrix multiplication, where the zeros of padding add nothing (see `attend`).
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

MICROSOFT = "com.microsoft"
OPSETS = {"": 20, MICROSOFT: 1}
IR_VERSION = 10
WEIGHT_MAX = 63
"""Largest absolute weight. Seven bits suffice (the model card has the figures), and x86 processors without VNNI add pairs of
products in 16 bits, which 255 · 63 · 2 does not overflow, so that every processor computes the same."""
ACTIVATION_MAX = 127
ZERO_POINT = 128
"""Activations are stored as uint8, for which ONNX Runtime has the fastest kernels; 128 stands for 0."""
TINY = 1e-6
"""Lower bound of the largest absolute value of a row, so that no scale is 0."""


def quantize_columns(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float32 [in, out] as int8 [in, out] and the scale of each column, float32 [out]."""
    scale = np.maximum(np.abs(weight).max(axis=0) / WEIGHT_MAX, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def quantize_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float32 [rows, width] as int8 [rows, width] and the scale of each row, float32 [rows, 1]. One scale for all words would
    be that of the largest value, and too coarse for the rest."""
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / ACTIVATION_MAX, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(table / scale).astype(np.int8), scale


class GraphBuilder:
    """Nodes and constants of a graph. Values are names; constants of the same name are stored once."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        """Of the names of values, so that graphs can be joined."""
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def integers(self, *values: int) -> str:
        """A constant of int64 [n]."""
        return self.constant(f"int64:{','.join(map(str, values))}", np.array(values, dtype=np.int64))

    def number(self, value: float) -> str:
        """A constant of float32 []."""
        return self.constant(f"float32:{value:g}", np.float32(value))

    def add(self, kind: str, *inputs: str, output: str | None = None, domain: str = "", **attributes) -> str:
        """Adds a node with one output, whose name it returns; `output` sets it."""
        name = output or f"{self.prefix}{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{self.prefix}node_{len(self.nodes)}", domain=domain, **attributes))
        return name

    def split(self, value: str, parts: int) -> list[str]:
        """[rows, parts · width] as that many values [rows, width]."""
        names = [f"{self.prefix}Split_{len(self.nodes)}_{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [value], names, name=f"{self.prefix}node_{len(self.nodes)}", axis=1, num_outputs=parts))
        return names

    def quantize(self, value: str) -> tuple[str, str]:
        """float32 [rows, width] as uint8 of that shape and the scale of each row [rows, 1]."""
        largest = self.add("ReduceMax", self.add("Abs", value), self.integers(1), keepdims=1)
        scale = self.add("Mul", self.add("Max", largest, self.number(TINY)), self.number(1 / ACTIVATION_MAX))
        scales = self.add("Reshape", scale, self.integers(-1))
        zero_points = self.add("Expand", self.constant("zero_points", np.array([ZERO_POINT], dtype=np.uint8)), self.add("Shape", scales))
        return self.add("QuantizeLinear", value, scales, zero_points, axis=0), scale

    def multiply(self, quantized: tuple[str, str], name: str, weight: np.ndarray) -> str:
        """The product, float32 [rows, out], of what `quantize` returned with a weight float32 [in, out], stored as
        `name`_quantized and `name`_scale."""
        activations, row_scale = quantized
        values, scale = quantize_columns(weight)
        product = self.add("MatMulIntegerToFloat", activations, self.constant(f"{name}_quantized", values), self.number(1),
                           self.constant(f"{name}_scale", scale), self.constant("zero_point", np.uint8(ZERO_POINT)), domain=MICROSOFT)
        return self.add("Mul", product, row_scale)

    def linear(self, quantized: tuple[str, str], name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """`multiply`, plus a bias float32 [out], stored as `name`.bias."""
        return self.add("Add", self.multiply(quantized, f"{name}.weight", weight), self.constant(f"{name}.bias", bias))

    def look_up(self, rows: str, name: str, table: np.ndarray) -> str:
        """Rows of a table float32 [words, width], stored as int8, by int64 indices of any shape."""
        values, scale = quantize_rows(table)
        whole = self.add("Cast", self.add("Gather", self.constant(f"{name}_quantized", values), rows), to=onnx.TensorProto.FLOAT)
        return self.add("Mul", whole, self.add("Gather", self.constant(f"{name}_scale", scale), rows))

    def model(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, "model", inputs, outputs, list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid(domain, version) for domain, version in OPSETS.items()],
                                  ir_version=IR_VERSION, producer_name="feedpulse")
        onnx.checker.check_model(model)
        return model
