"""Train the bundled model further, with an early exit, on labeled, unlabeled and synthetic posts. Needs neither base weights nor
the teacher: the bundled model is the only teacher, so it keeps what it knows and learns from the labels.

    python -m training.train.continue_training --train posts.tsv --unlabeled posts.txt --held-out held-out.tsv --name my-model --version 1.0.0

Steps whose output exists are skipped: run it again to resume.
"""

import argparse
from pathlib import Path

from training.export.layout import SINGLE
from training.train.packaging import packaging_rows
from training.train.steps import BUNDLED, Step, add_step_options, build_steps, run_steps

BALANCE = 0.5
"""The --balance of the bundled model."""
MAX_LENGTH = 128
"""As in the manifest: some synthetic posts are long and state their opinion at the end."""


def plan(args: argparse.Namespace) -> list[Step]:
    """All steps in order."""
    work, posts = args.work, ("--train", args.train, "--unlabeled", args.unlabeled, "--max-length", MAX_LENGTH)
    start, soft, tuned, synthetic = work / "start", work / "soft", work / "tuned", work / "synthetic.csv"
    return build_steps([
        ("start", start / "tokenizer.json", ("training.export.to_pytorch", "--model", args.model, "--as-trained", "--out", start), False),
        ("synthetic-posts", synthetic, ("training.data.synthetic_posts", "--out", synthetic), False),
        ("soft-labels", soft / "soft.json", ("training.train.soft_labels", "--teacher", start, *posts, "--no-states", "--out", soft), True),
        ("train", tuned / "training.json",
         ("training.train.distil_task", "--student", start, "--soft", soft, *posts, "--synthetic", synthetic, "--synthetic-weight", args.synthetic_weight,
          "--states", "0", "--exit", args.exit, "--freeze-layers", "1", "--learning-rate", args.learning_rate, "--seed", "19", "--out", tuned), True),
        *packaging_rows(args.model, work, args.train, args.held_out, args.name, args.version, BALANCE, has_exit=args.exit > 0),
        *comparison_rows(args),
    ])


def comparison_rows(args: argparse.Namespace) -> list[tuple]:
    """Rows for the tables of the model card: the model before and after, and what each change of the graph brings."""
    work, held_out = args.work, args.held_out
    start, tuned, onnx, single = work / "start", work / "tuned", work / "onnx", work / "single" / SINGLE
    rows = [
        ("measure-steps", onnx / "steps.json",
         ("training.evaluate.measure_steps", "--model", f"before={start}", "--model", f"after={tuned / 'model'}",
          "--train", args.train, "--data", held_out, "--balance", BALANCE, "--out", onnx / "steps.json"), False),
    ]
    before = args.model / "onnx" / SINGLE
    if args.exit == 0 or not before.exists():
        return rows
    first = "graph before, all optimizers"
    return [
        *rows,
        ("single", single, ("training.export.build_graphs", "--tuned", tuned, "--activations", onnx / "activations.npz", "--single", "--balance", BALANCE, "--out", single.parent), False),
        ("measure-speed", onnx / "speed.json",
         ("training.evaluate.measure_speed", "--model", f"{first}={before}", "--all-optimizers", first, "--model", f"graph before, SkipLayerNormFusion off={before}",
          "--model", f"new graph={single}", "--model", f"new graph with the exit={onnx}", "--exit", onnx / "exit.json", "--recall",
          "--tokenizer", tuned / "model", "--data", held_out, "--out", onnx / "speed.json"), False),
    ]


def parser_of() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True, help="labeled posts, CSV or TSV")
    parser.add_argument("--unlabeled", type=Path, required=True, help="one post per line")
    parser.add_argument("--held-out", type=Path, required=True, help="labeled posts that are not used for training")
    parser.add_argument("--name", required=True, help="name of the new model and of its directory")
    parser.add_argument("--version", required=True)
    parser.add_argument("--model", type=Path, default=BUNDLED, help="packaged model to start from (default: the bundled one)")
    parser.add_argument("--work", type=Path, default=Path("training/.work/continued"), help="directory for all outputs; 3 GB")
    parser.add_argument("--synthetic-weight", type=float, default=1.0, help="weight of a synthetic post in the loss; that of another post is 1")
    parser.add_argument("--exit", type=float, default=0.5, help="weight of the early exit in the loss; 0 trains none")
    parser.add_argument("--learning-rate", type=float, default=8e-5)
    add_step_options(parser)
    return parser


def main() -> None:
    parser = parser_of()
    args = parser.parse_args()
    run_steps(plan(args), parser, args)


if __name__ == "__main__":
    main()
