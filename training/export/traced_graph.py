"""Weights of a graph that was traced by PyTorch and quantized by ONNX Runtime, as in models up to version 1.2."""

import numpy as np
import onnx
from onnx import numpy_helper


class Graph:
    """Initializers and edges of an ONNX graph."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.values = {value.name: numpy_helper.to_array(value) for value in graph.initializer}
        self.producers = {output: node for node in graph.node for output in node.output}
        self.nodes = graph.node

    def whole(self, name: str) -> np.ndarray:
        """A quantized tensor as float32: (value − zero point) · scale, with one scale per tensor, column, or embedding row."""
        value, scale = (self.values[f"{name}_{part}"].astype(np.float32) for part in ("quantized", "scale"))
        zero = self.values.get(f"{name}_zero_point", np.zeros(1)).astype(np.float32)
        return (value - zero) * scale

    def weight_before(self, name: str) -> np.ndarray:
        """Quantized matrix [in, out] of the closest MatMulInteger before a value."""
        node = self.producers[name]
        if node.op_type == "MatMulInteger":
            return self.whole(node.input[1].removesuffix("_quantized"))
        return self.weight_before(next(given for given in node.input if given in self.producers))


def traced_weights(graph: Graph) -> dict[str, np.ndarray]:
    """All weights, with the names of Transformers."""
    state = {name: value for name, value in graph.values.items() if name.endswith((".weight", ".bias"))}
    for name in ("embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"):
        state[name] = graph.whole(name)
    for node in graph.nodes:
        bias = next((given for given in node.input if given.endswith(".bias")), None)
        if node.op_type == "Add" and bias:
            weight = graph.weight_before(next(given for given in node.input if given != bias))
            state[bias.removesuffix("bias") + "weight"] = weight.T
    return {renamed(name): value for name, value in state.items()}


def renamed(name: str) -> str:
    """`layers.0.…` of the exported computation is `distilbert.transformer.layer.0.…`."""
    if name.startswith("layers."):
        return name.replace("layers.", "distilbert.transformer.layer.", 1)
    return f"distilbert.{name}" if name.startswith("embeddings.") else name
