"""What each step of the text cleaning is worth: accuracy and log loss on the posts that it changes, with it and without it.

    python -m training.evaluate.measure_cleaning --model models/distilbert-social-en --data held-out.tsv --out training/.work/cleaning.json

A step is left out of the whole pipeline, so that the others may catch what it did. The model should have been trained with the same
version of the cleaning; for another one the figures tell only how much the step surprises it. Posts that the model was trained on
flatter both sides, but rarely the difference.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np

from training.data.labeled_file import read_labeled
from training.evaluate.onnx_inference import Network, batches_of, open_tokenizer, packaged_weights
from training.text.clean import STEPS, clean

FOLDS = 5
REQUIRED = ("normalize", "spaces")
"""Steps that are not in question."""


def changed_rows(texts: list[str], step: str, limit: int) -> list[int]:
    """Indices of posts whose cleaned text depends on a step: all of them, or a random sample of `limit`."""
    rows = [row for row, text in enumerate(texts) if clean(text) != clean(text, without={step})]
    return sorted(random.Random(1).sample(rows, limit)) if len(rows) > limit else rows


def predict_cleaned(network: Network, tokenizer, cleaned: list[str]) -> np.ndarray:
    """Log probabilities, float32 [texts, 3], of texts that are cleaned already."""
    logits = np.zeros((len(cleaned), 3), dtype=np.float32)
    for rows, inputs in batches_of([tokenizer.ids_of_cleaned(text) for text in cleaned]):
        logits[rows], _ = network.logits_of(inputs)
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def compare(with_step: np.ndarray, without: np.ndarray, classes: np.ndarray) -> dict:
    """Accuracy and log loss on both sides; the gain in log loss with its standard error, and the number of folds in which it is positive."""
    rows = np.arange(len(classes))
    gain = with_step[rows, classes] - without[rows, classes]
    folds = [gain[fold::FOLDS].mean() for fold in range(FOLDS) if len(gain[fold::FOLDS])]
    return {
        "rows": len(classes),
        "accuracyWith": round(float((with_step.argmax(axis=1) == classes).mean()), 4),
        "accuracyWithout": round(float((without.argmax(axis=1) == classes).mean()), 4),
        "logLossGain": round(float(gain.mean()), 4),
        "standardError": round(float(gain.std(ddof=1) / np.sqrt(len(gain))), 4) if len(gain) > 1 else None,
        "foldsBetter": int(sum(fold >= 0 for fold in folds)),
    }


def table(report: dict[str, dict]) -> str:
    lines = ["| step | posts | accuracy with | without | gain in log loss | folds no worse |", "| --- | --- | --- | --- | --- | --- |"]
    for step, row in report.items():
        error = f" ± {1.96 * row['standardError']:.3f}" if row["standardError"] is not None else ""
        lines.append(f"| {step} | {row['rows']} | {row['accuracyWith']:.3f} | {row['accuracyWithout']:.3f} | {row['logLossGain']:+.3f}{error} | {row['foldsBetter']}/{FOLDS} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="model directory")
    parser.add_argument("--data", type=Path, required=True, help="labeled posts")
    parser.add_argument("--steps", nargs="+", choices=STEPS, help="only these steps")
    parser.add_argument("--max-rows", type=int, default=2_000, help="posts per step, chosen at random if there are more")
    parser.add_argument("--out", type=Path, help="also write the results as JSON")
    args = parser.parse_args()

    texts, classes = read_labeled(args.data)
    network, tokenizer = Network(packaged_weights(args.model)), open_tokenizer(args.model)
    report = {}
    for step in args.steps or [step for step in STEPS if step not in REQUIRED]:
        rows = changed_rows(texts, step, args.max_rows)
        if rows:
            sides = [predict_cleaned(network, tokenizer, [clean(texts[row], without=without) for row in rows]) for without in ((), {step})]
            report[step] = compare(*sides, np.array([classes[row] for row in rows]))
            print(table({step: report[step]}).splitlines()[-1], flush=True)
    if args.out:
        args.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(table(report))


if __name__ == "__main__":
    main()
