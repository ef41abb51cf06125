"""Write a packaged int8 model as PyTorch weights, for Hugging Face Transformers, and check that the predictions agree.

    python -m training.export.to_pytorch --model models/distilbert-social-en --out training/.work/pytorch

Weights are what their int8 values stand for, so they are those that run. Only activations are not quantized here, which
moves scores by a hundredth or two in the mean. Both must predict the checklist posts alike up to this difference.

--as-trained then undoes the --balance of export_onnx.py, for weights that are to be trained further and exported again.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from transformers import AutoConfig, DistilBertForSequenceClassification

from training.data.labeled_file import log_frequencies
from training.evaluate.checklist_cases import checklist
from training.evaluate.evaluate import predict, probabilities
from training.evaluate.torch_inference import predict_logits

MEAN_GAP = 0.03
"""Maximum mean difference of probabilities; batch composition shifts int8 predictions by as much."""
AGREEMENT = 0.97
"""Minimum fraction of posts with the same label."""


class Graph:
    """Initializers and edges of an ONNX graph."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.values = {value.name: numpy_helper.to_array(value) for value in graph.initializer}
        self.producers = {output: node for node in graph.node for output in node.output}
        self.nodes = graph.node

    def whole(self, name: str) -> torch.Tensor:
        """A quantized tensor as float32: (value − zero point) · scale, with one scale per tensor, column, or embedding row."""
        value, scale = (self.values[f"{name}_{part}"].astype(np.float32) for part in ("quantized", "scale"))
        zero = self.values.get(f"{name}_zero_point", np.zeros(1)).astype(np.float32)
        return torch.from_numpy((value - zero) * scale)

    def weight_before(self, name: str) -> torch.Tensor:
        """Quantized matrix [in, out] of the closest MatMulInteger before a value."""
        node = self.producers[name]
        if node.op_type == "MatMulInteger":
            return self.whole(node.input[1].removesuffix("_quantized"))
        return self.weight_before(next(given for given in node.input if given in self.producers))


def state_of(graph: Graph) -> dict[str, torch.Tensor]:
    """All weights, with the names of Transformers."""
    state = {name: torch.from_numpy(value.copy()) for name, value in graph.values.items() if name.endswith((".weight", ".bias"))}
    for name in ("embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"):
        state[name] = graph.whole(name)
    for node in graph.nodes:
        bias = next((given for given in node.input if given.endswith(".bias")), None)
        if node.op_type == "Add" and bias:
            weight = graph.weight_before(next(given for given in node.input if given != bias))
            state[bias.removesuffix("bias") + "weight"] = weight.T.contiguous()
    return {renamed(name): value for name, value in state.items()}


def renamed(name: str) -> str:
    """`layers.0.…` of the exported computation is `distilbert.transformer.layer.0.…`."""
    if name.startswith("layers."):
        return name.replace("layers.", "distilbert.transformer.layer.", 1)
    return f"distilbert.{name}" if name.startswith("embeddings.") else name


def unbalance(model: DistilBertForSequenceClassification, manifest: dict) -> None:
    """Undoes the logit adjustment of export_onnx.py, as the manifest's `training` records it."""
    training = manifest.get("training")
    if not training:
        raise SystemExit("the manifest does not say how the model was trained, so --as-trained cannot undo its class balance")
    with torch.no_grad():
        model.classifier.bias += training["balance"] * torch.tensor(log_frequencies(training["classes"]))


def write_folder(model: DistilBertForSequenceClassification, tokenizer: Path, out: Path) -> None:
    """Weights, config, and the tokenizer of the packaged model."""
    model.save_pretrained(out)
    for name in ("tokenizer_config.json", "tokenizer.json"):
        shutil.copy(tokenizer / name, out / name)


def check_predictions(model: DistilBertForSequenceClassification, packaged: Path, temperature: float) -> None:
    """Exits unless both predict the checklist posts alike."""
    texts = sorted({text for cases in checklist().values() for case in cases for text in case.texts})
    int8 = probabilities(predict(packaged / "onnx" / "model_quantized.onnx", Tokenizer.from_file(str(packaged / "tokenizer.json")), texts), temperature)
    with tempfile.TemporaryDirectory() as folder:
        write_folder(model, packaged, Path(folder))
        own = probabilities(predict_logits(Path(folder), texts), temperature)
    gaps = np.abs(int8 - own)
    agreement, mean_gap = float((int8.argmax(axis=1) == own.argmax(axis=1)).mean()), float(gaps.mean())
    print(json.dumps({"posts": len(texts), "sameLabel": round(agreement, 4), "meanGap": round(mean_gap, 4), "largestGap": round(float(gaps.max()), 4)}))
    if agreement < AGREEMENT or mean_gap > MEAN_GAP:
        raise SystemExit(f"the models differ more than activation quantization explains: {agreement:.1%} same labels, mean difference {mean_gap:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="packaged model directory")
    parser.add_argument("--as-trained", action="store_true", help="undo the class balance of the export")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    manifest = json.loads((args.model / "manifest.json").read_text())
    model = DistilBertForSequenceClassification(AutoConfig.from_pretrained(args.model)).eval()
    model.load_state_dict(state_of(Graph(onnx.load(args.model / "onnx" / "model_quantized.onnx").graph)))
    check_predictions(model, args.model, manifest["temperature"])
    if args.as_trained:
        unbalance(model, manifest)
    write_folder(model, args.model, args.out)


if __name__ == "__main__":
    main()
