"""Adapt the bundled model to posts of your own, from its packaged weights to a folder that feedpulse runs.

    python adapt.py --train posts.csv --held-out held-out.csv --name my-model --version 1.0.0

What is done stays done: run it again to go on.
"""

import argparse
import json
from pathlib import Path

from steps import BUNDLED, Step, add_step_options, run_steps, steps_of


def plan(model: Path, work: Path, train: Path, held_out: Path, name: str, version: str, balance: float) -> list[Step]:
    """The steps in their order."""
    start, tuned, onnx, package = work / "start", work / "tuned", work / "onnx", work / name
    report = ("--tokenizer", tuned / "model", "--data", held_out)
    weights, quantised = onnx / "model.onnx", onnx / "model_quantized.onnx"
    return steps_of([
        ("start", start / "tokenizer.json", ("to_pytorch.py", "--model", model, "--out", start), False),
        ("tune", tuned / "training.json",
         ("fine_tune.py", "--model", start, "--train", train, "--out", tuned, "--learning-rate", "2e-5", "--freeze-words"), True),
        ("export", weights, ("export_onnx.py", "--tuned", tuned, "--out", weights, "--balance", balance), False),
        ("quantise", quantised, ("quantise.py", "--model", weights, "--out", quantised), False),
        ("measure-fp32", onnx / "fp32.json", ("evaluate.py", "--model", weights, *report, "--out", onnx / "fp32.json"), False),
        ("measure-int8", onnx / "int8.json", ("evaluate.py", "--model", quantised, *report, "--out", onnx / "int8.json"), False),
        ("package", package / "manifest.json",
         ("package_model.py", "--tuned", tuned, "--weights", quantised, "--fp32", onnx / "fp32.json", "--int8", onnx / "int8.json",
          "--balance", balance, "--base", origin(model), "--out", package, "--name", name, "--version", version), False),
    ])


def origin(model: Path) -> str:
    """`name@version` of a packaged model."""
    manifest = json.loads((model / "manifest.json").read_text())
    return f"{manifest['name']}@{manifest['version']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True, help="labelled posts, CSV or TSV")
    parser.add_argument("--held-out", type=Path, required=True, help="labelled posts that are not trained on")
    parser.add_argument("--name", required=True, help="of the new model, and of its folder")
    parser.add_argument("--version", required=True)
    parser.add_argument("--model", type=Path, default=BUNDLED, help="packaged model to start from (default: the bundled one)")
    parser.add_argument("--work", type=Path, default=Path(".work/adapt"), help="folder for all that is made; 2 GB")
    parser.add_argument("--balance", type=float, default=0.5, help="against the frequencies of the classes in --train, 0 to 1")
    add_step_options(parser)
    args = parser.parse_args()
    run_steps(plan(args.model, args.work, args.train, args.held_out, args.name, args.version, args.balance), parser, args)
    print(f"""{args.work / args.name} is ready. Whether it is better than what it came from, and by more than chance:
    node ../bin/feedpulse.cjs model compare {args.model} {args.work / args.name} {args.held_out}""")


if __name__ == "__main__":
    main()
