"""Write the model folder that feedpulse loads, and its manifest with checksums and metrics.

    python -m training.release.package_model --tuned training/.work/tuned --weights training/.work/onnx --exit training/.work/onnx/exit.json \\
        --fp32 training/.work/onnx/fp32.json --int8 training/.work/onnx/int8.json --balance 0.5 --out training/.work/my-model --version 1.0.0
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

from training.text.clean import VERSIONS, profile_of
from training.data.labeled_file import LABELS
from training.evaluate.cascade import Exit, read_exit
from training.evaluate.onnx_inference import DISABLED_OPTIMIZERS
from training.export.layout import LOWER, UPPER

BASES = {"english": "BERT-base uncased (Google, Apache-2.0)", "plain": "BERT-base multilingual cased (Google, Apache-2.0)"}
LAYERS = "layers 0, 2, 4, 7, 9 and 11"
FILES = ("config.json", "tokenizer.json", "tokenizer_config.json")
CUTTING = ("max_length", "stride", "truncation_side", "truncation_strategy")
"""Truncation settings that a tokenizer saves in its config after it has truncated posts."""
MAX_BYTES = 85_000_000


def copy_files(tuned: Path, weights: Path, out: Path) -> list[str]:
    """Copies the files of the model and returns their names, relative to `out`."""
    names = (LOWER, UPPER) if weights.is_dir() else (weights.name,)
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(tuned / "model" / name, out / name)
    for name in names:
        shutil.copy(weights / name if weights.is_dir() else weights, out / "onnx" / name)
    return [*FILES, *(f"onnx/{name}" for name in names)]


def normalize_tokenizer(folder: Path) -> None:
    """Drops the padding and truncation settings of training; the application pads and truncates by itself."""
    tokenizer, config = (folder / name for name in ("tokenizer.json", "tokenizer_config.json"))
    facts = json.loads(tokenizer.read_text(encoding="utf-8"))
    facts["padding"] = facts["truncation"] = None
    tokenizer.write_text(json.dumps(facts, ensure_ascii=False) + "\n", encoding="utf-8")
    kept = {key: value for key, value in json.loads(config.read_text(encoding="utf-8")).items() if key not in CUTTING}
    config.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def checksums(out: Path, names: list[str]) -> dict:
    return {name: {"bytes": (out / name).stat().st_size, "sha256": hashlib.sha256((out / name).read_bytes()).hexdigest()} for name in names}


def graph_of(early: Exit | None) -> dict:
    """The parts of the manifest that only a model of two files has."""
    exit = {"exit": {"threshold": early.threshold, "temperature": early.temperature}} if early else {}
    return {"graph": {"lower": f"onnx/{LOWER}", "upper": f"onnx/{UPPER}", **exit}}


def training_of(tuned: Path, start: Path | None, balance: float) -> dict:
    """How the model was trained, and before that the one that it was trained from."""
    facts, profile = json.loads((tuned / "training.json").read_text()), profile_of(tuned / "model")
    cleaning = {"cleaning": VERSIONS[profile]}
    if start is None:
        return {"base": f"{BASES[profile]}, {LAYERS}", **cleaning, **facts, "balance": balance}
    before = json.loads((start / "manifest.json").read_text())
    return {"base": f"{before['name']}@{before['version']}", **cleaning, **after(facts, before.get("training")), "balance": balance}


def cleaning_of(folder: Path) -> int | dict:
    """The manifest's `cleaning`: a number is a version of the English one."""
    profile = profile_of(folder)
    return VERSIONS[profile] if profile == "english" else {"profile": profile, "version": VERSIONS[profile]}


def after(facts: dict, before: dict | None) -> dict:
    """The facts of a pass and of its earlier passes, the first of which came after `before`."""
    earlier = facts.get("earlier")
    return {**facts, "earlier": after(earlier, before) if earlier else before}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tuned", type=Path, required=True, help="directory written by fine_tune.py or distil_task.py")
    parser.add_argument("--weights", type=Path, required=True, help="int8 ONNX file, or directory with the two files of a model with an exit")
    parser.add_argument("--exit", type=Path, help="file written by choose_exit.py")
    parser.add_argument("--fp32", type=Path, required=True, help="report of evaluate.py on the fp32 file")
    parser.add_argument("--int8", type=Path, required=True, help="report of evaluate.py on the int8 file")
    parser.add_argument("--balance", type=float, required=True, help="the --balance of export_onnx.py")
    parser.add_argument("--from", dest="start", type=Path, help="the packaged model it was trained from, if not from BERT")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--languages", nargs="+", default=["en"], help="codes of the languages that the model reads")
    parser.add_argument("--quality", type=Path, help="report of measure_languages.py on the int8 files")
    parser.add_argument("--name", default="distilbert-social-en")
    parser.add_argument("--version", required=True)
    args = parser.parse_args()

    files = copy_files(args.tuned, args.weights, args.out)
    normalize_tokenizer(args.out)
    fp32, int8 = json.loads(args.fp32.read_text()), json.loads(args.int8.read_text())
    shown = ("macroRecall", "accuracy", "calibrationError")
    manifest = {
        "format": 2 if args.weights.is_dir() else 1,
        "name": args.name,
        "version": args.version,
        "labels": LABELS,
        "languages": args.languages,
        "maxLength": 128,
        "cleaning": cleaning_of(args.tuned / "model"),
        "temperature": int8["temperature"],
        **(graph_of(read_exit(args.exit) if args.exit else None) if args.weights.is_dir() else {}),
        "session": {"disabledOptimizers": DISABLED_OPTIMIZERS},
        **({"quality": json.loads(args.quality.read_text())["languages"]} if args.quality else {}),
        "files": checksums(args.out, files),
        "training": training_of(args.tuned, args.start, args.balance),
        "figures": {"validationRows": int8["rows"], "fp32": {key: fp32[key] for key in shown}, "int8": {key: int8[key] for key in shown}},
    }
    (args.out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    size = sum(facts["bytes"] for facts in manifest["files"].values())
    if size > MAX_BYTES:
        raise SystemExit(f"the model weighs {size / 1e6:.1f} MB, more than the {MAX_BYTES / 1e6:.0f} MB it may")
    print(f"{args.out}: {args.name}@{args.version}, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
