"""Measure an ONNX model on labeled posts of several languages, each in a file of its own.

    python -m training.evaluate.measure_languages --model training/.work/multi/onnx --exit training/.work/multi/onnx/exit.json \\
        --tokenizer training/.work/multi/tuned/model --data ar=held-out.ar.tsv --data de=held-out.de.tsv --report int8.json --out languages.json

Writes macro recall, macro F1 and calibration error of each language, and their means. All languages share the temperatures.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from training.data.labeled_file import read_labeled
from training.data.mix_languages import language_and_path
from training.evaluate.cascade import Exit, cascade, probabilities, read_exit
from training.evaluate.evaluate import calibration_error, macro_recall, per_class, predict
from training.evaluate.onnx_inference import PostTokenizer, open_tokenizer

SHOWN = ("macroRecall", "macroF1", "calibrationError")


def measure(model: Path, tokenizer: PostTokenizer, data: Path, temperature: float, early: Exit | None) -> dict:
    """Figures of one language."""
    texts, classes = read_labeled(data)
    truth = np.array(classes)
    logits, exit_logits = predict(model, tokenizer, texts)
    chances = cascade(exit_logits, logits, temperature, early)[0] if early else probabilities(logits, temperature)
    f1 = [figures["f1"] for figures in per_class(chances.argmax(axis=1), truth).values()]
    return {"rows": len(truth), "macroRecall": macro_recall(chances, truth), "macroF1": round(float(np.mean(f1)), 4),
            "calibrationError": round(calibration_error(chances, truth), 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="ONNX file, or directory with the two files of a model with an exit")
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory with a tokenizer.json and a config.json")
    parser.add_argument("--data", type=language_and_path, action="append", required=True, metavar="LANGUAGE=FILE", help="may be repeated")
    parser.add_argument("--report", type=Path, help="report of evaluate.py, whose temperature is used (default: 1)")
    parser.add_argument("--exit", type=Path, help="file written by choose_exit.py; without it, no post leaves at the exit")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    tokenizer, early = open_tokenizer(args.tokenizer), read_exit(args.exit) if args.exit else None
    temperature = json.loads(args.report.read_text())["temperature"] if args.report else 1.0
    languages = {language: measure(args.model, tokenizer, path, temperature, early) for language, path in args.data}
    means = {name: round(float(np.mean([figures[name] for figures in languages.values()])), 4) for name in SHOWN}
    args.out.write_text(json.dumps({"languages": languages, "mean": means}, indent=2) + "\n")
    for language, figures in {**languages, "mean": means}.items():
        print(f"{language:>4}  " + "  ".join(f"{name} {figures[name]:.4f}" for name in SHOWN))


if __name__ == "__main__":
    main()
