"""Measure the model after each step of a recipe on held-out posts, with and without class balancing.

    python -m training.evaluate.measure_steps --model "teacher=training/.work/teacher-tuned/model" --model "student=training/.work/tuned/model" \\
        --train posts.tsv --data held-out.tsv --balance 0.5 --out training/.work/onnx/steps.json

The log loss is the mean negative log-likelihood of the labels, as trained and at the temperature that suits it best. It
counts how sure a model is of every post, so chance moves it less than recall.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from training.evaluate.evaluate import accuracy, fit_temperature, log_loss, macro_recall
from training.data.labeled_file import count_labels, log_frequencies, read_labeled
from training.evaluate.torch_inference import predict_logits

BALANCES = (0.0, 0.3, 0.5, 0.7, 1.0)
"""Values of --balance in the report."""


def figures_of(logits: np.ndarray, truth: np.ndarray, frequencies: np.ndarray, balance: float) -> dict:
    """One row of the model card's table of steps, with macro recall for each balance."""
    return {
        "macroRecall": macro_recall(logits, truth),
        "balanced": macro_recall(logits - balance * frequencies, truth),
        "accuracy": accuracy(logits, truth),
        "logLoss": round(log_loss(logits, truth, fit_temperature(logits, truth)), 4),
        "byBalance": {str(share): macro_recall(logits - share * frequencies, truth) for share in BALANCES},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", required=True, metavar="STEP=FOLDER", help="description of a step, and the model directory it wrote")
    parser.add_argument("--train", type=Path, required=True, help="labeled TSV used for training, for its class frequencies")
    parser.add_argument("--data", type=Path, required=True, help="labeled TSV that was not used for training")
    parser.add_argument("--balance", type=float, default=0.5, help="the --balance of export_onnx.py")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    texts, classes = read_labeled(args.data)
    frequencies = np.array(log_frequencies(count_labels(read_labeled(args.train)[1])))
    report = []
    for step, _, folder in (given.rpartition("=") for given in args.model):
        report.append({"step": step, **figures_of(predict_logits(Path(folder), texts), np.array(classes), frequencies, args.balance)})
        print(json.dumps(report[-1]), flush=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
