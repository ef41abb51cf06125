"""Builds ONNX graphs whose linear layers are int8: weights with a scale per output channel, activations with a fixed scale or
one per row, where a row is one token.

A post's result depends on neither the other posts of its batch nor the padding, to the last bit. Quantization needs that:
a difference in the last bit of an activation can round to another int8 value and so grow a thousandfold. Hence no scale is
shared with other posts, and every float32 sum runs over a fixed number of values, or over tokens in their order within a
matrix multiplication, where the zeros of padding add nothing (`attend` in encoder_graph.py).
"""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import helper, numpy_helper

MICROSOFT = "com.microsoft"
OPSETS = {"": 20, MICROSOFT: 1}
IR_VERSION = 10
WEIGHT_MAX = 63
"""Largest absolute weight. x86 processors without VNNI add pairs of products in 16 bits, which 255 · 63 · 2 does not overflow, so
that every processor computes the same; the eighth bit measured no better."""
BYTE_MAX = 255
ROW_ZERO_POINT, ROW_MAX = 128, 127
"""Activations are uint8, for which ONNX Runtime has the fastest kernels. With a scale per row, 128 stands for 0."""
ONE_SIDED_ZERO_POINT = 10
"""For the output of GELU, whose smallest value is −0.17."""
GELU_MIN = 0.17
TINY = 1e-6
"""Lower bound of the largest absolute value of a row, so that no scale is 0."""


@dataclass(frozen=True)
class Quantized:
    """uint8 [rows, width] with a zero point, all names of values."""

    values: str
    zero_point: str
    fixed_scale: str | None = None
    row_scales: str | None = None
    """[rows, 1], if there is no fixed scale."""


@dataclass(frozen=True)
class FixedScale:
    """Quantization of activations of known range. Channels are divided by `fold` first, and the rows of the weight multiplied,
    which leaves the product unchanged and takes outliers from the activations (SmoothQuant, Xiao et al. 2023)."""

    fold: np.ndarray
    """float32 [width]"""
    scale: np.float32
    zero_point: np.uint8


def fixed_scale(ranges: np.ndarray, weights: list[np.ndarray]) -> FixedScale:
    """For activations with the smallest and largest value per channel `ranges` [2, width], multiplied by `weights`, each [width, out]:
    fold = √(max |activation| / max |weight|) per channel, SmoothQuant's with α = 0.5, about a geometric mean of 1."""
    activation_max = np.maximum(np.abs(ranges).max(axis=0), 1e-3)
    weight_max = np.maximum(np.max([np.abs(weight).max(axis=1) for weight in weights], axis=0), 1e-4)
    fold = np.sqrt(activation_max / weight_max)
    fold = np.maximum(fold / np.exp(np.log(fold).mean()), 1e-2).astype(np.float32)
    low, high = min(0.0, (ranges[0] / fold).min()), max(0.0, (ranges[1] / fold).max())
    scale = np.float32((high - low) / BYTE_MAX)
    return FixedScale(fold, scale, np.uint8(np.rint(-low / scale)))


def quantize_columns(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float32 [in, out] as int8 [in, out] and the scale of each column, float32 [out]."""
    scale = np.maximum(np.abs(weight).max(axis=0) / WEIGHT_MAX, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def quantize_table(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float32 [rows, width] as int8 [rows, width] and the scale of each row, float32 [rows, 1]. One scale for all words would
    be that of the largest value, and too coarse for the rest."""
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, np.finfo(np.float32).tiny).astype(np.float32)
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
        return self.constant(f"float32:{value!r}", np.float32(value))

    def byte(self, value: int) -> str:
        """A constant of uint8 []."""
        return self.constant(f"uint8:{value}", np.uint8(value))

    def add(self, kind: str, *inputs: str, output: str | None = None, domain: str = "", **attributes) -> str:
        """Adds a node with one output, whose name it returns; `output` sets it."""
        name = output or f"{self.prefix}{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{self.prefix}node_{len(self.nodes)}", domain=domain, **attributes))
        return name

    def quantize_fixed(self, value: str, name: str, scale: FixedScale, is_folded: bool = False) -> Quantized:
        """float32 [rows, width] with a fixed scale, stored as `name`_activation_… `is_folded`: the channels are divided already."""
        if not is_folded:
            value = self.add("Mul", value, self.constant(f"{name}_activation_unfold", 1 / scale.fold))
        step = self.constant(f"{name}_activation_scale", scale.scale)
        zero_point = self.byte(int(scale.zero_point))
        return Quantized(self.add("QuantizeLinear", value, step, zero_point), zero_point, fixed_scale=step)

    def quantize_rows(self, value: str) -> Quantized:
        """float32 [rows, width] with a scale per row."""
        largest = self.add("ReduceMax", self.add("Abs", value), self.integers(1), keepdims=1)
        return self.quantize_by(value, self.add("Max", largest, self.number(TINY)), ROW_MAX, ROW_ZERO_POINT)

    def quantize_one_sided(self, value: str) -> Quantized:
        """float32 [rows, width] of GELU with a scale per row, with nearly all steps for positive values."""
        steps = BYTE_MAX - ONE_SIDED_ZERO_POINT
        largest = self.add("ReduceMax", value, self.integers(1), keepdims=1)
        return self.quantize_by(value, self.add("Max", largest, self.number(GELU_MIN / ONE_SIDED_ZERO_POINT * steps)), steps, ONE_SIDED_ZERO_POINT)

    def quantize_by(self, value: str, largest: str, steps: int, zero_point: int) -> Quantized:
        """`largest` [rows, 1] becomes `steps` above the zero point."""
        scales = self.add("Mul", largest, self.number(1 / steps))
        vector = self.add("Reshape", scales, self.integers(-1))
        zero_points = self.add("Expand", self.constant(f"uint8:[{zero_point}]", np.array([zero_point], dtype=np.uint8)), self.add("Shape", vector))
        return Quantized(self.add("QuantizeLinear", value, vector, zero_points, axis=0), self.byte(zero_point), row_scales=scales)

    def linear(self, activations: Quantized, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """float32 [rows, out]: the product with a weight float32 [in, out], stored as `name`.weight_quantized and `name`.weight_scale,
        plus a bias float32 [out], stored as `name`.bias."""
        values, scale = quantize_columns(weight)
        weight_values, weight_scale = self.constant(f"{name}.weight_quantized", values), self.constant(f"{name}.weight_scale", scale)
        bias_value = self.constant(f"{name}.bias", bias)
        if activations.fixed_scale:
            return self.add("MatMulIntegerToFloat", activations.values, weight_values, activations.fixed_scale, weight_scale, activations.zero_point, "",
                            bias_value, domain=MICROSOFT)
        product = self.add("MatMulIntegerToFloat", activations.values, weight_values, self.number(1.0), weight_scale, activations.zero_point, domain=MICROSOFT)
        return self.add("Add", self.add("Mul", product, activations.row_scales), bias_value)

    def look_up(self, rows: str, name: str, table: np.ndarray) -> str:
        """Rows of a table float32 [words, width], stored as int8, by int64 indices of any shape."""
        values, scale = quantize_table(table)
        whole = self.add("Cast", self.add("Gather", self.constant(f"{name}_quantized", values), rows), to=onnx.TensorProto.FLOAT)
        return self.add("Mul", whole, self.add("Gather", self.constant(f"{name}_scale", scale), rows))

    def model(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, "model", inputs, outputs, list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid(domain, version) for domain, version in OPSETS.items()],
                                  ir_version=IR_VERSION, producer_name="feedpulse")
        onnx.checker.check_model(model)
        return model
