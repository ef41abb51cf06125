"""Steps from trained weights to a packaged model, shared by the recipes that start from a packaged model."""

import json
from pathlib import Path


def packaging_rows(model: Path, work: Path, held_out: Path, name: str, version: str, balance: float) -> list[tuple]:
    """Rows for build_steps: exports, quantizes, measures and packages work/tuned as work/NAME. `model` is the packaged model
    from which it was trained."""
    tuned, onnx, package = work / "tuned", work / "onnx", work / name
    report = ("--tokenizer", tuned / "model", "--data", held_out)
    weights, quantized = onnx / "model.onnx", onnx / "model_quantized.onnx"
    return [
        ("export", weights, ("training.export.export_onnx", "--tuned", tuned, "--out", weights, "--balance", balance), False),
        ("quantize", quantized, ("training.export.quantize", "--model", weights, "--out", quantized), False),
        ("measure-fp32", onnx / "fp32.json", ("training.evaluate.evaluate", "--model", weights, *report, "--out", onnx / "fp32.json"), False),
        ("measure-int8", onnx / "int8.json", ("training.evaluate.evaluate", "--model", quantized, *report, "--out", onnx / "int8.json"), False),
        ("package", package / "manifest.json",
         ("training.release.package_model", "--tuned", tuned, "--weights", quantized, "--fp32", onnx / "fp32.json", "--int8", onnx / "int8.json",
          "--balance", balance, "--base", model_id(model), "--out", package, "--name", name, "--version", version), False),
    ]


def model_id(model: Path) -> str:
    """`name@version` of a packaged model."""
    manifest = json.loads((model / "manifest.json").read_text())
    return f"{manifest['name']}@{manifest['version']}"
