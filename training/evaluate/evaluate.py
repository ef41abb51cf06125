"""Measure an ONNX model on labeled posts, and fit its temperature on them.

    python -m training.evaluate.evaluate --model training/.work/onnx/model_quantized.onnx --tokenizer training/.work/tuned/model --data validation.tsv --out training/.work/onnx/int8.json

The temperature minimises the negative log-likelihood (Guo et al. 2017, "On Calibration of Modern Neural
Networks"). The calibration error reported is cross-validated: each fifth of the rows is scored with the
temperature fitted on the other four. The temperature written is fitted on all rows. With --exit, posts leave at the
exit as they do in feedpulse.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.data.labeled_file import LABELS, read_labeled
from training.evaluate.cascade import Exit, cascade, probabilities, read_exit
from training.evaluate.onnx_inference import BATCH, Network, PostTokenizer, batches_of, open_tokenizer, packaged_weights
from training.evaluate.reliability_diagram import reliability_bins, reliability_svg

BINS = 15
FOLDS = 5


def predict(model: Path, tokenizer: PostTokenizer, texts: list[str]) -> tuple[np.ndarray, np.ndarray | None]:
    """Logits [rows, 3] in the order of the texts, of the whole model, and of its exit if it has one."""
    network = Network(model)
    logits = np.zeros((len(texts), len(LABELS)), dtype=np.float32)
    exit_logits = np.zeros_like(logits) if network.has_exit else None
    for rows, inputs in tqdm(batches_of([tokenizer.ids(text) for text in texts]), total=math.ceil(len(texts) / BATCH), unit="batch", mininterval=2):
        logits[rows], at_exit = network.logits_of(inputs)
        if exit_logits is not None:
            exit_logits[rows] = at_exit
    return logits, exit_logits


def packaged_chances(folder: Path, texts: list[str]) -> np.ndarray:
    """Probabilities [rows, 3] of a packaged model, as feedpulse computes them."""
    manifest = json.loads((folder / "manifest.json").read_text())
    logits, exit_logits = predict(packaged_weights(folder), open_tokenizer(folder, manifest["maxLength"]), texts)
    early = manifest.get("graph", {}).get("exit")
    return cascade(exit_logits, logits, manifest["temperature"], Exit(**early))[0] if early else probabilities(logits, manifest["temperature"])


def log_loss(logits: np.ndarray, truth: np.ndarray, temperature: float) -> float:
    """Mean negative log-likelihood of the labels."""
    return float(-np.log(probabilities(logits, temperature)[np.arange(len(truth)), truth] + 1e-12).mean())


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """Temperature with the lowest negative log-likelihood on a fine grid from 0.5 to 4."""
    grid = np.arange(0.5, 4.0, 0.01)
    losses = [log_loss(logits, truth, t) for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 2)


def calibration_error(chances: np.ndarray, truth: np.ndarray) -> float:
    """Expected calibration error over equal bins of confidence."""
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(right[bins == b].sum() - confidence[bins == b].sum()) for b in range(BINS)]
    return float(sum(gaps) / len(truth))


def folds_of(rows: int) -> np.ndarray:
    """Fold of each row [rows]."""
    return np.random.default_rng(17).permutation(rows) % FOLDS


def cross_validated_chances(logits: np.ndarray, truth: np.ndarray, exit_logits: np.ndarray | None = None, threshold: float | None = None) -> np.ndarray:
    """Probabilities [rows, 3], each row with temperatures fitted without it; with a threshold, sure posts leave at the exit."""
    folds = folds_of(len(truth))
    chances = np.zeros_like(logits)
    for fold in range(FOLDS):
        inside = folds == fold
        temperature = fit_temperature(logits[~inside], truth[~inside])
        if threshold is None:
            chances[inside] = probabilities(logits[inside], temperature)
        else:
            fitted = Exit(threshold, fit_temperature(exit_logits[~inside], truth[~inside]))
            chances[inside], _ = cascade(exit_logits[inside], logits[inside], temperature, fitted)
    return chances


def macro_recall(logits: np.ndarray, truth: np.ndarray) -> float:
    """Mean recall of the classes, rounded to four digits; a class without posts counts as 0."""
    right = logits.argmax(axis=1) == truth
    recalls = [right[truth == index].sum() / max(1, (truth == index).sum()) for index in range(len(LABELS))]
    return round(float(np.mean(recalls)), 4)


def accuracy(logits: np.ndarray, truth: np.ndarray) -> float:
    """Fraction, rounded to four digits."""
    return round(float((logits.argmax(axis=1) == truth).mean()), 4)


def per_class(predicted: np.ndarray, truth: np.ndarray) -> dict:
    figures = {}
    for index, label in enumerate(LABELS):
        hits = int(((predicted == index) & (truth == index)).sum())
        found, support = int((predicted == index).sum()), int((truth == index).sum())
        figures[label] = {"precision": round(hits / max(1, found), 4), "recall": round(hits / max(1, support), 4),
                          "f1": round(2 * hits / max(1, found + support), 4), "rows": support}
    return figures


def report_of(logits: np.ndarray, exit_logits: np.ndarray | None, truth: np.ndarray, early: Exit | None) -> tuple[dict, np.ndarray]:
    """The report, and cross-validated probabilities [rows, 3]."""
    temperature = fit_temperature(logits, truth)
    raw, chances, leaves = probabilities(logits, 1.0), probabilities(logits, temperature), np.zeros(len(truth), dtype=bool)
    if early:
        raw, _ = cascade(exit_logits, logits, 1.0, Exit(early.threshold, 1.0))
        chances, leaves = cascade(exit_logits, logits, temperature, early)
    validated = cross_validated_chances(logits, truth, exit_logits, early.threshold if early else None)
    return {
        "rows": len(truth),
        "macroRecall": macro_recall(chances, truth),
        "accuracy": accuracy(chances, truth),
        "temperature": temperature,
        "exitShare": round(float(leaves.mean()), 4),
        "calibrationErrorBefore": round(calibration_error(raw, truth), 4),
        "calibrationError": round(calibration_error(validated, truth), 4),
        "perClass": per_class(chances.argmax(axis=1), truth),
    }, validated


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="ONNX file, or directory with the two files of a model with an exit")
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory with a tokenizer.json")
    parser.add_argument("--data", type=Path, required=True, help="labeled TSV that was not used for training")
    parser.add_argument("--exit", type=Path, help="file written by choose_exit.py; without it, no post leaves at the exit")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--diagram", type=Path, help="also write a reliability diagram as SVG")
    parser.add_argument("--max-length", type=int, default=128)
    args = parser.parse_args()

    texts, classes = read_labeled(args.data)
    truth = np.array(classes)
    logits, exit_logits = predict(args.model, open_tokenizer(args.tokenizer, args.max_length), texts)
    report, validated = report_of(logits, exit_logits, truth, read_exit(args.exit) if args.exit else None)
    if args.diagram:
        rows = reliability_bins(validated.max(axis=1).tolist(), (validated.argmax(axis=1) == truth).tolist(), BINS)
        args.diagram.write_text(reliability_svg(rows, args.model.stem), encoding="utf-8")
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
