"""The graphs of the student: embeddings and lower layers with the exit, and upper layers with the classifier. For weights as
Hugging Face Transformers names them, and graph_builder.py's int8.

Hidden states are [batch · tokens, width] inside a graph and [batch, tokens, width] between the two. Inputs of the attention and of
the feed-forward network have outliers in a few channels, the same ones in every post: a fixed scale suits them once those channels
are folded into the weights. Outliers of GELU are rare and anywhere, so its output has a scale per row.
"""

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import TensorProto, helper

from training.export.graph_builder import MICROSOFT, GraphBuilder, Quantized, fixed_scale

MASKED = 10_000.0
"""Subtracted from the attention scores of padding: exp of the rest is 0 in float32."""
EPSILON = 1e-12
"""Of layer normalization in BERT."""
Weights = Mapping[str, np.ndarray]
"""float32, by the names of Transformers."""
Ranges = Mapping[str, np.ndarray]
"""Of calibrate.py."""


class EncoderGraph:
    """Part of the network under construction."""

    def __init__(self, prefix: str, weights: Weights, ranges: Ranges, heads: int) -> None:
        self.build, self.weights, self.ranges, self.head_count = GraphBuilder(prefix), weights, ranges, heads
        self.width = weights["pre_classifier.weight"].shape[0]
        self.head_width = self.width // heads
        build = self.build
        shape = build.add("Shape", "attention_mask")
        self.sequences = build.add("Concat", shape, build.integers(self.width), axis=0)
        self.heads = build.add("Concat", shape, build.integers(heads, self.head_width), axis=0)
        self.tokens = build.add("Slice", shape, build.integers(1), build.integers(2))
        mask = build.add("Cast", "attention_mask", to=TensorProto.FLOAT)
        self.mask_bias = build.add("Unsqueeze", build.add("Mul", build.add("Sub", mask, build.number(1.0)), build.number(MASKED)), build.integers(1, 2))
        # Two equal columns: a matrix multiplication with one column may add in an order that depends on the number of rows.
        self.ones = build.add("Expand", build.add("Unsqueeze", mask, build.integers(1, 3)), build.integers(1, 1, 1, 2))

    def flat(self, value: str) -> str:
        return self.build.add("Reshape", value, self.build.integers(-1, self.width))

    def first(self, value: str, count: int) -> str:
        """The first tokens [batch · count, width] of each row of [batch · tokens, width]."""
        build = self.build
        rows = build.add("Reshape", value, self.sequences)
        return self.flat(build.add("Slice", rows, build.integers(0), build.integers(count), build.integers(1)))

    def normalize(self, value: str, name: str) -> str:
        build, weights = self.build, self.weights
        scale, bias = (build.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return build.add("LayerNormalization", value, scale, bias, epsilon=EPSILON)

    def weight(self, name: str) -> np.ndarray:
        """Of a linear layer, [in, out]."""
        return self.weights[f"{name}.weight"].T

    def linear(self, activations: Quantized, name: str, fold: np.ndarray | None = None, factor: float | np.ndarray = 1.0) -> str:
        """A linear layer of Transformers, on activations divided by `fold` [in], with outputs multiplied by `factor`, a number or [out]."""
        weight = self.weight(name) if fold is None else self.weight(name) * fold[:, None]
        return self.build.linear(activations, name, weight * np.float32(factor), self.weights[f"{name}.bias"] * np.float32(factor))

    def attention(self, layer: str, hidden: str, first: str | None = None) -> str:
        """The output of a layer's attention for all tokens, or for the first of each post if `first` holds the first two."""
        build, name, index = self.build, f"{layer}.attention", layer.rpartition(".")[2]
        inner = fixed_scale(self.ranges[f"{index}.input"], [self.weight(f"{name}.{part}_lin") for part in "qkv"])
        outer = fixed_scale(self.ranges[f"{index}.context"], [self.weight(f"{name}.out_lin")])
        inputs = build.quantize_fixed(hidden, name, inner)
        asking = build.quantize_fixed(first, name, inner) if first else inputs
        # Queries divided by the square root of the width of a head, so that scores need not be.
        query = self.linear(asking, f"{name}.q_lin", inner.fold, self.head_width**-0.5)
        key = self.linear(inputs, f"{name}.k_lin", inner.fold)
        # The context is a weighted mean of values, so its channels are divided if those of the values are.
        value = self.linear(inputs, f"{name}.v_lin", inner.fold, 1 / outer.fold)
        heads = build.integers(-1, 2, self.head_count, self.head_width) if first else self.heads
        context = self.attend(query, key, value, heads)
        if first:
            pairs = build.add("Reshape", context, build.integers(-1, 2, self.width))
            context = self.flat(build.add("Slice", pairs, build.integers(0), build.integers(1), build.integers(1)))
        return self.linear(build.quantize_fixed(context, f"{name}.out_lin", outer, is_folded=True), f"{name}.out_lin", outer.fold)

    def attend(self, query: str, key: str, value: str, heads: str) -> str:
        """Context [rows of query, width]. `heads` is the shape of the queries: batch, tokens, heads, width of a head.

        Not ONNX's Softmax, whose sum over the tokens is vectorized, so that its order depends on the width of the batch:
        a matrix multiplication with ones adds token by token."""
        build = self.build
        queries = build.add("Transpose", build.add("Reshape", query, heads), perm=[0, 2, 1, 3])
        keys = build.add("Transpose", build.add("Reshape", key, self.heads), perm=[0, 2, 3, 1])
        values = build.add("Transpose", build.add("Reshape", value, self.heads), perm=[0, 2, 1, 3])
        scores = build.add("Add", build.add("MatMul", queries, keys), self.mask_bias)
        powers = build.add("Exp", build.add("Sub", scores, build.add("ReduceMax", scores, build.integers(-1), keepdims=1)))
        total = build.add("Slice", build.add("MatMul", powers, self.ones), build.integers(0), build.integers(1), build.integers(3))
        context = build.add("Div", build.add("MatMul", powers, values), total)
        return self.flat(build.add("Transpose", context, perm=[0, 2, 1, 3]))

    def feed_forward(self, layer: str, hidden: str, attended: str) -> str:
        """The rest of a layer, from its input and the output of its attention."""
        build, index = self.build, layer.rpartition(".")[2]
        middle = self.normalize(build.add("Add", attended, hidden), f"{layer}.sa_layer_norm")
        scale = fixed_scale(self.ranges[f"{index}.middle"], [self.weight(f"{layer}.ffn.lin1")])
        raised = self.linear(build.quantize_fixed(middle, f"{layer}.ffn", scale), f"{layer}.ffn.lin1", scale.fold)
        lowered = self.linear(build.quantize_one_sided(build.add("Gelu", raised, domain=MICROSOFT)), f"{layer}.ffn.lin2")
        return self.normalize(build.add("Add", lowered, middle), f"{layer}.output_layer_norm")

    def layer(self, hidden: str, index: int) -> str:
        layer = f"distilbert.transformer.layer.{index}"
        return self.feed_forward(layer, hidden, self.attention(layer, hidden))

    def last_layer(self, hidden: str, index: int) -> str:
        """The last layer for [CLS] only, [batch, width]: the classifier reads nothing else. Keys and values need every token.
        Two queries, of which one is used: with one, a matrix multiplication may add in another order than with several."""
        layer = f"distilbert.transformer.layer.{index}"
        return self.feed_forward(layer, self.first(hidden, 1), self.attention(layer, hidden, self.first(hidden, 2)))

    def embed(self) -> str:
        build, name = self.build, "distilbert.embeddings"
        words = build.look_up("input_ids", f"{name}.word_embeddings.weight", self.weights[f"{name}.word_embeddings.weight"])
        positions = build.add("Range", build.constant("first", np.int64(0)), build.add("Squeeze", self.tokens), build.constant("step", np.int64(1)))
        places = build.look_up(positions, f"{name}.position_embeddings.weight", self.weights[f"{name}.position_embeddings.weight"])
        return self.flat(self.normalize(build.add("Add", words, places), f"{name}.LayerNorm"))

    def classify(self, first: str, output: str, head: str = "") -> None:
        """Logits [batch, labels] of [CLS] [batch, width]. The last product is a sum over each row of its own, because a matrix
        multiplication of one row may add in another order than one of several."""
        build = self.build
        middle = build.add("Relu", self.linear(build.quantize_rows(first), f"{head}pre_classifier"))
        weight, bias = (build.constant(f"{head}classifier.{part}", self.weights[f"{head}classifier.{part}"]) for part in ("weight", "bias"))
        products = build.add("Mul", build.add("Unsqueeze", middle, build.integers(1)), weight)
        build.add("Add", build.add("ReduceSum", products, build.integers(-1), keepdims=0), bias, output=output)


def tensor(name: str, kind: int, *sizes: str | int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, sizes)


def build_lower(weights: Weights, ranges: Ranges, layers: int, heads: int) -> onnx.ModelProto:
    """input_ids, attention_mask int64 [batch, tokens] → hidden float32 [batch, tokens, width] after that many layers; with an
    exit among the weights (`exit.…`), also exit_logits float32 [batch, labels]."""
    graph = EncoderGraph("lower.", weights, ranges, heads)
    hidden = graph.embed()
    for index in range(layers):
        hidden = graph.layer(hidden, index)
    outputs = [tensor("hidden", TensorProto.FLOAT, "batch", "tokens", graph.width)]
    if "exit.classifier.weight" in weights:
        graph.classify(graph.first(hidden, 1), "exit_logits", "exit.")
        outputs.append(tensor("exit_logits", TensorProto.FLOAT, "batch", weights["classifier.bias"].size))
    graph.build.add("Reshape", hidden, graph.sequences, output="hidden")
    return graph.build.model([tensor(name, TensorProto.INT64, "batch", "tokens") for name in ("input_ids", "attention_mask")], outputs)


def build_upper(weights: Weights, ranges: Ranges, first: int, layers: int, heads: int) -> onnx.ModelProto:
    """hidden float32 [batch, tokens, width], attention_mask int64 [batch, tokens] → logits float32 [batch, labels]: the layers
    from `first` on, of all `layers`, and the classifier."""
    graph = EncoderGraph("upper.", weights, ranges, heads)
    hidden = graph.flat("hidden")
    for index in range(first, layers - 1):
        hidden = graph.layer(hidden, index)
    graph.classify(graph.last_layer(hidden, layers - 1), "logits")
    inputs = [tensor("hidden", TensorProto.FLOAT, "batch", "tokens", graph.width), tensor("attention_mask", TensorProto.INT64, "batch", "tokens")]
    return graph.build.model(inputs, [tensor("logits", TensorProto.FLOAT, "batch", weights["classifier.bias"].size)])


def join(lower: onnx.ModelProto, upper: onnx.ModelProto) -> onnx.ModelProto:
    """One graph of both, input_ids, attention_mask → logits, without the exit."""
    constants = {value.name: value for model in (lower, upper) for value in model.graph.initializer}
    nodes = [*lower.graph.node, *upper.graph.node]
    needed, kept = {"logits"}, []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            kept.insert(0, node)
            needed.update(node.input)
    graph = helper.make_graph(kept, "model", lower.graph.input, upper.graph.output, [value for name, value in constants.items() if name in needed])
    joined = helper.make_model(graph, opset_imports=lower.opset_import, ir_version=lower.ir_version, producer_name="feedpulse")
    onnx.checker.check_model(joined)
    return joined
