"""Measure an ONNX model on labeled posts, and fit its temperature on them.

    python -m training.evaluate.evaluate --model training/.work/onnx/model_quantized.onnx --tokenizer training/.work/tuned/model --data validation.tsv --out training/.work/onnx/int8.json

The temperature minimises the negative log-likelihood (Guo et al. 2017, "On Calibration of Modern Neural
Networks"). The calibration error reported is cross-validated: each fifth of the rows is scored with the
temperature fitted on the other four. The temperature written is fitted on all rows.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from training.data.labeled_file import LABELS, read_labeled
from training.evaluate.onnx_inference import BATCH, batches_of, logits_of, open_session, open_tokenizer
from training.evaluate.reliability_diagram import reliability_bins, reliability_svg

BINS = 15
FOLDS = 5


def predict(model: Path, tokenizer: Tokenizer, texts: list[str]) -> np.ndarray:
    """Logits [rows, 3], in the order of the texts."""
    session = open_session(model)
    logits = np.zeros((len(texts), len(LABELS)), dtype=np.float32)
    for rows, inputs in tqdm(batches_of(tokenizer, texts), total=math.ceil(len(texts) / BATCH), unit="batch", mininterval=2):
        logits[rows] = logits_of(session, inputs)
    return logits


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """softmax(logits / T) [rows, 3]"""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


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


def cross_validated_chances(logits: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Probabilities [rows, 3], each row with a temperature fitted without it."""
    folds = np.random.default_rng(17).permutation(len(truth)) % FOLDS
    chances = np.zeros_like(logits)
    for fold in range(FOLDS):
        inside = folds == fold
        chances[inside] = probabilities(logits[inside], fit_temperature(logits[~inside], truth[~inside]))
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory with a tokenizer.json")
    parser.add_argument("--data", type=Path, required=True, help="labeled TSV that was not used for training")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--diagram", type=Path, help="also write a reliability diagram as SVG")
    parser.add_argument("--max-length", type=int, default=128)
    args = parser.parse_args()

    texts, classes = read_labeled(args.data)
    truth = np.array(classes)
    logits = predict(args.model, open_tokenizer(args.tokenizer, args.max_length), texts)
    report = {
        "rows": len(truth),
        "macroRecall": macro_recall(logits, truth),
        "accuracy": accuracy(logits, truth),
        "temperature": fit_temperature(logits, truth),
        "calibrationErrorBefore": round(calibration_error(probabilities(logits, 1.0), truth), 4),
        "calibrationError": round(calibration_error(cross_validated_chances(logits, truth), truth), 4),
        "perClass": per_class(logits.argmax(axis=1), truth),
    }
    if args.diagram:
        chances = cross_validated_chances(logits, truth)
        rows = reliability_bins(chances.max(axis=1).tolist(), (chances.argmax(axis=1) == truth).tolist(), BINS)
        args.diagram.write_text(reliability_svg(rows, args.model.stem), encoding="utf-8")
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
