"""Train the multilingual model from the base weights to a packaged model. Steps whose output exists are skipped: run it again to resume.

    python -m training.train.multilingual_recipe --work training/.work/multi --train ar=train.ar.tsv --held-out ar=held-out.ar.tsv \\
        --train de=train.de.tsv --held-out de=held-out.de.tsv --english posts.tsv --name my-model --version 1.0.0

The steps are those of `recipe`, with a multilingual base, a vocabulary cut to the languages, and the plain text cleaning.
"""

import argparse
from pathlib import Path

from training.data.mix_languages import language_and_path
from training.export.layout import UPPER
from training.train.packaging import calibration_row
from training.train.steps import Step, add_step_options, build_steps, run_steps

BALANCE = 0
"""The labeled posts of each language have as many posts of each label."""


def plan(args: argparse.Namespace) -> list[Step]:
    """All steps in order."""
    work, name = args.work, args.name
    base, teacher, tuned, onnx = work / "base" / "saved_model", work / "teacher-tuned", work / "tuned", work / "onnx"
    posts, held_out, package = work / "posts.tsv", work / "held-out.tsv", work / name
    languages = [language for language, _ in args.train]
    report, leaves = ("--tokenizer", tuned / "model", "--data", held_out), ("--exit", onnx / "exit.json")
    rows = [
        ("base", base, ("training.train.fetch_base", "--variant", "multi-cased", "--out", work / "base"), False),
        ("posts", posts, ("training.data.mix_languages", *each("--posts", args.train), *(("--more", args.english) if args.english else ()), "--out", posts), False),
        ("vocabulary", work / "vocab.txt",
         ("training.train.cut_vocabulary", "--vocabulary", base / "vocab.txt", "--languages", *languages, "--posts", posts, "--out", work / "vocab.txt"), False),
        ("teacher-weights", work / "teacher" / "vocab.txt",
         ("training.train.make_student", "--base", base, "--vocabulary", work / "vocab.txt", "--cleaning", "plain", "--layers", "12", "--out", work / "teacher"), False),
        ("teacher", teacher / "training.json",
         ("training.train.fine_tune", "--model", work / "teacher", "--train", posts, "--out", teacher, "--learning-rate", "4e-5", "--epochs", "2", "--freeze-words"), True),
        ("soft-labels", work / "soft" / "soft.json", ("training.train.soft_labels", "--teacher", teacher / "model", "--train", posts, "--out", work / "soft"), True),
        ("student-weights", work / "student" / "config.json", ("training.train.make_student", "--teacher", teacher / "model", "--out", work / "student"), False),
        ("student", tuned / "training.json",
         ("training.train.distil_task", "--student", work / "student", "--soft", work / "soft", "--train", posts, "--exit", "0.5", "--freeze-layers", "1", "--epochs", "2",
          "--learning-rate", "1e-4", "--out", tuned), True),
        ("export", onnx / "model.onnx", ("training.export.export_onnx", "--tuned", tuned, "--out", onnx / "model.onnx", "--balance", BALANCE), False),
        calibration_row(tuned, posts, onnx / "activations.npz"),
        ("quantize", onnx / UPPER,
         ("training.export.build_graphs", "--tuned", tuned, "--activations", onnx / "activations.npz", "--out", onnx, "--balance", BALANCE), False),
        ("held-out", held_out, ("training.data.mix_languages", *each("--posts", args.held_out), "--out", held_out), False),
        ("measure-exit", leaves[1], ("training.evaluate.choose_exit", "--model", onnx, *report, "--out", leaves[1]), False),
        ("measure-fp32", onnx / "fp32.json",
         ("training.evaluate.evaluate", "--model", onnx / "model.onnx", *report, "--out", onnx / "fp32.json"), False),
        ("measure-int8", onnx / "int8.json",
         ("training.evaluate.evaluate", "--model", onnx, *leaves, *report, "--out", onnx / "int8.json", "--diagram", onnx / "reliability.svg"), False),
        ("measure-languages", onnx / "languages.json",
         ("training.evaluate.measure_languages", "--model", onnx, *leaves, "--report", onnx / "int8.json", "--tokenizer", tuned / "model",
          *each("--data", args.held_out), "--out", onnx / "languages.json"), False),
        ("package", package / "manifest.json",
         ("training.release.package_model", "--tuned", tuned, "--weights", onnx, *leaves, "--fp32", onnx / "fp32.json", "--int8", onnx / "int8.json",
          "--quality", onnx / "languages.json", "--languages", *languages, "--balance", BALANCE, "--out", package, "--name", name, "--version", args.version), False),
    ]
    return build_steps(rows)


def each(option: str, files: list[tuple[str, Path]]) -> list[str]:
    """The option once per language."""
    return [part for language, path in files for part in (option, f"{language}={path}")]


def parser_of() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="directory for all outputs; 10 GB")
    parser.add_argument("--train", type=language_and_path, action="append", required=True, metavar="LANGUAGE=FILE", help="labeled TSV; once per language")
    parser.add_argument("--held-out", type=language_and_path, action="append", required=True, metavar="LANGUAGE=FILE",
                        help="labeled TSV that is not used for training; once per language")
    parser.add_argument("--english", type=Path, help="further labeled posts in English")
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    add_step_options(parser)
    return parser


def main() -> None:
    parser = parser_of()
    args = parser.parse_args()
    run_steps(plan(args), parser, args)


if __name__ == "__main__":
    main()
