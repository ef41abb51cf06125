"""Fine-tune the bundled model on your own posts: from its packaged weights to a folder that feedpulse can run.

    python -m training.train.fine_tune_own --train posts.csv --held-out held-out.csv --name my-model --version 1.0.0

Steps whose output exists are skipped: run it again to resume.
"""

import argparse
from pathlib import Path

from training.train.packaging import packaging_rows
from training.train.steps import BUNDLED, Step, add_step_options, build_steps, run_steps


def plan(model: Path, work: Path, train: Path, held_out: Path, name: str, version: str, balance: float) -> list[Step]:
    """All steps in order."""
    start, tuned = work / "start", work / "tuned"
    return build_steps([
        ("start", start / "tokenizer.json", ("training.export.to_pytorch", "--model", model, "--out", start), False),
        ("tune", tuned / "training.json",
         ("training.train.fine_tune", "--model", start, "--train", train, "--out", tuned, "--learning-rate", "2e-5", "--freeze-words"), True),
        *packaging_rows(model, work, train, held_out, name, version, balance, has_exit=False),
    ])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True, help="labeled posts, CSV or TSV")
    parser.add_argument("--held-out", type=Path, required=True, help="labeled posts that are not used for training")
    parser.add_argument("--name", required=True, help="name of the new model and of its directory")
    parser.add_argument("--version", required=True)
    parser.add_argument("--model", type=Path, default=BUNDLED, help="packaged model to start from (default: the bundled one)")
    parser.add_argument("--work", type=Path, default=Path("training/.work/own"), help="directory for all outputs; 2 GB")
    parser.add_argument("--balance", type=float, default=0.5, help="exponent of the class frequencies of --train in the logit adjustment, 0 to 1")
    add_step_options(parser)
    args = parser.parse_args()
    run_steps(plan(args.model, args.work, args.train, args.held_out, args.name, args.version, args.balance), parser, args)
    print(f"""{args.work / args.name} is ready. Compare it with the model it started from:
    node bin/feedpulse.cjs model compare {args.model} {args.work / args.name} {args.held_out}""")


if __name__ == "__main__":
    main()
