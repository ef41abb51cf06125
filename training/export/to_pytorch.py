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
from safetensors.torch import save_file
from transformers import AutoConfig, DistilBertForSequenceClassification

from training.data.labeled_file import log_frequencies
from training.evaluate.cascade import probabilities
from training.evaluate.checklist_cases import checklist
from training.evaluate.evaluate import predict
from training.evaluate.onnx_inference import open_tokenizer, packaged_weights
from training.evaluate.torch_inference import predict_logits
from training.export.layout import EXIT_FILE, LOWER, UPPER
from training.export.traced_graph import Graph, traced_weights

MEAN_GAP = 0.03
"""Maximum mean difference of probabilities."""
AGREEMENT = 0.97
"""Minimum fraction of posts with the same label."""


def dequantize(constants: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A quantized tensor as float32: value · scale, with one scale per column, or per embedding row."""
    return constants[f"{name}_quantized"].astype(np.float32) * constants[f"{name}_scale"]


def weights_of(constants: dict[str, np.ndarray], heads: int) -> dict[str, np.ndarray]:
    """All weights of graphs that build_graphs.py wrote, with the names of Transformers, and those of the exit as `exit.…`. Values
    and output projections of the attention keep the factors that cancel between them."""
    weights = {name: value for name, value in constants.items() if name.endswith((".weight", ".bias"))}
    for name in (name.removesuffix("_quantized") for name in constants if name.endswith("_quantized")):
        weights[name] = dequantize(constants, name) if "embeddings" in name else dequantize(constants, name).T
    for name in weights:
        module, _, kind = name.rpartition(".")
        unfold = constants.get(f"{module.rpartition('.')[0]}_activation_unfold")
        if unfold is not None and kind == "weight" and module.endswith(("q_lin", "k_lin", "v_lin", "lin1")):
            weights[name] = weights[name] * unfold
        if module.endswith("q_lin"):
            weights[name] = weights[name] * (weights["pre_classifier.bias"].size // heads) ** 0.5
    return weights


def read_weights(packaged: Path, heads: int) -> dict[str, torch.Tensor]:
    """All weights of a packaged model, with the names of Transformers, and those of the exit as `exit.…`."""
    path = packaged_weights(packaged)
    graphs = [onnx.load(file).graph for file in ((path / LOWER, path / UPPER) if path.is_dir() else (path,))]
    constants = {value.name: numpy_helper.to_array(value) for graph in graphs for value in graph.initializer}
    is_traced = "embeddings.LayerNorm.weight" in constants
    weights = traced_weights(Graph(graphs[0])) if is_traced else weights_of(constants, heads)
    return {name: torch.from_numpy(np.array(value, dtype=np.float32, order="C")) for name, value in weights.items()}


def unbalance(weights: dict[str, torch.Tensor], manifest: dict) -> None:
    """Undoes the logit adjustment of the export, as the manifest's `training` records it."""
    training = manifest.get("training")
    if not training:
        raise SystemExit("the manifest does not say how the model was trained, so --as-trained cannot undo its class balance")
    for name in {"classifier.bias", "exit.classifier.bias"} & set(weights):
        weights[name] += training["balance"] * torch.tensor(log_frequencies(training["classes"]))


def write_folder(weights: dict[str, torch.Tensor], packaged: Path, out: Path) -> None:
    """Weights, the exit if there is one, config, and tokenizer."""
    model = DistilBertForSequenceClassification(AutoConfig.from_pretrained(packaged))
    model.load_state_dict({name: value for name, value in weights.items() if not name.startswith("exit.")})
    model.save_pretrained(out)
    early = {name.removeprefix("exit."): value for name, value in weights.items() if name.startswith("exit.")}
    if early:
        save_file(early, out / EXIT_FILE)
    for name in ("tokenizer_config.json", "tokenizer.json"):
        shutil.copy(packaged / name, out / name)


def check_predictions(weights: dict[str, torch.Tensor], packaged: Path, manifest: dict) -> None:
    """Exits unless both predict the checklist posts alike, without the exit."""
    texts = sorted({text for cases in checklist().values() for case in cases for text in case.texts})
    int8 = probabilities(predict(packaged_weights(packaged), open_tokenizer(packaged, manifest["maxLength"]), texts)[0], manifest["temperature"])
    with tempfile.TemporaryDirectory() as folder:
        write_folder(weights, packaged, Path(folder))
        own = probabilities(predict_logits(Path(folder), texts), manifest["temperature"])
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
    weights = read_weights(args.model, AutoConfig.from_pretrained(args.model).n_heads)
    check_predictions(weights, args.model, manifest)
    if args.as_trained:
        unbalance(weights, manifest)
    write_folder(weights, args.model, args.out)


if __name__ == "__main__":
    main()
