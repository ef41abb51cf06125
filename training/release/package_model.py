"""Write the model folder that feedpulse loads, and its manifest with checksums and metrics.

    python -m training.release.package_model --tuned training/.work/tuned --weights training/.work/onnx/model_quantized.onnx \\
        --fp32 training/.work/onnx/fp32.json --int8 training/.work/onnx/int8.json --balance 0.5 --out training/.work/my-model --version 1.0.0
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

from training.text.clean import CLEANING_VERSION
from training.data.labeled_file import LABELS

BASE = "BERT-base uncased (Google, Apache-2.0), layers 0, 2, 4, 7, 9 and 11"
FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model_quantized.onnx")
CUTTING = ("max_length", "stride", "truncation_side", "truncation_strategy")
"""Truncation settings that a tokenizer saves in its config after it has truncated posts."""
MAX_BYTES = 70_000_000


def copy_files(tuned: Path, weights: Path, out: Path) -> None:
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tuned / "model" / name, out / name)
    shutil.copy(weights, out / "onnx" / "model_quantized.onnx")


def normalize_tokenizer(folder: Path) -> None:
    """Drops the padding and truncation settings of training; the application pads and truncates by itself."""
    tokenizer, config = (folder / name for name in ("tokenizer.json", "tokenizer_config.json"))
    facts = json.loads(tokenizer.read_text(encoding="utf-8"))
    facts["padding"] = facts["truncation"] = None
    tokenizer.write_text(json.dumps(facts, ensure_ascii=False) + "\n", encoding="utf-8")
    kept = {key: value for key, value in json.loads(config.read_text(encoding="utf-8")).items() if key not in CUTTING}
    config.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def checksums(out: Path) -> dict:
    return {name: {"bytes": (out / name).stat().st_size, "sha256": hashlib.sha256((out / name).read_bytes()).hexdigest()} for name in FILES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tuned", type=Path, required=True, help="directory written by fine_tune.py or distil_task.py")
    parser.add_argument("--weights", type=Path, required=True, help="int8 ONNX file")
    parser.add_argument("--fp32", type=Path, required=True, help="report of evaluate.py on the fp32 file")
    parser.add_argument("--int8", type=Path, required=True, help="report of evaluate.py on the int8 file")
    parser.add_argument("--balance", type=float, required=True, help="the --balance of export_onnx.py")
    parser.add_argument("--base", default=BASE, help="the model it was trained from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="distilbert-social-en")
    parser.add_argument("--version", required=True)
    args = parser.parse_args()

    copy_files(args.tuned, args.weights, args.out)
    normalize_tokenizer(args.out)
    fp32, int8 = json.loads(args.fp32.read_text()), json.loads(args.int8.read_text())
    shown = ("macroRecall", "accuracy", "calibrationError")
    manifest = {
        "format": 1,
        "name": args.name,
        "version": args.version,
        "labels": LABELS,
        "languages": ["en"],
        "maxLength": 128,
        "cleaning": CLEANING_VERSION,
        "temperature": int8["temperature"],
        "files": checksums(args.out),
        "training": {"base": args.base, "cleaning": CLEANING_VERSION, **json.loads((args.tuned / "training.json").read_text()), "balance": args.balance},
        "figures": {"validationRows": int8["rows"], "fp32": {key: fp32[key] for key in shown}, "int8": {key: int8[key] for key in shown}},
    }
    (args.out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    size = sum(facts["bytes"] for facts in manifest["files"].values())
    if size > MAX_BYTES:
        raise SystemExit(f"the model weighs {size / 1e6:.1f} MB, more than the {MAX_BYTES / 1e6:.0f} MB it may")
    print(f"{args.out}: {args.name}@{args.version}, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
