"""Read posts: labelled ones as `label<TAB>text`, unquoted, split at the first tab, and unlabelled ones, a line each."""

import hashlib
from pathlib import Path

LABELS = ("negative", "neutral", "positive")


def read_labelled(path: Path) -> tuple[list[str], list[int]]:
    """Texts and class indices, in file order. A header line `label<TAB>text` is passed over."""
    texts, classes = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        label, tab, text = line.rstrip("\r").partition("\t")
        if not line or (number == 1 and label == "label"):
            continue
        if not tab or label not in LABELS:
            raise SystemExit(f"{path}:{number}: expected one of {', '.join(LABELS)}, a tab, and the text")
        texts.append(text)
        classes.append(LABELS.index(label))
    return texts, classes


def read_unlabelled(path: Path) -> list[str]:
    """Texts of a file with a post a line, in file order; empty lines are passed over."""
    return [text for line in path.read_text(encoding="utf-8").split("\n") if (text := line.rstrip("\r"))]


def fingerprint(texts: list[str]) -> str:
    """Tells one list of texts from another, their order included."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8") + b"\n")
    return digest.hexdigest()
