"""Run the whole recipe, from the base weights to a packaged model. What is done stays done: run it again to go on.

    python recipe.py --work .work --train posts.tsv --unlabelled posts.txt --held-out held-out.tsv --name my-model --version 1.0.0
    python recipe.py … --only teacher --device cuda --minutes 9
"""

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
UNFINISHED = 75
"""Exit status of a step, and of this, at the end of its minutes (EX_TEMPFAIL)."""


@dataclass(frozen=True)
class Step:
    name: str
    made: Path
    """Is there once the step is done, and not before."""
    command: tuple[str, ...]
    trains: bool = False
    """Takes --device and --minutes."""


def plan(work: Path, train: Path, unlabelled: Path, held_out: Path, name: str, version: str) -> list[Step]:
    """The steps in their order."""
    base, posts = work / "base" / "saved_model", ("--train", train, "--unlabelled", unlabelled)
    onnx, tuned, report = work / "onnx", work / "tuned", ("--tokenizer", work / "tuned" / "model", "--data", held_out)
    package = work / name
    rows = [
        ("base", base, ("fetch_base.py", "--out", work / "base"), False),
        ("student-weights", work / "student" / "vocab.txt", ("make_student.py", "--base", base, "--out", work / "student"), False),
        ("teacher-weights", work / "teacher" / "vocab.txt", ("make_student.py", "--base", base, "--out", work / "teacher", "--layers", "12"), False),
        ("teacher-lm-weights", work / "teacher-lm" / "vocab.txt",
         ("make_student.py", "--base", base, "--out", work / "teacher-lm", "--layers", "12", "--head", "masked-lm"), False),
        ("teacher", work / "teacher-tuned" / "training.json",
         ("fine_tune.py", "--model", work / "teacher", "--train", train, "--out", work / "teacher-tuned",
          "--learning-rate", "3e-5", "--epochs", "1", "--freeze-words"), True),
        ("student-lm", work / "student-lm" / "training.json",
         ("distil_lm.py", "--teacher", work / "teacher-lm", "--student", work / "student", *posts, "--out", work / "student-lm"), True),
        ("soft-labels", work / "soft" / "soft.json",
         ("label_softly.py", "--teacher", work / "teacher-tuned" / "model", *posts, "--out", work / "soft"), True),
        ("student", tuned / "training.json",
         ("distil_task.py", "--student", work / "student-lm" / "model", "--soft", work / "soft", *posts, "--out", tuned), True),
        ("export", onnx / "model.onnx", ("export_onnx.py", "--tuned", tuned, "--out", onnx / "model.onnx", "--balance", "0.5"), False),
        ("quantise", onnx / "model_quantized.onnx",
         ("quantise.py", "--model", onnx / "model.onnx", "--out", onnx / "model_quantized.onnx"), False),
        ("measure-fp32", onnx / "fp32.json",
         ("evaluate.py", "--model", onnx / "model.onnx", *report, "--out", onnx / "fp32.json"), False),
        ("measure-int8", onnx / "int8.json",
         ("evaluate.py", "--model", onnx / "model_quantized.onnx", *report, "--out", onnx / "int8.json",
          "--diagram", onnx / "reliability.svg"), False),
        ("package", package / "manifest.json",
         ("package_model.py", "--tuned", tuned, "--weights", onnx / "model_quantized.onnx", "--fp32", onnx / "fp32.json", "--int8", onnx / "int8.json",
          "--out", package, "--name", name, "--version", version), False),
    ]
    return [Step(name, made, tuple(map(str, command)), trains) for name, made, command, trains in rows]


def run_step(step: Step, device: str | None, minutes: float) -> int:
    """Its exit status."""
    extra = [*(["--device", device] if device else []), "--minutes", f"{minutes:.2f}"] if step.trains else []
    print(f"── {step.name}", flush=True)
    return subprocess.run([sys.executable, str(HERE / step.command[0]), *step.command[1:], *extra], check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for all that is made; 10 GB")
    parser.add_argument("--train", type=Path, required=True, help="labelled TSV")
    parser.add_argument("--unlabelled", type=Path, required=True, help="a post a line")
    parser.add_argument("--held-out", type=Path, required=True, help="labelled TSV that is not trained on")
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--only", action="append", help="a step by its name; several may be given")
    parser.add_argument("--device", help="cpu or cuda; what there is when left out")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, and end with status 75")
    args = parser.parse_args()

    steps = plan(args.work, args.train, args.unlabelled, args.held_out, args.name, args.version)
    unknown = set(args.only or ()) - {step.name for step in steps}
    if unknown:
        parser.error(f"there is no step {', '.join(sorted(unknown))}; there are {', '.join(step.name for step in steps)}")
    args.work.mkdir(parents=True, exist_ok=True)
    (args.work / "onnx").mkdir(exist_ok=True)
    ends_at = time.monotonic() + 60 * args.minutes
    for step in steps:
        if step.made.exists() or (args.only and step.name not in args.only):
            continue
        left = (ends_at - time.monotonic()) / 60
        status = run_step(step, args.device, left) if left > 0 else UNFINISHED
        if status != 0:
            sys.exit(status)


if __name__ == "__main__":
    main()
