"""Steps from trained weights to a packaged model, shared by the recipes that start from a packaged model."""

from pathlib import Path

from training.export.layout import SINGLE, UPPER


def calibration_row(tuned: Path, train: Path, ranges: Path) -> tuple:
    return ("calibrate", ranges, ("training.export.calibrate", "--tuned", tuned, "--posts", train, "--out", ranges), False)


def packaging_rows(model: Path, work: Path, train: Path, held_out: Path, name: str, version: str, balance: float, has_exit: bool) -> list[tuple]:
    """Rows for build_steps: exports, quantizes, measures and packages work/tuned as work/NAME. `model` is the packaged model
    from which it was trained."""
    tuned, onnx, package = work / "tuned", work / "onnx", work / name
    report = ("--tokenizer", tuned / "model", "--data", held_out)
    fp32, int8, early = onnx / "model.onnx", onnx if has_exit else onnx / SINGLE, onnx / "exit.json"
    ranges = onnx / "activations.npz"
    leaves = ("--exit", early) if has_exit else ()
    choice = ("measure-exit", early, ("training.evaluate.choose_exit", "--model", int8, *report, "--out", early), False)
    return [
        ("export", fp32, ("training.export.export_onnx", "--tuned", tuned, "--out", fp32, "--balance", balance), False),
        calibration_row(tuned, train, ranges),
        ("quantize", onnx / (UPPER if has_exit else SINGLE),
         ("training.export.build_graphs", "--tuned", tuned, "--activations", ranges, "--out", onnx, "--balance", balance), False),
        *((choice,) if has_exit else ()),
        ("measure-fp32", onnx / "fp32.json", ("training.evaluate.evaluate", "--model", fp32, *report, "--out", onnx / "fp32.json"), False),
        ("measure-int8", onnx / "int8.json", ("training.evaluate.evaluate", "--model", int8, *leaves, *report, "--out", onnx / "int8.json",
                                              "--diagram", onnx / "reliability.svg"), False),
        ("package", package / "manifest.json",
         ("training.release.package_model", "--tuned", tuned, "--weights", int8, *leaves, "--fp32", onnx / "fp32.json", "--int8", onnx / "int8.json",
          "--balance", balance, "--from", model, "--out", package, "--name", name, "--version", version), False),
    ]
