"""Train the bundled model further, with an early exit, on labeled, unlabeled and synthetic posts. Needs neither base weights nor
the teacher: the bundled model is the only teacher, so it keeps what it knows and learns from the labels. The result is the mean of two passes.

    python -m training.train.continue_training --train posts.tsv --unlabeled posts.txt --held-out held-out.tsv --name my-model --version 1.0.0

Steps whose output exists are skipped: run it again to resume.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from training.export.layout import SINGLE
from training.train.packaging import packaging_rows
from training.train.steps import BUNDLED, Step, add_step_options, build_steps, run_steps

BALANCE = 0.7
"""The --balance of the bundled model."""
MAX_LENGTH = 128
"""As in the manifest: some synthetic posts are long and state their opinion at the end."""


@dataclass(frozen=True)
class Pass:
    """A pass over all posts, with synthetic posts of its own."""

    folder: str
    synthetic_posts: int
    synthetic_weight: float
    """Weight of a synthetic post in the loss; that of another post is 1."""
    learning_rate: float
    seed: int


PASSES = (
    Pass(folder="first", synthetic_posts=24_000, synthetic_weight=1.0, learning_rate=8e-5, seed=19),
    Pass(folder="second", synthetic_posts=20_000, synthetic_weight=1.5, learning_rate=5e-5, seed=20),
)


def plan(args: argparse.Namespace) -> list[Step]:
    """All steps in order."""
    work, posts = args.work, ("--train", args.train, "--unlabeled", args.unlabeled, "--max-length", MAX_LENGTH)
    start, soft = work / "start", work / "soft"
    return build_steps([
        ("start", start / "tokenizer.json", ("training.export.to_pytorch", "--model", args.model, "--as-trained", "--out", start), False),
        ("soft-labels", soft / "soft.json", ("training.train.soft_labels", "--teacher", start, *posts, "--no-states", "--out", soft), True),
        *pass_rows(args, start, ("--soft", soft, *posts)),
        ("average", args.work / "tuned" / "training.json",
         ("training.train.average_passes", *(option for each in PASSES for option in (f"--{each.folder}", args.work / each.folder)), "--out", args.work / "tuned"), False),
        *packaging_rows(args.model, work, args.train, args.held_out, args.name, args.version, BALANCE, has_exit=args.exit > 0),
        *comparison_rows(args),
    ])


def pass_rows(args: argparse.Namespace, start: Path, posts: tuple) -> list[tuple]:
    """Rows of the passes; each continues from the weights of the one before."""
    rows, student = [], start
    for number, each in enumerate(PASSES, 1):
        out, synthetic = args.work / each.folder, args.work / f"synthetic-{number}.csv"
        rows += [
            (f"synthetic-posts-{number}", synthetic,
             ("training.data.synthetic_posts", "--posts", each.synthetic_posts, "--seed", 16 + number, "--out", synthetic), False),
            (f"train-{number}", out / "training.json",
             ("training.train.distil_task", "--student", student, *posts, "--synthetic", synthetic, "--synthetic-weight", each.synthetic_weight,
              "--states", "0", "--exit", args.exit, "--freeze-layers", "1", "--learning-rate", each.learning_rate, "--seed", each.seed,
              "--out", out), True),
        ]
        student = out / "model"
    return rows


def comparison_rows(args: argparse.Namespace) -> list[tuple]:
    """Rows for the tables of the model card: the model before and after, and what each change of the graph brings."""
    work, held_out = args.work, args.held_out
    between = [option for each in PASSES for option in ("--model", f"after the {each.folder} pass={work / each.folder / 'model'}")]
    start, tuned, onnx, single = work / "start", work / "tuned", work / "onnx", work / "single" / SINGLE
    rows = [
        ("measure-steps", onnx / "steps.json",
         ("training.evaluate.measure_steps", "--model", f"before={start}", *between, "--model", f"mean of both passes={tuned / 'model'}",
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
    parser.add_argument("--exit", type=float, default=0.5, help="weight of the early exit in the loss; 0 trains none")
    add_step_options(parser)
    return parser


def main() -> None:
    parser = parser_of()
    args = parser.parse_args()
    run_steps(plan(args), parser, args)


if __name__ == "__main__":
    main()
