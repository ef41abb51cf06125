"""Fit the temperature of an early exit on labeled posts and choose its threshold: the smallest from which on, for every larger
one too, macro recall falls by at most --loss against the whole model, and at least --agreement of the labels are the same. On
most posts the exit is about as good as the whole model, but not on those that take some reading, which are few; so macro recall
alone would let nearly all posts leave.

    python -m training.evaluate.choose_exit --model training/.work/onnx --tokenizer training/.work/tuned/model --data validation.tsv --out training/.work/onnx/exit.json

The report also has the fall and the share of exits on posts that the choice has not seen: each fifth of the rows with the
threshold and the temperatures of the other four.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from training.data.labeled_file import read_labeled
from training.evaluate.cascade import Exit, cascade
from training.evaluate.evaluate import FOLDS, fit_temperature, folds_of, macro_recall, predict
from training.evaluate.onnx_inference import open_tokenizer

THRESHOLDS = np.arange(0.40, 1.0, 0.005)
"""Candidates. Below them nearly every post would leave."""


def choose_exit(exit_logits: np.ndarray, logits: np.ndarray, truth: np.ndarray, loss: float, agreement: float) -> tuple[Exit, float]:
    """The exit, and the temperature of the whole model. `loss` and `agreement` are fractions, such as 0.002 and 0.99."""
    own, temperature = fit_temperature(exit_logits, truth), fit_temperature(logits, truth)
    wanted, chosen = macro_recall(logits, truth) - loss, 1.0
    for threshold in THRESHOLDS[::-1]:
        chances, _ = cascade(exit_logits, logits, temperature, Exit(float(threshold), own))
        if macro_recall(chances, truth) < wanted or same_labels(chances, logits) < agreement:
            break
        chosen = round(float(threshold), 3)
    return Exit(chosen, own), temperature


def same_labels(chances: np.ndarray, logits: np.ndarray) -> float:
    """Share of rows with the same highest class."""
    return float((chances.argmax(axis=1) == logits.argmax(axis=1)).mean())


def validate_choice(exit_logits: np.ndarray, logits: np.ndarray, truth: np.ndarray, loss: float, agreement: float) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [rows, 3] and whether each post leaves [rows], each with a choice made without it."""
    folds, chances, leaves = folds_of(len(truth)), np.zeros_like(logits), np.zeros(len(truth), dtype=bool)
    for fold in range(FOLDS):
        inside = folds == fold
        chosen, temperature = choose_exit(exit_logits[~inside], logits[~inside], truth[~inside], loss, agreement)
        chances[inside], leaves[inside] = cascade(exit_logits[inside], logits[inside], temperature, chosen)
    return chances, leaves


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="directory with the two files of a model with an exit")
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory with a tokenizer.json")
    parser.add_argument("--data", type=Path, required=True, help="labeled TSV that was not used for training")
    parser.add_argument("--loss", type=float, default=0.002, help="largest fall of macro recall, as a fraction")
    parser.add_argument("--agreement", type=float, default=0.99, help="smallest share of labels that are those of the whole model")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    texts, classes = read_labeled(args.data)
    truth = np.array(classes)
    logits, exit_logits = predict(args.model, open_tokenizer(args.tokenizer), texts)
    if exit_logits is None:
        raise SystemExit(f"{args.model} has no exit")
    chosen, temperature = choose_exit(exit_logits, logits, truth, args.loss, args.agreement)
    chances, leaves = cascade(exit_logits, logits, temperature, chosen)
    unseen, unseen_leaves = validate_choice(exit_logits, logits, truth, args.loss, args.agreement)
    whole = macro_recall(logits, truth)
    report = {
        "threshold": chosen.threshold,
        "temperature": chosen.temperature,
        "rows": len(truth),
        "exitShare": round(float(leaves.mean()), 4),
        "macroRecall": {"whole": whole, "exit": macro_recall(exit_logits, truth), "cascade": macro_recall(chances, truth)},
        "crossValidated": {"exitShare": round(float(unseen_leaves.mean()), 4), "macroRecall": macro_recall(unseen, truth)},
        "sameLabel": round(same_labels(chances, logits), 4),
    }
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
