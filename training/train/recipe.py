"""Train the model from the base weights to a packaged model. Steps whose output exists are skipped: run it again to resume.

    python -m training.train.recipe --work training/.work --train posts.tsv --unlabeled posts.txt --held-out held-out.tsv --name my-model --version 1.0.0
    python -m training.train.recipe … --only teacher --device cuda --minutes 9
"""

import argparse
from pathlib import Path

from training.export.layout import UPPER
from training.train.packaging import calibration_row
from training.train.steps import BUNDLED, Step, add_step_options, run_steps, build_steps

BALANCE = "0.5"
"""Exponent of the class frequencies in the logit adjustment; chosen on held-out posts."""


def plan(work: Path, train: Path, unlabeled: Path, held_out: Path, name: str, version: str) -> list[Step]:
    """All steps in order."""
    base, posts = work / "base" / "saved_model", ("--train", train, "--unlabeled", unlabeled)
    onnx, tuned, report = work / "onnx", work / "tuned", ("--tokenizer", work / "tuned" / "model", "--data", held_out)
    leaves = ("--exit", onnx / "exit.json")
    package, teacher, first_pass = work / name, work / "teacher-tuned", work / "first-pass"
    distil = ("training.train.distil_task", "--soft", work / "soft", *posts, "--freeze-layers", "1")
    rows = [
        ("base", base, ("training.train.fetch_base", "--out", work / "base"), False),
        ("teacher-weights", work / "teacher" / "vocab.txt", ("training.train.make_student", "--base", base, "--out", work / "teacher", "--layers", "12"), False),
        ("teacher", teacher / "training.json",
         ("training.train.fine_tune", "--model", work / "teacher", "--train", train, "--out", teacher,
          "--learning-rate", "3e-5", "--epochs", "1", "--freeze-words"), True),
        ("soft-labels", work / "soft" / "soft.json",
         ("training.train.soft_labels", "--teacher", teacher / "model", "--teacher", BUNDLED, "--weights", "2", "1", *posts, "--out", work / "soft"), True),
        ("student-weights", work / "student" / "config.json",
         ("training.train.make_student", "--teacher", teacher / "model", "--out", work / "student"), False),
        ("first-pass", first_pass / "training.json",
         (*distil, "--student", work / "student", "--targets", "teacher-0.npy", "--learning-rate", "1e-4", "--out", first_pass), True),
        ("synthetic-posts", work / "synthetic.csv", ("training.data.synthetic_posts", "--out", work / "synthetic.csv"), False),
        ("second-pass", tuned / "training.json",
         (*distil, "--student", first_pass / "model", "--synthetic", work / "synthetic.csv", "--states", "0", "--exit", "0.5",
          "--learning-rate", "8e-5", "--seed", "18", "--out", tuned), True),
        ("export", onnx / "model.onnx", ("training.export.export_onnx", "--tuned", tuned, "--out", onnx / "model.onnx", "--balance", BALANCE), False),
        ("export-teacher", onnx / "teacher.onnx",
         ("training.export.export_onnx", "--tuned", teacher, "--out", onnx / "teacher.onnx", "--balance", BALANCE), False),
        calibration_row(tuned, train, onnx / "activations.npz"),
        ("quantize", onnx / UPPER,
         ("training.export.build_graphs", "--tuned", tuned, "--activations", onnx / "activations.npz", "--out", onnx, "--balance", BALANCE), False),
        ("measure-exit", leaves[1], ("training.evaluate.choose_exit", "--model", onnx, *report, "--out", leaves[1]), False),
        ("measure-teacher", onnx / "teacher.json",
         ("training.evaluate.evaluate", "--model", onnx / "teacher.onnx", *report, "--out", onnx / "teacher.json"), False),
        ("measure-fp32", onnx / "fp32.json",
         ("training.evaluate.evaluate", "--model", onnx / "model.onnx", *report, "--out", onnx / "fp32.json"), False),
        ("measure-int8", onnx / "int8.json",
         ("training.evaluate.evaluate", "--model", onnx, *leaves, *report, "--out", onnx / "int8.json",
          "--diagram", onnx / "reliability.svg"), False),
        ("measure-steps", onnx / "steps.json",
         ("training.evaluate.measure_steps", "--model", f"six layers of the teacher, not distilled={work / 'student'}",
          "--model", f"… distilled from logits and hidden states (first pass)={first_pass / 'model'}",
          "--model", f"… and from the mean of both teachers, with synthetic posts (second pass)={tuned / 'model'}",
          "--model", f"teacher of twelve layers={teacher / 'model'}",
          "--train", train, "--data", held_out, "--balance", BALANCE, "--out", onnx / "steps.json"), False),
        ("measure-speed", onnx / "speed.json",
         ("training.evaluate.measure_speed", "--model", f"teacher={onnx / 'teacher.onnx'}", "--model", f"student={onnx / 'model.onnx'}",
          "--model", f"int8={onnx}", *leaves, *report, "--out", onnx / "speed.json"), False),
        ("package", package / "manifest.json",
         ("training.release.package_model", "--tuned", tuned, "--weights", onnx, *leaves, "--fp32", onnx / "fp32.json", "--int8", onnx / "int8.json",
          "--balance", BALANCE, "--out", package, "--name", name, "--version", version), False),
    ]
    return build_steps(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="directory for all outputs; 10 GB")
    parser.add_argument("--train", type=Path, required=True, help="labeled TSV")
    parser.add_argument("--unlabeled", type=Path, required=True, help="one post per line")
    parser.add_argument("--held-out", type=Path, required=True, help="labeled TSV that is not used for training")
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    add_step_options(parser)
    args = parser.parse_args()
    run_steps(plan(args.work, args.train, args.unlabeled, args.held_out, args.name, args.version), parser, args)


if __name__ == "__main__":
    main()
