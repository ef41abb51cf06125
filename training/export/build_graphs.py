"""Write a trained model as int8 ONNX: the lower layers with the exit and the upper layers as two files, or all in one.

    python -m training.export.build_graphs --tuned training/.work/tuned --activations training/.work/onnx/activations.npz --out training/.work/onnx

A model with an exit (early_exit.py) becomes OUT/lower_quantized.onnx and OUT/upper_quantized.onnx, so that a post can leave
between the two; another one, or with --single, OUT/model_quantized.onnx. `encoder_graph.py` documents inputs and outputs.

A model learns how frequent each class was in its training data, and so misses the rare one. Macro recall asks for all classes
alike: `--balance` takes that share of the logarithms of the class frequencies out of the biases of the classifier and of the
exit (logit adjustment, Menon et al. 2021, "Long-tail learning via logit adjustment"); 0 leaves the model as it was trained, 1
treats the classes as equally frequent.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import load_file

from training.data.labeled_file import log_frequencies
from training.export.encoder_graph import build_lower, build_upper, join
from training.export.layout import EXIT_FILE, EXIT_LAYER, LOWER, SINGLE, UPPER


def read_weights(tuned: Path, balance: float) -> dict[str, np.ndarray]:
    """Weights of the model, and of its exit as `exit.…`, with adjusted biases of the classifiers."""
    weights = load_file(tuned / "model" / "model.safetensors")
    if (tuned / "model" / EXIT_FILE).exists():
        weights |= {f"exit.{name}": value for name, value in load_file(tuned / "model" / EXIT_FILE).items()}
    frequencies = np.array(log_frequencies(json.loads((tuned / "training.json").read_text())["classes"]), dtype=np.float32)
    return {name: value - balance * frequencies if name.endswith("classifier.bias") and "pre_classifier" not in name else value for name, value in weights.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tuned", type=Path, required=True, help="directory written by fine_tune.py or distil_task.py")
    parser.add_argument("--activations", type=Path, required=True, help="file written by calibrate.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--balance", type=float, default=0.5, help="0 to 1; chosen on held-out posts")
    parser.add_argument("--single", action="store_true", help="one file, without the exit")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    weights = read_weights(args.tuned, args.balance)
    config = json.loads((args.tuned / "model" / "config.json").read_text())
    ranges = np.load(args.activations)
    lower = build_lower(weights, ranges, EXIT_LAYER, config["n_heads"])
    upper = build_upper(weights, ranges, EXIT_LAYER, config["n_layers"], config["n_heads"])
    is_single = args.single or "exit.classifier.weight" not in weights
    files = {SINGLE: join(lower, upper)} if is_single else {LOWER: lower, UPPER: upper}
    for name, model in files.items():
        onnx.save(model, args.out / name)
        print(f"{args.out / name}: {(args.out / name).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
