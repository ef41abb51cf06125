"""Run the whole recipe, from the base weights to a packaged model. What is done stays done: run it again to go on.

    python recipe.py --work .work --train posts.tsv --unlabelled posts.txt --held-out held-out.tsv --name my-model --version 1.0.0
    python recipe.py … --only teacher --device cuda --minutes 9
"""

import argparse
from pathlib import Path

from steps import BUNDLED, Step, add_step_options, run_steps, steps_of

BALANCE = "0.5"
"""Of the classes' frequencies, chosen on held-out posts."""


def plan(work: Path, train: Path, unlabelled: Path, held_out: Path, name: str, version: str) -> list[Step]:
    """The steps in their order."""
    base, posts = work / "base" / "saved_model", ("--train", train, "--unlabelled", unlabelled)
    onnx, tuned, report = work / "onnx", work / "tuned", ("--tokenizer", work / "tuned" / "model", "--data", held_out)
    package, teacher, first_pass = work / name, work / "teacher-tuned", work / "first-pass"
    distil = ("distil_task.py", "--soft", work / "soft", *posts, "--freeze-layers", "1")
    rows = [
        ("base", base, ("fetch_base.py", "--out", work / "base"), False),
        ("teacher-weights", work / "teacher" / "vocab.txt", ("make_student.py", "--base", base, "--out", work / "teacher", "--layers", "12"), False),
        ("teacher", teacher / "training.json",
         ("fine_tune.py", "--model", work / "teacher", "--train", train, "--out", teacher,
          "--learning-rate", "3e-5", "--epochs", "1", "--freeze-words"), True),
        ("soft-labels", work / "soft" / "soft.json",
         ("label_softly.py", "--teacher", teacher / "model", "--teacher", BUNDLED, "--weights", "2", "1", *posts, "--out", work / "soft"), True),
        ("student-weights", work / "student" / "config.json",
         ("make_student.py", "--teacher", teacher / "model", "--out", work / "student"), False),
        ("first-pass", first_pass / "training.json",
         (*distil, "--student", work / "student", "--targets", "teacher-0.npy", "--learning-rate", "1e-4", "--out", first_pass), True),
        ("practice", work / "practice.tsv", ("practice_posts.py", "--out", work / "practice.tsv"), False),
        ("second-pass", tuned / "training.json",
         (*distil, "--student", first_pass / "model", "--practice", work / "practice.tsv", "--states", "0", "--learning-rate", "8e-5",
          "--seed", "18", "--out", tuned), True),
        ("export", onnx / "model.onnx", ("export_onnx.py", "--tuned", tuned, "--out", onnx / "model.onnx", "--balance", BALANCE), False),
        ("export-teacher", onnx / "teacher.onnx",
         ("export_onnx.py", "--tuned", teacher, "--out", onnx / "teacher.onnx", "--balance", BALANCE), False),
        ("quantise", onnx / "model_quantized.onnx",
         ("quantise.py", "--model", onnx / "model.onnx", "--out", onnx / "model_quantized.onnx"), False),
        ("measure-teacher", onnx / "teacher.json",
         ("evaluate.py", "--model", onnx / "teacher.onnx", *report, "--out", onnx / "teacher.json"), False),
        ("measure-fp32", onnx / "fp32.json",
         ("evaluate.py", "--model", onnx / "model.onnx", *report, "--out", onnx / "fp32.json"), False),
        ("measure-int8", onnx / "int8.json",
         ("evaluate.py", "--model", onnx / "model_quantized.onnx", *report, "--out", onnx / "int8.json",
          "--diagram", onnx / "reliability.svg"), False),
        ("measure-steps", onnx / "steps.json",
         ("measure_steps.py", "--model", f"six layers of the teacher, not taught={work / 'student'}",
          "--model", f"… taught what the teacher says and holds (first pass)={first_pass / 'model'}",
          "--model", f"… and what both say, and practised (second pass)={tuned / 'model'}",
          "--model", f"teacher of twelve layers={teacher / 'model'}",
          "--train", train, "--data", held_out, "--balance", BALANCE, "--out", onnx / "steps.json"), False),
        ("measure-speed", onnx / "speed.json",
         ("measure_speed.py", "--model", f"teacher={onnx / 'teacher.onnx'}", "--model", f"student={onnx / 'model.onnx'}",
          "--model", f"int8={onnx / 'model_quantized.onnx'}", *report, "--out", onnx / "speed.json"), False),
        ("package", package / "manifest.json",
         ("package_model.py", "--tuned", tuned, "--weights", onnx / "model_quantized.onnx", "--fp32", onnx / "fp32.json", "--int8", onnx / "int8.json",
          "--balance", BALANCE, "--out", package, "--name", name, "--version", version), False),
    ]
    return steps_of(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for all that is made; 10 GB")
    parser.add_argument("--train", type=Path, required=True, help="labelled TSV")
    parser.add_argument("--unlabelled", type=Path, required=True, help="a post a line")
    parser.add_argument("--held-out", type=Path, required=True, help="labelled TSV that is not trained on")
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    add_step_options(parser)
    args = parser.parse_args()
    run_steps(plan(args.work, args.train, args.unlabelled, args.held_out, args.name, args.version), parser, args)


if __name__ == "__main__":
    main()
